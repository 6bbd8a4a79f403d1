//! Whether `generated/` is what the tables give, by the same path as `cargo gen --check`.
//!
//! So that a change of a table without `cargo gen`, or a change of a generated file by hand, fails
//! a test.

use std::fs;
use std::path::PathBuf;
use tabwasm_codegen::{Tree, diag, fresh, generate, model};
use tabwasm_tests::sources::files;
use tabwasm_tests::workspace;

#[test]
fn generated_files_are_fresh() {
    let workspace = workspace();
    let tree = Tree::read(workspace).unwrap();
    let model =
        model(&tree).unwrap_or_else(|report| panic!("{}", diag::render(&tree, &report, false)));
    let files = generate(&model, workspace).unwrap_or_else(|message| panic!("{message}"));
    let found = Tree::read_all(&workspace.join("generated")).unwrap();
    let found = found
        .matching("", "")
        .map(|(path, text)| (path.to_string(), text.to_string()))
        .collect();
    if let Some(report) = fresh::stale(&files, &found) {
        panic!("{report}");
    }
}

/// Facts can be read without the runtime: they name each other, and `core`.
#[test]
fn facts_name_nothing_of_the_crate() {
    let found = Tree::read_all(&workspace().join("generated")).unwrap();
    let facts = found.matching("facts/", ".rs");
    let mut files = 0;
    for (path, text) in facts.chain(found.matching("wasi/types", ".rs")) {
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let wrong: Vec<&str> = code.filter(|line| line.contains("crate::")).collect();
        assert!(wrong.is_empty(), "{path}: {wrong:?}");
        assert!(!text.contains("super::super"), "{path} names what is above");
        files += 1;
    }
    assert!(files >= 14, "{files} files");
}

/// What the tiers have in common stands once: no ten lines of their handlers are those of another.
#[test]
fn tiers_share_no_operations() {
    let woven = Tree::read_all(&workspace().join("generated/woven")).unwrap();
    for tier in ["alloc.rs", "std.rs"] {
        let text = woven.get(tier).expect("handlers of the tier");
        for word in ["operation!", "impl Hand", "enum Operation", "INFOS: "] {
            assert!(!text.contains(word), "{tier} has `{word}`");
        }
    }
    assert!(
        woven
            .get("operations.rs")
            .is_some_and(|text| text.contains("enum Operation"))
    );
}

/// Clones that share a target folder share programs, so that none may hold the path of the clone that it
/// was built in; it finds the clone when it runs.
#[test]
fn no_program_holds_the_path_of_its_clone() {
    let baked = ["env!(\"CARGO_MANIFEST", "_DIR\""].concat();
    let files = files(workspace(), &["target", ".git"]);
    let holds = |file: &&PathBuf| fs::read_to_string(file).unwrap().contains(&baked);
    let wrong: Vec<&PathBuf> = files.iter().filter(holds).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(files.len() > 500, "{} files", files.len());
}
