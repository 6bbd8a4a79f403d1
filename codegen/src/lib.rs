//! Turns the tables in `spec/` into the sources of the Tabwasm runtime.
//!
//! `load → lower → check → emit`: each step is a function from values to values. Only [`disk`]
//! touches the disk, beside the binary, which writes; no step names it. Tests, the command line and
//! `vendor` call the same functions with other trees.

pub mod check;
pub mod diag;
pub mod disk;
pub mod emit;
pub mod explain;
pub mod fresh;
pub mod fuse;
pub mod load;
pub mod lower;
pub mod model;
pub mod names;
pub mod testable;
pub mod tree;
pub mod vendor;

pub use disk::generate;
pub use tree::Tree;

use diag::Diagnostic;
use model::Model;

/// The checked model of a tree, or everything that is wrong with it.
///
/// # Errors
/// All errors of the tables and of their links with the runtime, sorted.
pub fn model(tree: &Tree) -> Result<Model, Vec<Diagnostic>> {
    let load::Loaded {
        documents,
        overlays,
        examples,
        mut report,
        readable,
    } = load::load(tree);
    let (mut model, errors) = lower::lower(&documents, overlays);
    report.extend(errors);
    model.examples = lower::examples(&examples, &mut report);
    if readable {
        report.extend(check::check(&model, tree));
    }
    if report.is_empty() {
        Ok(model)
    } else {
        let report = report.into_iter();
        let report = report.map(|diagnostic| diagnostic.on_both_sides(&model.overlays));
        Err(diag::sorted(report.collect()))
    }
}
