//! Fewer locals than parameters, which are locals.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { locals = 16 },
}

fn main() {}
