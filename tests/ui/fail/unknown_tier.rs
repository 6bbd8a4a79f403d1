//! A tier that is in no table.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_aloc,
    proposals = [mvp],
}

fn main() {}
