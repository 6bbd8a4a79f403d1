//! What an overlay says to do without a proposal of the real tables.
//!
//! Each of them can be left out of the tiers. To remove its row is an error as long as rows or
//! product code name it, and the error shows the other way.

use std::path::Path;
use tabwasm_codegen::model::Model;
use tabwasm_codegen::{Tree, diag, model};

const OVERLAY: &str = "overlay.toml";

#[test]
fn each_can_be_left_out_of_the_tiers() {
    let (tree, model) = tables();
    for left_out in supported(&model) {
        let mut gone = vec![left_out.as_str()];
        // Rows stand behind those that they require.
        for proposal in &model.proposals {
            let requires = model.proposal_keys(&proposal.requires);
            if requires.iter().any(|key| gone.contains(key)) {
                gone.push(&proposal.key);
            }
        }
        let kept: Vec<String> = supported(&model)
            .into_iter()
            .filter(|key| !gone.contains(&key.as_str()))
            .collect();
        let tiers = model.tiers.iter();
        let tiers: String = tiers
            .map(|tier| format!("{} = {{ proposals = {kept:?} }}\n", tier.key))
            .collect();
        let changed = with(&tree, &format!("[change.tier]\n{tiers}"));
        let changed = changed.unwrap_or_else(|said| panic!("{left_out}: {said}"));
        for tier in &changed.tiers {
            assert_eq!(changed.proposal_keys(&tier.proposals), kept);
        }
    }
}

#[test]
fn an_error_of_a_removal_shows_the_way() {
    let (tree, model) = tables();
    for key in supported(&model) {
        let said = with(&tree, &format!("[remove]\nproposal = ['{key}']\n"));
        let said = said.expect_err("rows name each of them");
        assert!(
            said.contains("under `[change.tier]`, `TIER = { proposals = […] }`"),
            "{said}"
        );
    }
}

/// Wire codes are rows of tables with names of their own.
#[test]
fn wire_codes_that_the_runtime_names_stay() {
    let (tree, _) = tables();
    let said = with(&tree, "[remove]\nnumber = ['f32']\n").expect_err("it is named");
    assert!(
        said.contains("the runtime needs the number `f32`"),
        "{said}"
    );
    assert!(said.contains("Number::F32"), "{said}");
}

/// The only place that names it is in a unit test.
#[test]
fn tests_of_the_runtime_do_not_count() {
    let (tree, _) = tables();
    let said = with(&tree, "[remove]\nproposal = ['tail_call']\n").expect_err("its rows name it");
    assert!(said.contains("but rows name it"), "{said}");
    assert!(!said.contains("the runtime needs the proposal"), "{said}");
}

/// rustc shows the line of its error, so that the function, the cell and its place share one.
#[test]
fn the_line_of_a_cell_names_its_row() {
    let (tree, _) = tables();
    let overlay = "proposal = 'mvp'\n[add.op]\n\
        i32.third = { op = [0xFC, 128], type = 'i32 i32 -> i32', do = 'int::div_s(a, b)? as i64' }\n\
        [change.op]\ni32.sub = { do = 'a.wrapping_sub(b) as f32' }\n";
    let model = with(&tree, overlay).unwrap_or_else(|said| panic!("{said}"));
    let files = tabwasm_codegen::generate(&model, Path::new("..")).expect("files");
    for line in [
        "pub(crate) fn i32_third(a: i32, b: i32) -> Result<i32, Trap> \
         { Ok(int::div_s(a, b)? as i64) } // `do` of `i32.third` in overlay.toml\n",
        "pub(crate) fn i32_sub(a: i32, b: i32) -> i32 \
         { a.wrapping_sub(b) as f32 } // `do` of `i32.sub` in overlay.toml\n",
    ] {
        assert!(files["woven/semantics.rs"].contains(line), "{line}");
    }
}

fn tables() -> (Tree, Model) {
    let tree = Tree::read(Path::new("..")).expect("the tables");
    let model = model(&tree);
    let model = model.unwrap_or_else(|report| panic!("{}", diag::render(&tree, &report, false)));
    (tree, model)
}

fn supported(model: &Model) -> Vec<String> {
    let supported = model.proposals.iter().filter(|it| it.supported);
    let keys: Vec<String> = supported.map(|it| it.key.clone()).collect();
    assert!(keys.len() >= 16, "{keys:?}");
    keys
}

fn with(tree: &Tree, overlay: &str) -> Result<Model, String> {
    let mut tree = tree.clone();
    tree.insert(OVERLAY, format!("extends = 'wasm-3.0'\n{overlay}"));
    tree.set_overlay(OVERLAY);
    model(&tree).map_err(|report| diag::render(&tree, &report, false))
}
