//! Translated code as text, so that the page `runtime/src/fast/TRANSLATION.md` stays true.
//!
//! A line for each instruction: the word at which it begins, the type that its handler is made from,
//! and its operands as its layout says.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Laid, Operand, distance, fusion};
use crate::engine::Engine;
use crate::engine::config::{CompilationMode, Config};
use crate::fast::translate::{Workspace, unverified};
use crate::module::{Module, Watch};

const PAGE: &str = include_str!("../../TRANSLATION.md");

#[test]
fn the_page_shows_what_the_translator_lays_down() {
    let blocks: Vec<&str> = PAGE.split("```").skip(1).step_by(2).collect();
    let shown = |kind: &str| -> Vec<&str> {
        let blocks = blocks.iter();
        blocks
            .filter_map(|block| block.strip_prefix(kind)?.strip_prefix('\n'))
            .collect()
    };
    let (texts, listings) = (shown("wat"), shown("text"));
    assert_eq!(texts.len(), listings.len());
    assert!(!texts.is_empty());
    for (text, shown) in texts.iter().zip(listings) {
        let bytes = wat::parse_str(format!("(module {text})")).unwrap();
        let module = Module::new(&Engine::default(), bytes).unwrap();
        let found = listing(&module, 0);
        assert_eq!(
            found.trim_end(),
            shown.trim_end(),
            "the page should show\n{found}"
        );
    }
}

/// Code does not depend on when a function was validated.
#[test]
fn lazy_code_is_the_same() {
    let mut lazy = Config::new();
    lazy.compilation_mode(CompilationMode::Lazy);
    let mut functions = 0;
    for name in ["sha256", "sudoku", "words"] {
        let path = format!("../tests/programs/{name}.wasm");
        let modules = [Config::new(), lazy.clone()].map(|config| {
            let engine = Engine::new(&config).unwrap();
            Module::from_file(&engine, &path).unwrap()
        });
        for index in 0.. {
            if modules[0].code().cell(index).is_none() {
                break;
            }
            // Calls name a cell by its address, which belongs to the module.
            let code = |module| {
                let listing = listing(module, index);
                let mut parts = listing.split("Cell ");
                let first = parts.next().map(String::from).into_iter();
                let rest = parts.map(|rest| rest.trim_start_matches(char::is_numeric).into());
                first.chain(rest).collect::<Vec<String>>()
            };
            let [validated, lazy] = modules.each_ref().map(code);
            assert_eq!(validated, lazy, "function {index} of {name}");
            functions += 1;
        }
    }
    assert!(functions > 100, "only {functions} functions");
}

/// The code of a function that the module defines.
fn listing(module: &Module, index: u32) -> String {
    let (code, log, _) = unverified(
        module,
        index,
        &mut Workspace::default(),
        &mut Watch::new(&mut || Ok(()), 0),
    )
    .unwrap();
    let words: Vec<u32> = code
        .words
        .iter()
        .flat_map(|pair| {
            let bytes = pair.to_ne_bytes();
            [0, 4].map(|at| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap()))
        })
        .collect();
    log.0.iter().map(|laid| line(*laid, &words)).collect()
}

fn line(laid: Laid, words: &[u32]) -> String {
    let entry = fusion::entry(laid.handler).unwrap();
    let (own, mut at) = (laid.own(), laid.own());
    let mut shown = Vec::new();
    let operands = entry.layout.operands().iter();
    for operand in operands.filter(|operand| operand.words() > 0) {
        let word = words[at];
        let target = |from: usize, word: u32| format!("→{}", distance::target(from, word));
        shown.push(match *operand {
            Operand::Slot | Operand::Local => format!("slot {word}"),
            Operand::Immediate => format!("{}", word as i32),
            Operand::Target(from) => target(own + from, word),
            Operand::FrameSize => format!("{word} slots"),
            Operand::Zeroed if words[at + 1] == 0 => String::from("none zeroed"),
            Operand::Zeroed => format!("{} zeroed from slot {word}", words[at + 1]),
            operand => format!("{operand:?} {word}"),
        });
        at += operand.words();
    }
    let line = format!(
        "{:>4}  {:<44} {}",
        laid.start,
        name((entry.name)()),
        shown.join(", ")
    );
    format!("{}\n", line.trim_end())
}

/// A type without the paths of its parts.
fn name(path: &str) -> String {
    let mut name = String::new();
    for part in path.split_inclusive(['<', '>', ',', ' ']) {
        name.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    name
}
