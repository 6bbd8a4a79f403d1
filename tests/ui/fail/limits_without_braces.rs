//! Limits without braces.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits = 64,
}

fn main() {}
