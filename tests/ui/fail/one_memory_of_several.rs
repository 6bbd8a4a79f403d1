//! Several memories, of which there can be one.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp, bulk_memory_opt, bulk_memory, multi_memory],
    limits { memories = 1 },
}

fn main() {}
