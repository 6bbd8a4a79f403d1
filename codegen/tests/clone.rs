//! In which clone of the project the generator works.
//!
//! Clones that share a target folder share the program, so that it must find its clone when it
//! runs. The clone here is a small one, of the tables of the golden tests; the program was built in
//! another, which it must leave alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tabwasm_codegen::Tree;

const TABLE: &str = "spec/instructions/integer.toml";
const MARK: &str = "commutes = true, doc = 'of the small clone'";

#[test]
fn cargo_runs_it_in_the_clone_of_its_package() {
    let clone = clone("clone_of_the_package");
    works_in(&clone, |generator| {
        generator
            .env("CARGO_PKG_NAME", "tabwasm-codegen")
            .env("CARGO_MANIFEST_DIR", clone.join("codegen"));
    });
}

#[test]
fn without_cargo_it_works_in_the_clone_around_it() {
    let clone = clone("clone_around");
    works_in(&clone, |generator| {
        generator
            .env_remove("CARGO_PKG_NAME")
            .current_dir(clone.join("runtime/src"));
    });
}

#[test]
fn the_package_of_another_program_says_nothing() {
    let clone = clone("clone_around_another");
    works_in(&clone, |generator| {
        generator
            .env("CARGO_PKG_NAME", "another")
            .current_dir(&clone);
    });
}

/// It writes there, finds fresh what it wrote, and explains a row of there.
fn works_in(clone: &Path, place: impl Fn(&mut Command)) {
    let said = |arguments: &[&str]| {
        let mut generator = Command::new(env!("CARGO_BIN_EXE_tabwasm-codegen"));
        place(generator.args(arguments));
        let output = generator.output().expect("the generator");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).expect("text")
    };
    let written = said(&[]);
    let files = Tree::read_all(&clone.join("generated")).expect("the generated files");
    let count = files.matching("", "").count();
    assert_eq!(
        written,
        format!("generated/: {count} files, {count} written\n")
    );
    assert_eq!(
        said(&["--check"]),
        format!("generated/: {count} files, all fresh\n")
    );
    let explained = said(&["explain", "i32.add"]);
    assert!(explained.contains(MARK), "{explained}");
}

fn clone(name: &str) -> PathBuf {
    let clone = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&clone);
    let base = Path::new("../tests/spec_errors/base");
    let mut files = Tree::read_all(base).expect("the small tables");
    let table = files.get(TABLE).expect("a table");
    let marked = table.replace("commutes = true", MARK);
    files.insert(TABLE, marked);
    let config = fs::read_to_string("../rustfmt.toml").expect("the configuration");
    files.insert("rustfmt.toml", config);
    for (path, text) in files.matching("", "") {
        let path = clone.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    clone
}
