//! A proposal without rows.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = std,
    proposals = [mvp, simd],
}

fn main() {}
