//! Links without the C startup files and without any library.

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
