//! Whether errors and traps are told apart by their numbers.
//!
//! Builds without texts report a number, and hosts keep tables of them, so that one number must
//! never mean two things, whichever of the two tables it stands in.

use super::Context;
use crate::diag::Diagnostic;
use crate::model::Origin;

pub(super) fn check(context: &mut Context<'_>) {
    let model = context.model;
    let errors = model
        .errors
        .iter()
        .map(|error| (error.number, error.key.as_str(), error.cell("number")));
    let traps = model
        .traps
        .iter()
        .chain(&model.misuses)
        .map(|trap| (trap.number, trap.key.as_str(), trap.cell("number")));
    let rows: Vec<(u16, &str, &Origin)> = errors.chain(traps).collect();
    for (place, (number, _, at)) in rows.iter().enumerate() {
        let first = rows[..place].iter().find(|(other, _, _)| other == number);
        // What lacks a number, and is reported for that, has 0.
        let Some((_, key, first)) = first.filter(|_| *number != 0) else {
            continue;
        };
        let message = format!("number {number} is already that of `{key}`");
        let error = Diagnostic::error(message).at(at, "second use");
        context.report.push(error.with(first, "first use"));
    }
}
