//! The example of a metered chain: a runtime of its overlay, and a program that uses it.
//!
//! An example that is not built goes out of date. The runtime is vendored into a folder of its own
//! and built from there, with the costs and limits that the overlay states.

#![cfg(feature = "vendor")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const EXPECTED: &str = "schedule 100
NaN + 1 = 0x7fc00000
12 / 3 = 4
fuel: 5
unsupported proposal `sign_extension` (at offset 0x1b)
";

#[test]
fn it_counts_its_own_fuel_and_computes_the_same_bits() {
    let example = workspace("tests/examples/metered_chain");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("metered_chain");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("program/src")).expect("a folder");
    for file in ["program/Cargo.toml", "program/src/main.rs"] {
        fs::copy(example.join(file), folder.join(file)).expect(file);
    }
    let lock = folder.join("program/Cargo.lock");
    fs::copy(workspace("Cargo.lock"), lock).expect("the locked versions");
    let vendored = Command::new(env!("CARGO_BIN_EXE_tabwasm-codegen"))
        .arg("vendor")
        .arg("--overlay")
        .arg(example.join("overlay.toml"))
        .arg("--to")
        .arg(folder.join("my-runtime"))
        .status();
    assert!(vendored.is_ok_and(|status| status.success()));
    let ran = Command::new(env!("CARGO"))
        .args(["run", "--quiet"])
        .current_dir(folder.join("program"))
        // Kept from one run of the tests to the next.
        .env("CARGO_TARGET_DIR", folder.with_extension("target"))
        .output()
        .expect("cargo");
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{errors}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), EXPECTED);
}

fn workspace(path: &str) -> PathBuf {
    Path::new("..").join(path)
}
