//! Conversions of floats without floats.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp, saturating_float_to_int],
}

fn main() {}
