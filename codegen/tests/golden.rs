//! A small set of tables in, the text of the generated files out.
//!
//! The tables are the right ones beside the wrong ones in `tests/spec_errors/base`.
//! `BLESS=1 cargo test -p tabwasm-codegen --test golden` rewrites the expected texts.

use std::path::Path;
use std::{env, fs};
use tabwasm_codegen::emit::Files;
use tabwasm_codegen::model::Model;
use tabwasm_codegen::{Tree, diag, explain, generate, model};

/// What the golden files hold; other files belong to the parts that use them.
const FILES: &[&str] = &[
    "woven/decode.rs",
    "facts/indices.rs",
    "woven/instruction.rs",
    "facts/level.rs",
    "facts/limits.rs",
    "facts/opcode.rs",
    "facts/proposal.rs",
    "facts/section.rs",
    "woven/semantics.rs",
    "facts/trap.rs",
    "facts/wire.rs",
    "facts/small.rs",
    "wasi/functions.rs",
    "wasi/types.rs",
    "opcodes.tsv",
    "index.md",
];

#[test]
fn files_are_as_expected() {
    let (_, files) = generated();
    for path in FILES {
        compare(path, &files[*path]);
    }
}

#[test]
fn a_row_is_explained() {
    let (model, files) = generated();
    let shown: Files = FILES
        .iter()
        .map(|path| (path.to_string(), files[*path].clone()))
        .collect();
    for key in ["i32.div_s", "memory.grow", "br_table"] {
        let text = explain::explain(&base(), &model, &shown, key)
            .unwrap_or_else(|message| panic!("{message}"));
        compare(&format!("explain/{key}.txt"), &text);
    }
    let unknown = explain::explain(&base(), &model, &shown, "i32.ad").unwrap_err();
    assert_eq!(unknown, "no row `i32.ad`; did you mean `i32.add`?");
}

#[test]
fn facts_come_from_the_tree() {
    let (model, _) = generated();
    let facts = |key: &str| &model.op(key).unwrap_or_else(|| panic!("no {key}")).facts;
    assert!(facts("i32.eqz").truth && facts("i32.eqz").pure_);
    assert!(facts("i32.div_s").may_trap && !facts("i32.div_s").pure_);
    assert!(facts("i32.load16_s").loads && !facts("i32.load16_s").stores);
    assert!(facts("i32.store8").stores && !facts("i32.store8").loads);
    assert_eq!(facts("i32.div_s").primitives, ["int::div_s"]);
}

#[test]
fn comparisons_know_each_other() {
    let rows = "proposal = 'mvp'\n[op]\n\
        i32.lt = { op = 0x48, type = 'i32 i32 -> i32', do = '((a as u32) < (b as u32)) as i32' }\n\
        i32.gt = { op = 0x4A, type = 'i32 i32 -> i32', do = '((a as u32) > (b as u32)) as i32' }\n\
        i32.ge = { op = 0x4E, type = 'i32 i32 -> i32', do = '((a as u32) >= (b as u32)) as i32' }\n\
        i64.eqz = { op = 0x50, type = 'i64 -> i32', do = '(a == 0) as i32' }\n\
        i64.eq = { op = 0x51, type = 'i64 i64 -> i32', do = '(a == b) as i32' }\n\
        f32.lt = { op = 0x5D, type = 'f32 f32 -> i32', do = '(a < b) as i32' }\n\
        f32.ge = { op = 0x60, type = 'f32 f32 -> i32', do = '(a >= b) as i32' }\n";
    let mut tree = base();
    tree.insert("spec/instructions/compare.toml", rows);
    let model = checked(&tree);
    let facts = |key: &str| {
        let facts = &model.op(key)?.facts;
        let others = [&facts.negation, &facts.swapped, &facts.with_zero];
        Some(others.map(Option::as_deref))
    };
    assert_eq!(
        facts("i32.lt"),
        Some([Some("i32.ge"), Some("i32.gt"), None])
    );
    assert_eq!(facts("f32.lt"), Some([None; 3]));
    assert_eq!(
        facts("i64.eq"),
        Some([None, Some("i64.eq"), Some("i64.eqz")])
    );
}

fn generated() -> (Model, Files) {
    let model = checked(&base());
    let workspace = Path::new("..");
    let files = generate(&model, workspace).unwrap_or_else(|message| panic!("{message}"));
    (model, files)
}

fn checked(tree: &Tree) -> Model {
    model(tree).unwrap_or_else(|report| panic!("{}", diag::render(tree, &report, false)))
}

fn base() -> Tree {
    let folder = Path::new("../tests/spec_errors/base");
    Tree::read_all(folder).unwrap_or_else(|error| panic!("{error}"))
}

fn compare(path: &str, text: &str) {
    let golden = Path::new("tests/golden").join(path);
    if env::var_os("BLESS").is_some() {
        fs::create_dir_all(golden.parent().unwrap_or(Path::new(".")))
            .unwrap_or_else(|error| panic!("{error}"));
        fs::write(&golden, text).unwrap_or_else(|error| panic!("{error}"));
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    assert!(text == expected, "{path} is not as expected:\n{text}");
}
