//! Overlays that are right: what they add, change and remove is what the model says.
//!
//! Two overlays, the second over the first, on the small tables of the golden tests. What is wrong
//! in overlays is among the fixtures of `tests/spec_errors`.

use std::path::Path;
use tabwasm_codegen::model::{EditKind, MeaningClass, Model};
use tabwasm_codegen::{Tree, diag, model, vendor};

const FIRST: &str = "\
extends = 'wasm-3.0'
proposal = 'rotations'

[add.proposal]
rotations = { requires = ['mvp'], doc = 'rotations' }

[add.op]
i32.rotl3 = { op = [0xFC, 128], type = 'i32 -> i32', do = 'a.rotate_left(3)' }

[add.forms.class]
unary = { type = 'int -> int', large = 'S -> W', doc = 'one operand' }

[change.limit]
name_length = { small = 64 }

[change.tier]
small = { proposals = ['mvp', 'bulk', 'rotations'] }

[change.costs]
schedule = 2

[change.costs.class]
hand = 5

[add.cost]
i32.rotl3 = 3

[example]
i32.rotl3 = ['1 -> 16']
";

const SECOND: &str = "\
extends = 'first.toml'
proposal = 'mvp'

[add.op]
i32.sub = { op = 0x6B, type = 'i32 i32 -> i32', do = 'b.wrapping_sub(a)' }

[change.op]
i32.rotl3 = { do = 'a.rotate_left(4)', doc = 'by four' }

[change.limit]
name_length = { large = 128 }

[remove]
op = ['memory.grow', 'i32.sub']
rate = ['memory.grow']
cost = ['br_table']
";

#[test]
fn overlays_stack() {
    let model = stacked();
    let rotl3 = model.op("i32.rotl3").expect("an added row");
    assert_eq!(model.proposal(rotl3.proposal).key, "rotations");
    assert_eq!(
        rotl3.expression().map(|it| &*it.text),
        Some("a.rotate_left(4)")
    );
    assert_eq!(rotl3.doc.as_deref(), Some("by four"));
    let sub = model.op("i32.sub").expect("a replaced row");
    assert_eq!(
        sub.expression().map(|it| &*it.text),
        Some("b.wrapping_sub(a)")
    );
    assert!(model.op("memory.grow").is_none());
    let costs = model.costs.exceptions.iter();
    let costs: Vec<(&str, u32)> = costs.map(|(key, cost, _)| (key.as_str(), *cost)).collect();
    assert_eq!(costs, [("i32.rotl3", 3)]);
    assert_eq!(model.costs.schedule, 2);
    assert!(model.costs.classes.contains(&(MeaningClass::Hand, 5)));
    let length = model.limits.iter().find(|limit| limit.key == "name_length");
    assert_eq!(length.map(|limit| &limit.tiers[..]), Some(&[64, 128][..]));
    let carried = model.proposal_keys(&model.tiers[0].proposals);
    assert!(carried.contains(&"rotations"));
    assert_eq!(
        vendor::origin(&model),
        "wasm-3.0 + first.toml + second.toml, 5 rows added, 6 rows changed, 4 rows removed"
    );
}

#[test]
fn rows_keep_their_place() {
    let model = stacked();
    let limits: Vec<&str> = model
        .limits
        .iter()
        .map(|limit| limit.key.as_str())
        .collect();
    assert_eq!(limits, ["name_length", "locals", "fields"]);
    let mut edits = model.overlays.edits.iter();
    let edit = edits.find(|edit| edit.key == "name_length");
    let edit = edit.expect("an edit of this row");
    assert_eq!(edit.kind, EditKind::Changed);
    assert_eq!(edit.at.file, "first.toml");
}

#[test]
fn examples_are_typed() {
    let model = stacked();
    let [example] = &model.examples[..] else {
        panic!("{:?}", model.examples)
    };
    assert_eq!(
        (example.key.as_str(), &*example.operands),
        ("i32.rotl3", &["1".to_string()][..])
    );
}

const INSTEAD: [&str; 7] = ["", "'", "[", "{", "=", ".", "\n"];

/// Whatever stands in an overlay, there is an answer: a model, or errors that can be shown.
#[test]
fn nothing_panics() {
    let mut tree = base();
    let mut answers = 0;
    for text in [FIRST, &SECOND.replace("first.toml", "wasm-3.0")] {
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            let (start, rest) = text.split_at(at);
            let rest = rest.get(1..).unwrap_or_default();
            let instead = INSTEAD[at % INSTEAD.len()];
            tree.insert("overlay.toml", format!("{start}{instead}{rest}"));
            tree.set_overlay("overlay.toml");
            if let Err(report) = model(&tree) {
                diag::render(&tree, &report, false);
            }
            answers += 1;
        }
    }
    assert!(answers > 700, "{answers} overlays");
}

fn base() -> Tree {
    let folder = Path::new("../tests/spec_errors/base");
    Tree::read_all(folder).expect("the tables can be read")
}

fn stacked() -> Model {
    let mut tree = base();
    tree.insert("first.toml", FIRST);
    tree.insert("second.toml", SECOND);
    tree.set_overlay("second.toml");
    model(&tree).unwrap_or_else(|report| panic!("{}", diag::render(&tree, &report, false)))
}
