//! A module with floats for a runtime without.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { name_length = 16 },
}

tabwasm_macros::include_wasm!(Sensor, "../modules/floats.wat");

fn main() {}
