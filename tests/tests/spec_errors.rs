//! Wrong tables and what the generator says about them.
//!
//! Each folder of `spec_errors/` but `base` holds the files that differ from `base`, or an overlay
//! over it (`overlay.toml`), and the expected text. `BLESS=1 cargo test -p tabwasm-tests --test spec_errors` rewrites the texts.

use std::path::{Path, PathBuf};
use std::{env, fs};
use tabwasm_codegen::{Tree, diag, model};
use tabwasm_tests::workspace;

const EXPECTED: &str = "expected.txt";
const OVERLAY: &str = "overlay.toml";

#[test]
fn the_base_is_right() {
    let tree = Tree::read_all(&folder().join("base")).unwrap();
    if let Err(report) = model(&tree) {
        panic!("{}", diag::render(&tree, &report, false));
    }
}

#[test]
fn every_mistake_is_told() {
    let base = Tree::read_all(&folder().join("base")).unwrap();
    let cases = cases();
    let overlays = cases.iter().filter(|case| case.join(OVERLAY).exists());
    assert!(
        overlays.count() >= 15 && cases.len() >= 55,
        "{} cases",
        cases.len()
    );
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| differs(&base, case))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is said differently from what is expected.
fn differs(base: &Tree, case: &Path) -> Option<String> {
    let mut own = Tree::read_all(case).unwrap();
    let expected = own.get(EXPECTED).unwrap_or_default().to_string();
    own.remove(EXPECTED);
    if own.get(OVERLAY).is_some() {
        own.set_overlay(OVERLAY);
    }
    let tree = base.clone().overlaid(own);
    let said = match model(&tree) {
        Ok(_) => "no error\n".to_string(),
        Err(report) => diag::render(&tree, &report, false),
    };
    if said == expected {
        return None;
    }
    if env::var_os("BLESS").is_some() {
        fs::write(case.join(EXPECTED), said).unwrap();
        return None;
    }
    let name = case.file_name().unwrap_or_default().to_string_lossy();
    Some(format!(
        "{name}: expected\n{expected}\n{name}: said\n{said}"
    ))
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir() && !case.ends_with("base"));
    cases.sort();
    cases
}

fn folder() -> PathBuf {
    workspace().join("tests/spec_errors")
}
