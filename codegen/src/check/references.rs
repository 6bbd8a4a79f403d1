//! Whether every key that a cell names is there, of tables whose rows emitters only spell.
//!
//! An emitter writes such a key as a Rust name; if the row is not there, rustc would report
//! generated code. Proposals, tiers and sorts are numbers in the model; [`crate::lower`] judges
//! them.

use super::{Context, place};
use crate::diag::{Diagnostic, did_you_mean, removal};
use crate::model::Origin;

pub(super) fn check(context: &mut Context<'_>) {
    let model = context.model;
    let capabilities: Vec<&str> = model
        .capabilities
        .iter()
        .map(|capability| capability.key.as_str())
        .collect();
    let limits: Vec<&str> = model
        .limits
        .iter()
        .map(|limit| limit.key.as_str())
        .collect();
    let traps: Vec<&str> = model.traps.iter().map(|trap| trap.key.as_str()).collect();
    let ops: Vec<&str> = model.ops.iter().map(|op| op.key.as_str()).collect();

    for op in &model.ops {
        context.all("trap", &op.traps, op.cell("traps"), &traps);
    }
    for proposal in &model.proposals {
        let at = proposal.cell("needs");
        context.all("capability", &proposal.needs, at, &capabilities);
    }
    for tier in &model.tiers {
        let at = tier.cell("provides");
        context.all("capability", &tier.provides, at, &capabilities);
    }
    for limit in &model.limits {
        context.all("limit", &limit.above, limit.cell("above"), &limits);
    }
    for section in &model.sections {
        context.all("limit", &section.limit, section.cell("limit"), &limits);
    }
    let levels: Vec<&str> = model
        .levels
        .levels
        .iter()
        .map(|level| level.key.as_str())
        .collect();
    let errors: Vec<&str> = model
        .errors
        .iter()
        .map(|error| error.key.as_str())
        .collect();
    for rule in model.levels.rules.iter().chain(&model.levels.component) {
        context.all("level", [&rule.level], rule.cell("level"), &levels);
        context.all("error", &rule.errors, rule.cell("errors"), &errors);
    }
    for (key, _, origin) in &model.costs.exceptions {
        context.named("instruction", key, origin, &ops);
    }
    let removed = std::mem::take(&mut context.removed);
    context.report.extend(removed);
}

impl Context<'_> {
    pub(super) fn all<'k>(
        &mut self,
        what: &str,
        keys: impl IntoIterator<Item = &'k String>,
        cell: &Origin,
        known: &[&str],
    ) {
        for key in keys {
            let at = place::word(self.tree, cell, key);
            self.named(what, key, &at, known);
        }
    }

    pub(super) fn named(&mut self, what: &str, key: &str, at: &Origin, known: &[&str]) {
        if known.contains(&key) {
            return;
        }
        let table = if what == "instruction" { "op" } else { what };
        if let Some(removed) = self.model.overlays.removal(table, key) {
            let error = removal::named_by_rows(what, removed);
            match self.removed.iter_mut().find(|other| other.is_about(&error)) {
                Some(known) => *known = known.clone().with(at, "named here"),
                None => self.removed.push(error.with(at, "named here")),
            }
        } else {
            let hint = did_you_mean(key, known.iter().copied(), "not in the table");
            self.report
                .push(Diagnostic::error(format!("no {what} `{key}`")).at(at, hint));
        }
    }
}
