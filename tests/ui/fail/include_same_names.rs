//! Two exports with one name in Rust.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { name_length = 16 },
}

tabwasm_macros::include_wasm!(Sensor, "../modules/same_names.wat");

fn main() {}
