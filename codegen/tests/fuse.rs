//! The choice of fused pairs: what programs do often is chosen.
//!
//! Counts are written here by hand, small enough to weigh them in the head; the table that is made of them
//! must be one that the generator accepts, with as many pairs as were asked for at most.

use std::path::Path;
use tabwasm_codegen::fuse::{Counts, fuse};
use tabwasm_codegen::model::Model;
use tabwasm_codegen::{Tree, emit, model};

/// A loop that loads, adds and branches, and one that hardly runs; tabs stand between the columns.
const LOOP: &str = "\
1000\tI32Add SIA
1000\tI32Load8U AA
1000\tI32Eq AIL
10\tI64Mul AIA
10\tI64Sub SAA
1000\tI32Add SIA\tI32Load8U AA
1000\tI32Load8U AA\tI32Eq AIL
10\tI64Mul AIA\tI64Sub SAA
";
/// The same operations in other places.
const OTHER: &str = "\
500\tI32Add PIA
500\tI32Load8U AW
500\tI32Add PIA\tI32Load8U AW
";

#[test]
fn what_is_common_is_chosen() {
    let table = chosen(&[LOOP, OTHER], 5).unwrap();
    // The places of both programs, also joined as in neither.
    let row = "i32_add_a__i32_load8_u_a = { first = 'i32.add PIA SIA', then = 'i32.load8_u AW AA', gain = 413914 }";
    assert!(table.lines().any(|line| line == row), "{table}");
    assert!(!table.contains("i64.mul"), "{table}");
}

/// The loop with fuel: a run that stops at a charge runs what is fused before it again.
const METERED: &str = "\
1000\tI32Add PIP
1000\tI32Eq AIJ
1000\tFuel
1000\tI32Eq AIJ\tFuel
1000\tI32Add PIP\tFuel
1000\tFuel\tI32Add PIP
";

#[test]
fn what_pauses_is_fused_to_what_may_run_again() {
    let table = chosen(&[LOOP, METERED], 100).unwrap();
    assert!(table.contains("i32_eq_j__fuel"), "{table}");
    assert!(table.contains("fuel__i32_add_xx"), "{table}");
    assert!(!table.contains("i32_add_s__fuel"), "{table}");
    // What a program does without fuel is counted where it has none.
    let more = METERED.replace("Fuel\tI32Add PIP", "I32Add PIP\tI32Eq AIJ");
    assert!(
        !chosen(&[LOOP, &more], 100)
            .unwrap()
            .contains("i32_add_s__i32_eq")
    );
    with(&table);
}

#[test]
fn there_are_as_many_pairs_as_wanted_at_most() {
    for wanted in [1, 2, 4, 6, 100] {
        let table = chosen(&[LOOP, OTHER], wanted).unwrap();
        let model = with(&table);
        let pairs = model.forms.fusions.iter();
        let pairs: usize = pairs
            .map(|row| row.first.forms.len() * row.then.forms.len())
            .sum();
        assert!((1..=wanted).contains(&pairs), "{wanted}: {table}");
    }
}

#[test]
fn pairs_go_with_a_row_that_is_removed() {
    let overlay = "extends = 'wasm-3.0'\n[remove]\nproposal = ['sign_extension']\nop = ['i32.extend8_s', \
        'i32.extend16_s', 'i64.extend8_s', 'i64.extend16_s', 'i64.extend32_s']\n";
    let pairs = "[fusion]\n\
        gone = { first = 'i32.extend8_s AA', then = 'i32.add SAA', gain = 1 }\n\
        left = { first = 'i32.add AIA', then = 'i32.load AA', gain = 1 }\n";
    let mut tree = Tree::read(Path::new("..")).unwrap();
    tree.insert("spec/fusion.toml", pairs);
    tree.insert("small.toml", overlay);
    tree.set_overlay("small.toml");
    let model = model(&tree).unwrap_or_else(|report| panic!("{report:?}"));
    let handlers = &emit::emit(&model)["woven/std.rs"];
    assert!(handlers.contains("I32Add \"AIA\""));
    assert!(!handlers.contains("I32Extend8S"));
}

#[test]
fn mistakes_are_named() {
    for (text, said) in [
        ("", "counts: no instruction ran"),
        (
            "many\tI32Add SIA",
            "counts: not a line of counts: `many\tI32Add SIA`",
        ),
        (
            "1\tI32Add SIA\n1\tI32Add SIA\tI32Ad SIA",
            "counts: not a line of counts: `I32Ad SIA`",
        ),
        ("1\tI32Add SIA", "no counts of pairs"),
    ] {
        assert_eq!(chosen(&[text], 10), Err(said.to_string()));
    }
}

fn chosen(texts: &[&str], wanted: usize) -> Result<String, String> {
    let counts = texts.iter().map(|text| Counts {
        name: "counts",
        text,
    });
    fuse(&with(""), &counts.collect::<Vec<_>>(), wanted)
}

/// The model of the tables with these pairs.
fn with(table: &str) -> Model {
    let mut tree = Tree::read(Path::new("..")).unwrap();
    if table.is_empty() {
        tree.insert("spec/fusion.toml", "[fusion]\n");
    } else {
        tree.insert("spec/fusion.toml", table);
    }
    model(&tree).unwrap_or_else(|report| panic!("{report:?}"))
}
