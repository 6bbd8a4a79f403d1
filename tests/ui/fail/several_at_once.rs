//! All mistakes are told at once.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp, bulk_memroy, multi_memory, floats, floats],
    limits { name_length = 0, locals = 60_000, label = 3 },
    meterd = true,
}

fn main() {}
