//! A function on its own.

#[tabwasm_macros::host(module = "env")]
fn log(value: i64) {}

fn main() {}
