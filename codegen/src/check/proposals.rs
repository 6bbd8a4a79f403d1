//! Whether proposals build on each other without a cycle.

use super::{Context, place};
use crate::diag::Diagnostic;
use crate::model::Model;

/// As many as there are bits in a set of them.
const MOST: usize = 64;

pub(super) fn check(context: &mut Context<'_>) {
    if let Some(first) = context.model.proposals.get(MOST) {
        let message = format!("there are {} proposals", context.model.proposals.len());
        let error = Diagnostic::error(message).at(&first.origin, "one too many");
        let sets = format!("sets of proposals are made for {MOST}");
        context.report.push(error.note(sets));
    }
    let mut reported: Vec<String> = Vec::new();
    for proposal in &context.model.proposals {
        let Some(cycle) = cycle(context.model, &proposal.key) else {
            continue;
        };
        if cycle.iter().any(|key| reported.contains(key)) {
            continue;
        }
        let message = format!(
            "proposals depend on each other: {} → {}",
            cycle.join(" → "),
            cycle[0]
        );
        let mut error = Diagnostic::error(message);
        for (from, to) in cycle.iter().zip(cycle.iter().cycle().skip(1)) {
            let Some(from) = context.model.proposal(from) else {
                continue;
            };
            let at = place::word(context.tree, from.cell("requires"), to);
            error = error.at(&at, format!("`{}` requires `{to}`", from.key));
        }
        context.report.push(error);
        reported.extend(cycle);
    }
}

/// The shortest way from a proposal back to itself.
fn cycle(model: &Model, start: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![start.to_string()]];
    let mut next = 0;
    while let Some(way) = ways.get(next).cloned() {
        next += 1;
        let last = way.last().and_then(|key| model.proposal(key));
        for key in last
            .map(|proposal| &proposal.requires)
            .into_iter()
            .flatten()
        {
            if key == start {
                return Some(way);
            }
            if !ways.iter().any(|other| other.contains(key)) {
                ways.push(way.iter().chain([key]).cloned().collect());
            }
        }
    }
    None
}
