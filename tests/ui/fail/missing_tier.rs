//! No tier.

tabwasm_macros::runtime! {
    pub struct Sensor;
    proposals = [mvp],
}

fn main() {}
