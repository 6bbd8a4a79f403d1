//! A misspelt proposal.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp, multi_valeu],
}

fn main() {}
