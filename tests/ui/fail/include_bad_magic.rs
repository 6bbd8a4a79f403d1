//! A file that is no module.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { name_length = 16 },
}

tabwasm_macros::include_wasm!(Sensor, "../modules/bad_magic.wasm");

fn main() {}
