//! A limit of nothing.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { locals = 0 },
}

fn main() {}
