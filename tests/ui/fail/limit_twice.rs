//! A limit twice.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { locals = 64, locals = 65 },
}

fn main() {}
