//! A record, flags and a variant of nothing.

#[derive(tabwasm_macros::Lower)]
struct Nothing {}

#[derive(tabwasm_macros::Lower)]
#[component(flags)]
struct Plain;

#[derive(tabwasm_macros::Lower)]
enum Never {}

fn main() {}
