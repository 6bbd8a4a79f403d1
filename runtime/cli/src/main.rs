//! `tabwasm`: run, validate and test WebAssembly modules.
fn main() {}
