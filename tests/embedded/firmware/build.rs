//! Chooses the linker script of the target, and makes the kernel's table and the component.
//!
//! A device keeps the table in flash, made on the machine that builds; the library is therefore
//! linked into this script as well.

use std::env::var;
use std::fs;

use tabwasm::compact::Module;
use tabwasm::profile::NoAlloc;

fn main() {
    let script = match var("CARGO_CFG_TARGET_ARCH").unwrap().as_str() {
        "arm" => "arm.ld",
        "riscv32" => "rv.ld",
        other => panic!("no linker script for {other}: pass --target"),
    };
    let script = format!("{}/{script}", var("DEP_BOARD_SCRIPTS").unwrap());
    println!("cargo::rerun-if-changed={script}");
    println!("cargo::rustc-link-arg-bins=-T{script}");

    let wasm = fs::read(source("kernel.wasm")).unwrap();
    let mut arena = vec![0; 1 << 16];
    let module = Module::new(&wasm, &NoAlloc, &mut arena).unwrap();
    let table = format!("{}/kernel.table", var("OUT_DIR").unwrap());
    fs::write(table, module.table()).unwrap();

    let text = source("component.wat");
    let component = format!("{}/component.wasm", var("OUT_DIR").unwrap());
    fs::write(component, wat::parse_file(text).unwrap()).unwrap();
}

/// A file beside the kernel.
fn source(name: &str) -> String {
    let path = format!("{}/../kernel/{name}", var("CARGO_MANIFEST_DIR").unwrap());
    println!("cargo::rerun-if-changed={path}");
    path
}
