//! Turns the tables in `spec/` into the sources of the Tabwasm runtime.
//!
//! `load → lower → check → emit`: each step is a function from values to values, and only the
//! binary touches the disk.

pub mod check;
pub mod diag;
pub mod emit;
pub mod explain;
pub mod fresh;
pub mod load;
pub mod lower;
pub mod model;
pub mod names;
pub mod tree;

pub use tree::Tree;

use diag::Diagnostic;
use emit::Files;
use model::Model;

/// The checked model of a tree, or everything that is wrong with it.
///
/// # Errors
/// All errors of the tables and of their links with the runtime, sorted.
pub fn model(tree: &Tree) -> Result<Model, Vec<Diagnostic>> {
    let (documents, mut report) = load::load(tree);
    let readable = report.is_empty();
    let (model, errors) = lower::lower(&documents);
    report.extend(errors);
    if readable {
        report.extend(check::check(&model, tree));
    }
    if report.is_empty() {
        Ok(model)
    } else {
        Err(diag::sorted(report))
    }
}

/// What `generated/` must hold, formatted by the workspace's `rustfmt.toml`.
///
/// # Errors
/// A message for people, when rustfmt is absent or refuses a file.
pub fn generate(model: &Model, workspace: &std::path::Path) -> Result<Files, String> {
    emit::format::format(emit::emit(model), workspace)
}
