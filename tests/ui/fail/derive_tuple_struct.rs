//! A record whose fields have no names.

#[derive(tabwasm_macros::Lower)]
struct Pair(u32, u32);

fn main() {}
