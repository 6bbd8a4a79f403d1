//! A misspelt limit.

tabwasm_macros::runtime! {
    pub struct Sensor;
    tier = no_alloc,
    proposals = [mvp],
    limits { name_lenght = 64 },
}

fn main() {}
