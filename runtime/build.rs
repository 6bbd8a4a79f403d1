//! Turns target and optimisation level into cfgs.
//!
//! `small`: a build for size. `brief`: such a build without an allocator. What both decide otherwise
//! is in `src/policy.rs`. `tail`: the interpreter's dispatch. `verify`: translated code is verified.
//! Stable Rust promises no tail calls; LLVM makes them for these targets when it optimises and
//! debug assertions are off. Everything else runs the same handlers in a loop.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(tail, small, brief, verify)");
    let set = |name: &str| env::var_os(name).is_some();
    if matches!(env::var("OPT_LEVEL").as_deref(), Ok("s" | "z")) {
        println!("cargo::rustc-cfg=small");
        if !set("CARGO_FEATURE_ALLOC") {
            println!("cargo::rustc-cfg=brief");
        }
    }
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let optimised = !matches!(env::var("OPT_LEVEL").as_deref(), Ok("0" | "1"));
    // Cargo tells a build script of debug assertions by this variable.
    let assertions = set("CARGO_CFG_DEBUG_ASSERTIONS");
    if assertions || set("CARGO_FEATURE_VERIFY") {
        println!("cargo::rustc-cfg=verify");
    }
    let able = matches!(architecture.as_str(), "x86_64" | "aarch64" | "riscv64");
    let chosen = able && optimised && !assertions;
    let forced = set("CARGO_FEATURE_DISPATCH_TAIL");
    if forced || (chosen && !set("CARGO_FEATURE_DISPATCH_LOOP")) {
        println!("cargo::rustc-cfg=tail");
    }
}
