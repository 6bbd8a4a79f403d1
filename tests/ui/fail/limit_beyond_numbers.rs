//! A limit that no number of 64 bits holds.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = std,
    proposals = [mvp],
    limits { locals = 99999999999999999999 },
}

fn main() {}
