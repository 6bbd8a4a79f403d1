//! The text of tables: a file of a small tree of tables, or an overlay over it, can say anything;
//! the generator answers with errors that it can show.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tabwasm_codegen::{Tree, diag, disk, model};

/// The path of the overlay.
const OVERLAY: &str = "overlay.toml";

static BASE: LazyLock<(Tree, Vec<String>)> = LazyLock::new(|| {
    let workspace = disk::workspace(env!("CARGO_PKG_NAME")).expect("a clone of the project");
    let folder = workspace.join("tests/spec_errors/base");
    let tree = Tree::read_all(&folder).expect("the base can be read");
    let files = tree
        .matching("spec/", ".toml")
        .map(|(file, _)| file.to_string())
        .collect();
    (tree, files)
});

fuzz_target!(|bytes: &[u8]| {
    let (base, files) = &*BASE;
    let Some((first, text)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let mut tree = base.clone();
    // The first byte is the number of a file; what is beyond them is the overlay.
    match files.get(usize::from(*first)) {
        Some(file) => tree.insert(file, text),
        None => {
            tree.insert(OVERLAY, text);
            tree.set_overlay(OVERLAY);
        }
    }
    if let Err(report) = model(&tree) {
        assert!(!report.is_empty());
        diag::render(&tree, &report, false);
    }
});
