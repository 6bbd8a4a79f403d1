//! A proposal without rows.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = std,
    proposals = [mvp, legacy_exceptions],
}

fn main() {}
