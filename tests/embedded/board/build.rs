//! Tells the programs that depend on this where the linker scripts are.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!(
        "cargo::metadata=scripts={}",
        std::env::var("CARGO_MANIFEST_DIR").unwrap()
    );
}
