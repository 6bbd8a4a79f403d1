//! Proposals without brackets.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = mvp,
}

fn main() {}
