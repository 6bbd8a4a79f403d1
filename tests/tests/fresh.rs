//! Whether `generated/` is what the tables give, by the same path as `cargo gen --check`.
//!
//! So that a change of a table without `cargo gen`, or a change of a generated file by hand, fails
//! a test.

use std::path::Path;
use tabwasm_codegen::{Tree, diag, fresh, generate, model};

#[test]
fn generated_files_are_fresh() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
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
