//! The folder `wasi/`: WASI preview 1, of the package `tabwasm-wasi`.
//!
//! Types are facts and name nothing; functions weave rows and the methods that answer. Nothing of it
//! belongs to the runtime, so `vendor` leaves it out. Standard: `wasi_snapshot_preview1.witx`.

mod functions;
mod reasons;
mod types;
mod unstable;

use super::Source;

/// The folder in `generated/`.
pub const FOLDER: &str = "wasi";

/// Its files.
#[rustfmt::skip]
pub(super) const FILES: &[(&str, super::Emitter)] = &[
    ("functions", functions::emit),
    ("reasons",   reasons::emit),
    ("types",     types::emit),
    ("unstable",  unstable::emit),
];

/// The table.
const TABLE: &str = "spec/wasi/preview1.toml";

/// `mod.rs` of the folder; the list of modules is added by the caller.
pub(super) fn module() -> Source {
    Source::new(TABLE, "What the table says of WASI preview 1.")
}
