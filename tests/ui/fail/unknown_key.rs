//! A key that is none.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposal = [mvp],
}

fn main() {}
