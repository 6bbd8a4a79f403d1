//! No proposals.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = alloc,
}

fn main() {}
