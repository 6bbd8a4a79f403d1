//! Chooses the linker script of the target.

use std::env::var;

fn main() {
    let script = format!("{}/arm.ld", var("DEP_BOARD_SCRIPTS").unwrap());
    println!("cargo::rerun-if-changed={script}");
    println!("cargo::rustc-link-arg-bins=-T{script}");
}
