//! Whether every opcode and every name is used once.
//!
//! The decoder is a match on bytes: a second row with the same code would never be reached. Codes
//! that `spec/proposals.toml` reserves for a proposal can have no row either, until that proposal's
//! own file has it.

use super::Context;
use crate::diag::Diagnostic;
use crate::model::{Code, Op, Proposal};

pub(super) fn check(context: &mut Context<'_>) {
    let mut ops: Vec<&Op> = context.model.ops.iter().collect();
    ops.sort_by_key(|op| (context.model.overlays.rank(&op.origin.file), &op.origin));
    for (place, op) in ops.iter().enumerate() {
        let before = &ops[..place];
        if let Some(first) = before.iter().find(|other| other.code == op.code) {
            let message = format!("opcode {} is already `{}`", written(op.code), first.key);
            let error = Diagnostic::error(message).at(op.cell("op"), "second use");
            context
                .report
                .push(error.with(first.cell("op"), "first use"));
        }
        if let Some(first) = before.iter().find(|other| other.variant == op.variant) {
            let message = format!(
                "`{}` and `{}` have the same name in Rust",
                first.key, op.key
            );
            let error = Diagnostic::error(message).at(&op.origin, format!("`{}`", op.variant));
            context.report.push(error.with(&first.origin, "first use"));
        }
        reserved(context, op);
        prefix(context, op);
    }
}

/// A row's opcode may be reserved for no proposal.
fn reserved(context: &mut Context<'_>, op: &Op) {
    let holds = |proposal: &&Proposal| {
        proposal.reserved.iter().any(|range| {
            range.prefix == op.code.prefix && (range.first..=range.last).contains(&op.code.value)
        })
    };
    if let Some(proposal) = context.model.proposals.iter().find(holds) {
        let message = format!(
            "opcode {} is reserved for `{}`",
            written(op.code),
            proposal.key
        );
        let error = Diagnostic::error(message).at(op.cell("op"), "has a row now");
        context
            .report
            .push(error.with(&proposal.origin, "take it out of `reserved`"));
    }
}

/// A prefix byte is no opcode.
fn prefix(context: &mut Context<'_>, op: &Op) {
    let Code {
        prefix: None,
        value,
    } = op.code
    else {
        return;
    };
    let below = context
        .model
        .ops
        .iter()
        .find(|other| other.code.prefix.map(u32::from) == Some(value));
    if let Some(below) = below {
        let message = format!("opcode {} is a prefix", written(op.code));
        let error = Diagnostic::error(message).at(op.cell("op"), "no opcode of its own");
        context
            .report
            .push(error.with(below.cell("op"), "used as a prefix here"));
    }
}

fn written(code: Code) -> String {
    match code.prefix {
        None => format!("0x{:02X}", code.value),
        Some(prefix) => format!("[0x{prefix:02X}, {}]", code.value),
    }
}
