//! A limit that is no number.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { locals = "many", params = 8 },
}

fn main() {}
