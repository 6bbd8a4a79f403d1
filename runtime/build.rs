//! Turns target and optimisation level into cfgs.
//!
//! `small`: a build for size. `brief`: such a build without an allocator. What both decide otherwise
//! is in `src/policy.rs`. `tail`: the interpreter's dispatch. `verify`: translated code is verified.
//! Stable Rust promises no tail calls; LLVM makes them for these targets when it optimises and
//! debug assertions are off. Everything else runs the same handlers in a loop.
//! `tests/tests/handlers.rs` reads what it made.

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
    let optimised = !matches!(env::var("OPT_LEVEL").as_deref(), Ok("0" | "1"));
    // Cargo tells a build script of debug assertions by this variable.
    let assertions = set("CARGO_CFG_DEBUG_ASSERTIONS");
    if assertions || set("CARGO_FEATURE_VERIFY") {
        println!("cargo::rustc-cfg=verify");
    }
    let chosen = has_registers() && optimised && !assertions;
    let forced = set("CARGO_FEATURE_DISPATCH_TAIL");
    if forced || (chosen && !set("CARGO_FEATURE_DISPATCH_LOOP")) {
        println!("cargo::rustc-cfg=tail");
    }
}

/// Whether all arguments of a handler travel in registers of the target, numbers of floating point and
/// vectors, too: of a call with arguments on the stack LLVM makes no jump on most processors.
fn has_registers() -> bool {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let features = variable("CARGO_CFG_TARGET_FEATURE");
    let has = |wanted: &str| features.split(',').any(|feature| feature == wanted);
    match variable("CARGO_CFG_TARGET_ARCH").as_str() {
        "x86_64" => has("sse2"),
        "aarch64" => has("neon"),
        // Stable compilers say of such registers only in the names of targets that have them.
        "riscv64" => {
            let target = variable("TARGET");
            ["riscv64gc-", "riscv64a23-"]
                .iter()
                .any(|name| target.starts_with(name))
        }
        _ => false,
    }
}
