//! Whether proposals build on each other without a cycle.
//!
//! Admitting a proposal admits what it requires, and walking along `requires` must end. A set of
//! proposals is a word of bits, so that their number is bounded as well.

use super::{Context, place};
use crate::diag::Diagnostic;
use crate::model::{Model, ProposalId};

/// As many as there are bits in a set of them.
const MOST: usize = 64;

pub(super) fn check(context: &mut Context<'_>) {
    if let Some(first) = context.model.proposals.get(MOST) {
        let message = format!("there are {} proposals", context.model.proposals.len());
        let error = Diagnostic::error(message).at(&first.origin, "one too many");
        let sets = format!("sets of proposals are made for {MOST}");
        context.report.push(error.note(sets));
    }
    let mut reported: Vec<ProposalId> = Vec::new();
    for start in context.model.proposals() {
        let Some(cycle) = cycle(context.model, start) else {
            continue;
        };
        if cycle.iter().any(|id| reported.contains(id)) {
            continue;
        }
        let keys = context.model.proposal_keys(&cycle);
        let message = format!(
            "proposals depend on each other: {} → {}",
            keys.join(" → "),
            keys[0]
        );
        let mut error = Diagnostic::error(message);
        for (from, to) in cycle.iter().zip(keys.iter().cycle().skip(1)) {
            let from = context.model.proposal(*from);
            let at = place::word(context.tree, from.cell("requires"), to);
            error = error.at(&at, format!("`{}` requires `{to}`", from.key));
        }
        context.report.push(error);
        reported.extend(cycle);
    }
}

/// The shortest way from a proposal back to itself.
fn cycle(model: &Model, start: ProposalId) -> Option<Vec<ProposalId>> {
    let mut ways = vec![vec![start]];
    let mut next = 0;
    while let Some(way) = ways.get(next).cloned() {
        next += 1;
        let last = way.last().map(|id| model.proposal(*id));
        for id in last.into_iter().flat_map(|proposal| &proposal.requires) {
            if *id == start {
                return Some(way);
            }
            if !ways.iter().any(|other| other.contains(id)) {
                ways.push(way.iter().chain([id]).copied().collect());
            }
        }
    }
    None
}
