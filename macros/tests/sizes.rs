//! What is not configured is not linked: the sizes of programs that differ in nothing else.
//!
//! They stand in `tests/examples/configurations`; `macros/CONFIGURE.md` has a table of them. Sizes
//! differ between compilers, so that only their order is compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn less_is_smaller() {
    let workspace = Path::new("..");
    let folder = workspace.join("tests/examples/configurations");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("configurations");
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the locked versions");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--quiet"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", &target)
        .status();
    assert!(built.is_ok_and(|status| status.success()));
    let programs = fs::read_dir(folder.join("src/bin")).expect("programs");
    let size = |name: String| {
        let program = target.join("release").join(&name);
        let ran = Command::new(&program).status();
        assert!(ran.is_ok_and(|status| status.success()), "{name}");
        (name, fs::metadata(&program).expect("its size").len())
    };
    let sizes: BTreeMap<String, u64> = programs
        .filter_map(|file| Some(file.ok()?.path().file_stem()?.to_str()?.to_string()))
        .map(size)
        .collect();
    println!("{sizes:#?}");
    let order = [
        "validating",
        "everything",
        "without_floats",
        "integers",
        "unmetered",
    ];
    for pair in order.windows(2) {
        assert!(sizes[pair[0]] > sizes[pair[1]], "{pair:?}: {sizes:?}");
    }
    assert!(sizes["everything"] > sizes["first_version"]);
    assert!(sizes["first_version"] > sizes["integers"]);
}
