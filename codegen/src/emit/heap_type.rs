//! `facts/heap_type.rs`: the abstract heap types, as rows of a macro.
//!
//! Three types of Rust have a variant for each: on the wire, in the words of the validator, and in
//! the public types of an engine. What they say besides differs, so each of them is written by hand
//! and takes the list from here. Standard: section 2.3, "Types", "Heap Types".

use super::Source;
use super::trap::sentence;
use super::wire::name;
use crate::model::{Model, WireCode};

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new("spec/types.toml", "Abstract heap types.");
    let row = |code: &WireCode| {
        let cell = |text: &str| format!("{text:?}");
        vec![
            name(code),
            cell(&code.key),
            cell(&sentence(&code.doc)) + ";",
        ]
    };
    let groups = model.wire.groups.iter();
    let heap = groups.filter(|group| group.key == GROUP);
    let rows: Vec<_> = heap.flat_map(|group| &group.codes).map(row).collect();
    source.table(
        "Hands all of them to a macro: the name in Rust, the one in the text format, what it is.",
        "macro_rules! heap_types {\n    ($then:ident) => { $then! {",
        &rows,
        "    } };\n}",
    );
    source.line("pub(crate) use heap_types;");
    source
}

/// The table of `types.toml`.
const GROUP: &str = "heap";
