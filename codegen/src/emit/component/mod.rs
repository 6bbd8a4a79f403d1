//! The folder `component/`: the Component Model.
//!
//! Each file is made of one table of `spec/component/`; sections, sorts and layouts have emitters
//! of their own, productions share one. Standard: Component Model, `Binary.md`.

mod layout;
mod production;
mod read;
mod section;
mod sort;

use super::Source;
use crate::model::{Model, ProductionFile};

/// Files of `generated/woven/component/`.
#[rustfmt::skip]
pub(super) const FILES: &[(&str, super::Emitter)] = &[
    ("canon",   canon),
    ("layout",  layout::emit),
    ("names",   names),
    ("section", section::emit),
    ("sort",    sort::emit),
    ("types",   types),
];

fn canon(model: &Model) -> Source {
    production::emit(
        model,
        ProductionFile::Canon,
        "Canonical definitions and their options.",
    )
}

fn names(model: &Model) -> Source {
    production::emit(
        model,
        ProductionFile::Names,
        "Names of imports and exports.",
    )
}

fn types(model: &Model) -> Source {
    production::emit(
        model,
        ProductionFile::Types,
        "Types, and what else components consist of.",
    )
}

/// `mod.rs` of the folder; the list of modules is added by the caller.
pub(super) fn module() -> Source {
    Source::new(
        "spec/component/",
        "What the tables say of the Component Model.",
    )
}
