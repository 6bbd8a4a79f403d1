//! A runtime with fields.

tabwasm_macros::runtime! {
    pub struct Sensor { pin: u8 }
    tier = no_alloc,
    proposals = [mvp],
}

fn main() {}
