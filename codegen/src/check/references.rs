//! Whether every key that a cell names is there.

use super::{Context, place};
use crate::diag::{Diagnostic, did_you_mean};
use crate::model::Origin;

pub(super) fn check(context: &mut Context<'_>) {
    let model = context.model;
    let proposals: Vec<&str> = model
        .proposals
        .iter()
        .map(|proposal| proposal.key.as_str())
        .collect();
    let capabilities: Vec<&str> = model
        .capabilities
        .iter()
        .map(|capability| capability.key.as_str())
        .collect();
    let tiers: Vec<&str> = model.tiers.iter().map(|tier| tier.key.as_str()).collect();
    let limits: Vec<&str> = model
        .limits
        .iter()
        .map(|limit| limit.key.as_str())
        .collect();
    let traps: Vec<&str> = model.traps.iter().map(|trap| trap.key.as_str()).collect();
    let ops: Vec<&str> = model.ops.iter().map(|op| op.key.as_str()).collect();

    for op in &model.ops {
        context.named("proposal", &op.proposal, &op.origin, &proposals);
        context.all("proposal", &op.constant, op.cell("const"), &proposals);
        context.all("trap", &op.traps, op.cell("traps"), &traps);
    }
    for proposal in &model.proposals {
        context.all(
            "proposal",
            &proposal.requires,
            proposal.cell("requires"),
            &proposals,
        );
        context.all(
            "capability",
            &proposal.needs,
            proposal.cell("needs"),
            &capabilities,
        );
    }
    for tier in &model.tiers {
        context.all(
            "capability",
            &tier.provides,
            tier.cell("provides"),
            &capabilities,
        );
        context.all(
            "proposal",
            &tier.proposals,
            tier.cell("proposals"),
            &proposals,
        );
        context.all("tier", &tier.extends, tier.cell("extends"), &tiers);
    }
    for limit in &model.limits {
        context.all("limit", &limit.above, limit.cell("above"), &limits);
        context.all(
            "proposal",
            &limit.several,
            limit.cell("several"),
            &proposals,
        );
    }
    for section in &model.sections {
        context.all(
            "proposal",
            &section.proposal,
            section.cell("proposal"),
            &proposals,
        );
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
    for code in model.wire.groups.iter().flat_map(|group| &group.codes) {
        context.all(
            "proposal",
            &code.proposal,
            code.cell("proposal"),
            &proposals,
        );
    }
    for (key, _, origin) in &model.costs.exceptions {
        context.named("instruction", key, origin, &ops);
    }
    for (key, _, origin) in &model.forms.budgets {
        context.named("tier", key, origin, &tiers);
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
            let message = format!("the {what} `{key}` is removed, but rows name it");
            let error = Diagnostic::error(message).at(&removed.at, "removed here");
            let error = error.help("change or remove the rows that name it, too");
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
