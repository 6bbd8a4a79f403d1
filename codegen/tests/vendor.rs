//! What `vendor` does to a folder that is not empty.
//!
//! Users add files to a vendored crate and run the command again after a change of the tables. What
//! an earlier run wrote and this one does not is removed; nothing else is touched.

#![cfg(feature = "vendor")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const WITH_HAND: &str = "../tests/examples/custom_opcodes/overlay.toml";
const WITHOUT: &str = "extends = 'wasm-3.0'\n[change.limit]\nname_length = { std = 64 }\n";

#[test]
fn what_is_no_longer_made_is_removed_and_the_rest_stays() {
    let folder = empty("vendor_again");
    let to = folder.join("runtime");
    vendor(PathBuf::from(WITH_HAND), &to).expect("a runtime");
    let own = to.join("src/exec/sums.rs");
    assert!(own.exists());
    assert!(to.join("src/generated/facts").exists());
    assert!(!to.join("src/generated/wasi").exists(), "another package");
    let declared = fs::read_to_string(to.join("src/exec/mod.rs")).expect("a module");
    assert!(declared.contains("pub(crate) mod sums;\n"), "{declared}");

    let (mine, also_mine) = (to.join("README.md"), to.join("src/exec/mine.rs"));
    fs::write(&mine, "mine").expect("a file");
    fs::write(&also_mine, "mine too").expect("a file");
    let overlay = folder.join("overlay.toml");
    fs::write(&overlay, WITHOUT).expect("an overlay");
    let said = vendor(overlay.clone(), &to).expect("a runtime");
    assert!(said.ends_with(" 1 removed\n"), "{said}");
    assert!(!own.exists());
    assert_eq!(fs::read_to_string(mine).expect("my file"), "mine");
    assert_eq!(fs::read_to_string(also_mine).expect("my file"), "mine too");

    let again = vendor(overlay, &to).expect("a runtime");
    assert!(again.ends_with(" 0 written, 0 removed\n"), "{again}");
}

#[test]
fn foreign_files_are_not_overwritten() {
    let folder = empty("vendor_foreign");
    let overlay = folder.join("overlay.toml");
    fs::write(&overlay, WITHOUT).expect("an overlay");
    let manifest = folder.join("Cargo.toml");
    fs::write(&manifest, "mine").expect("a file");
    let said = vendor(overlay, &folder).expect_err("not mine");
    assert!(
        said.contains("would be overwritten:\n  Cargo.toml\n"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(manifest).expect("my file"), "mine");
    assert!(!folder.join("src").exists());
}

#[test]
fn a_list_leads_nowhere_else() {
    let folder = empty("vendor_list");
    let (overlay, to) = (folder.join("overlay.toml"), folder.join("runtime"));
    fs::write(&overlay, WITHOUT).expect("an overlay");
    fs::create_dir(&to).expect("a folder");
    let list = "files = ['../overlay.toml', 'src/../../overlay.toml']";
    fs::write(to.join("VENDORED.toml"), list).expect("a list");
    vendor(overlay.clone(), &to).expect("a runtime");
    assert!(overlay.exists());
}

fn vendor(overlay: PathBuf, to: &Path) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_tabwasm-codegen"))
        .arg("vendor")
        .arg("--overlay")
        .arg(overlay)
        .arg("--to")
        .arg(to)
        .output()
        .expect("the generator");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    match output.status.success() {
        true => Ok(text(output.stdout)),
        false => Err(text(output.stderr)),
    }
}

fn empty(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}
