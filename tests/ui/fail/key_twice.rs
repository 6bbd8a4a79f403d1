//! A key twice.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    tier = alloc,
    proposals = [mvp],
}

fn main() {}
