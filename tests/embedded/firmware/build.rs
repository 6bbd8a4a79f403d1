//! Chooses the linker script of the target.

use std::env::var;

fn main() {
    let script = match var("CARGO_CFG_TARGET_ARCH").unwrap().as_str() {
        "arm" => "arm.ld",
        "riscv32" => "rv.ld",
        other => panic!("no linker script for {other}: pass --target"),
    };
    let script = format!("{}/{script}", var("DEP_BOARD_SCRIPTS").unwrap());
    println!("cargo::rerun-if-changed={script}");
    println!("cargo::rustc-link-arg-bins=-T{script}");
}
