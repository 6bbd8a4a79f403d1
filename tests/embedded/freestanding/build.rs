//! Links without the C startup files and without any library.
//!
//! If the program used a function of one, it would not link: that is what it is for.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for argument in [
        "-nostartfiles",
        "-nodefaultlibs",
        "-nostdlib",
        "-static",
        "-no-pie",
    ] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}
