//! A chain of missing requirements, and a proposal without rows.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = alloc,
    proposals = [mvp, gc],
}

fn main() {}
