//! Whether the facts agree with each other and with the runtime: one pass a file.

use crate::diag::Diagnostic;
use crate::model::Model;
use crate::tree::Tree;

/// Runs all passes; every error of every pass.
pub fn check(_model: &Model, _tree: &Tree) -> Vec<Diagnostic> {
    Vec::new()
}
