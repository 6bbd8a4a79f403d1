//! The schema carries proposals that have no rows yet.
//!
//! `spec/README.md` shows rows of each. The generator must find nothing wrong with them but that
//! their opcodes are still reserved, and that the functions they name and the forms of the fast
//! engine are not written.

use std::collections::BTreeMap;
use std::fs;

use tabwasm_codegen::{Tree, diag, model};
use tabwasm_tests::workspace;

#[test]
fn coming_proposals() {
    let readme = fs::read_to_string(workspace().join("spec/README.md")).expect("spec/README.md");
    let rows = readme
        .split("```")
        .find_map(|block| block.strip_prefix("toml\n"));
    let mut files = BTreeMap::<&str, Vec<&str>>::new();
    for row in rows.expect("rows in spec/README.md").lines() {
        files.entry(proposal(row)).or_default().push(row);
    }
    assert_eq!(files.len(), 3, "rows of three proposals");
    let mut tree = Tree::read(workspace()).expect("the tables");
    for (proposal, rows) in files {
        let text = format!("proposal = '{proposal}'\n\n[op]\n{}\n", rows.join("\n"));
        tree.insert(format!("spec/instructions/{proposal}.toml"), text);
    }
    let report = model(&tree).expect_err("their opcodes are reserved");
    let unexpected: Vec<_> = report
        .into_iter()
        .filter(|error| !expected(error.message()))
        .collect();
    assert!(
        unexpected.is_empty(),
        "{}",
        diag::render(&tree, &unexpected, false)
    );
}

fn proposal(row: &str) -> &'static str {
    match () {
        () if row.contains("0xFB") => "gc",
        () if row.contains("0xFE") => "threads",
        () => "exceptions",
    }
}

fn expected(message: &str) -> bool {
    let begins = ["there is no file", "no function", "no class of forms takes"];
    message.contains("is reserved for") || begins.iter().any(|text| message.starts_with(text))
}
