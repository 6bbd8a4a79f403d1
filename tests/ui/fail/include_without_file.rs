//! A file that is not named.

tabwasm_macros::include_wasm!(tabwasm::profile::NoAlloc);

fn main() {}
