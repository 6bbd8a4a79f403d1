//! A module that needs a proposal which the runtime leaves out.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { name_length = 16 },
}

tabwasm_macros::include_wasm!(Sensor, "../modules/simd.wat");

fn main() {}
