//! Tells the programs that depend on this where the linker scripts are.
//!
//! Each program then names the script of its target, as a link argument of its own build script.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!(
        "cargo::metadata=scripts={}",
        std::env::var("CARGO_MANIFEST_DIR").unwrap()
    );
}
