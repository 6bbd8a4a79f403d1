//! Metering is on or off.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    metered = 1000,
}

fn main() {}
