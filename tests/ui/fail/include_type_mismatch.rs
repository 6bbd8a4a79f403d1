//! A module that is not valid.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { name_length = 16 },
}

tabwasm_macros::include_wasm!(Sensor, "../modules/type_mismatch.wat");

fn main() {}
