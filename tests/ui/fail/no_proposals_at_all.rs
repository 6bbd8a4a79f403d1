//! An empty list of proposals.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = alloc,
    proposals = [],
}

fn main() {}
