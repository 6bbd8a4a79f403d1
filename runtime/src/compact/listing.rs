//! The branches of a function as text, so that the page `runtime/src/compact/BRANCHES.md` stays
//! true.
//!
//! A line for each instruction, with its distance from the first one, and a line for each branch of
//! the table, as the interpreter reads it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::branch::Branch;
use super::module::Module;
use super::table::Body;
use crate::profile::Everything;
use crate::validate::arena::ListName;
use crate::view::ModuleView;

const PAGE: &str = include_str!("BRANCHES.md");

#[test]
fn the_page_shows_what_validation_writes() {
    let mut blocks = PAGE.split("```").skip(1).step_by(2);
    let text = blocks.find_map(|block| block.strip_prefix("wat\n"));
    let text = text.expect("a function");
    let bytes = wat::parse_str(format!("(module {text})")).unwrap();
    let mut arena = [0; 4096];
    let module = Module::new(&bytes, &Everything, &mut arena).unwrap();
    for expected in [instructions(module), branches(module)] {
        let shown = blocks.find_map(|block| block.strip_prefix("text\n"));
        assert_eq!(
            shown.unwrap_or_default().trim_end(),
            expected.trim_end(),
            "the page should show\n{expected}"
        );
    }
}

/// The instructions of the first function.
fn instructions(module: Module<'_>) -> String {
    let body: Body = module.header().item(ListName::BODIES, 0);
    let view = ModuleView::new(module.wasm()).unwrap();
    let function = view.bodies().next().unwrap().unwrap();
    let instructions = function.instructions().map(|next| {
        let (at, instruction) = next.unwrap();
        let at = at - body.code as usize;
        format!("{at:4}  {}\n", instruction.opcode().mnemonic())
    });
    instructions.collect()
}

/// The branches of the first function, which is the only one.
fn branches(module: Module<'_>) -> String {
    let header = module.header();
    let mut lines = String::from("number  word        to  next  drop  keep\n");
    for number in 0..header.count(ListName::BRANCHES) {
        let word: u32 = header.item(ListName::BRANCHES, number);
        let branch = Branch::of(word);
        let next = number.wrapping_add_signed(branch.table.into());
        let cells: Vec<String> = [branch.code, next, branch.drop.into(), branch.keep.into()]
            .iter()
            .map(|cell| format!("{cell:4}"))
            .collect();
        lines += &format!("{number:6}  {word:#010x}  {}\n", cells.join("  "));
    }
    lines
}
