//! A stack too small for the parameters.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { params = 20, operand_stack = 12, results = 8 },
}

fn main() {}
