//! Whether the facts agree with each other and with the runtime: one pass a file.
//!
//! Passes get a `Context`: the texts, the model, and the list of errors, to which each adds all
//! it finds. None changes the model, and none stops at its first error, so that an author sees all
//! mistakes at once. Rows that lowering has reported are marked as broken and left out.

mod capability;
mod code;
mod columns;
mod component;
mod errors;
mod examples;
mod forms;
mod functions;
mod layout;
mod limits;
mod modules;
mod opcodes;
mod place;
mod product;
mod proposals;
mod rates;
mod references;
mod reliance;
mod removals;
mod sections;
mod semantics;
mod signature;
mod tiers;
mod types;
mod wasi;

pub use reliance::{may_be_pair, may_pause};

use crate::diag::Diagnostic;
use crate::model::Model;
use crate::tree::Tree;

/// What the passes share.
struct Context<'a> {
    model: &'a Model,
    tree: &'a Tree,
    report: Vec<Diagnostic>,
    /// Rows that an overlay removes and others name, each with all places that name it.
    removed: Vec<Diagnostic>,
}

type Pass = fn(&mut Context<'_>);

const PASSES: &[Pass] = &[
    capability::check,
    columns::check,
    component::check,
    examples::check,
    errors::check,
    forms::check,
    functions::check,
    layout::check,
    limits::check,
    modules::check,
    opcodes::check,
    proposals::check,
    rates::check,
    references::check,
    reliance::check,
    removals::check,
    sections::check,
    semantics::check,
    tiers::check,
    types::check,
    wasi::check,
];

/// Runs all passes; every error of every pass.
pub fn check(model: &Model, tree: &Tree) -> Vec<Diagnostic> {
    let mut context = Context {
        model,
        tree,
        report: Vec::new(),
        removed: Vec::new(),
    };
    for pass in PASSES {
        pass(&mut context);
    }
    context.report
}
