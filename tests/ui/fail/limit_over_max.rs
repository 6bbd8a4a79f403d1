//! A limit above its maximum.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = std,
    proposals = [mvp],
    limits { name_length = 100_001 },
}

fn main() {}
