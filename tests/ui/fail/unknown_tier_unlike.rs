//! A tier that is like none.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = firmware,
    proposals = [mvp],
}

fn main() {}
