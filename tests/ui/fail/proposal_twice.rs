//! A proposal twice.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp, floats, mvp],
}

fn main() {}
