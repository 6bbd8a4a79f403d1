//! `cargo gen`.
fn main() {}
