//! Whether tiers can carry their proposals, and builds say what rows need.
//!
//! A capability is something that a machine or build provides: a heap, threads, square roots. A
//! tier that lists a proposal without providing what it needs would build and fail later; here it
//! is an error at both cells. Tables: `spec/tiers.toml`, `spec/proposals.toml`, the column `needs`.

use super::{Context, place};
use crate::diag::Diagnostic;
use crate::names::constant;

const FILE: &str = "runtime/src/capability.rs";

pub(super) fn check(context: &mut Context<'_>) {
    tiers(context);
    rows(context);
}

fn tiers(context: &mut Context<'_>) {
    for tier in &context.model.tiers {
        for id in &tier.proposals {
            let proposal = context.model.proposal(*id);
            let key = &proposal.key;
            for need in proposal
                .needs
                .iter()
                .filter(|need| !tier.provides.contains(need))
            {
                let at = place::word(context.tree, tier.cell("proposals"), key);
                let because = place::word(context.tree, proposal.cell("needs"), need);
                let message = format!("tier `{}` cannot carry `{key}`", tier.key);
                let error = Diagnostic::error(message).at(&at, format!("needs `{need}`"));
                context.report.push(error.with(&because, "because of this"));
            }
        }
    }
}

/// A row may need what depends on Cargo features: a constant, and an error without it.
fn rows(context: &mut Context<'_>) {
    let Some(text) = context.tree.get(FILE) else {
        return;
    };
    for op in &context.model.ops {
        let Some(need) = &op.needs else { continue };
        let at = op.cell("needs");
        if !text.contains(&constant(need)) {
            let message = format!("no capability `{need}`");
            let error = Diagnostic::error(message)
                .at(at, format!("no constant `{}` in {FILE}", constant(need)));
            context
                .report
                .push(error.help("say there which Cargo features bring it"));
        }
        let refusal = format!("unsupported_{need}");
        if !context
            .model
            .errors
            .iter()
            .any(|error| error.key == refusal)
        {
            let message = format!("no error for builds without `{need}`");
            let error = Diagnostic::error(message).at(at, format!("refused with `{refusal}`"));
            context
                .report
                .push(error.help(format!("add the row `{refusal}` to spec/errors.toml")));
        }
    }
}
