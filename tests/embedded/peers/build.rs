//! Chooses the linker script of the target.
//!
//! Peers are built for one board only, on which they are compared.

use std::env::var;

fn main() {
    let script = format!("{}/arm.ld", var("DEP_BOARD_SCRIPTS").unwrap());
    println!("cargo::rerun-if-changed={script}");
    println!("cargo::rustc-link-arg-bins=-T{script}");
}
