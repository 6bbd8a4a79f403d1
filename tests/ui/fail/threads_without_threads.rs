//! Threads where there are none.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = alloc,
    proposals = [mvp, bulk_memory_opt, bulk_memory, threads],
}

fn main() {}
