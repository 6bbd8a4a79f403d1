//! Whether rates belong to instructions whose work depends on an operand.
//!
//! Such work (filling, copying, growing) is paid for by amount, in the hand-written function, which
//! gets the rate as its last argument. A rate for any other row would be ignored. Table: `[rate]`
//! of `spec/costs.toml`.

use super::Context;
use crate::diag::Diagnostic;
use crate::model::{Meaning, Op, Rate};

pub(super) fn check(context: &mut Context<'_>) {
    let model = context.model;
    let ops: Vec<&str> = model.ops.iter().map(|op| op.key.as_str()).collect();
    for rate in &model.costs.rates {
        context.named("instruction", &rate.key, &rate.origin, &ops);
        if let Some(op) = model.op(&rate.key) {
            context.report.extend(misplaced(rate, op));
        }
    }
}

/// A rate of an instruction that has nothing to count.
fn misplaced(rate: &Rate, op: &Op) -> Option<Diagnostic> {
    if op.broken {
        return None;
    }
    if !matches!(op.meaning, Meaning::Hand { .. }) {
        let error = Diagnostic::error(format!(
            "`{}` has a rate, but its work does not depend on an operand",
            op.key
        ));
        return Some(
            error
                .at(&rate.origin, "always the same work")
                .with(&op.origin, "without `hand`")
                .help("give it a cost under `[cost]` instead"),
        );
    }
    let object = rate.unit.object()?;
    let has = op.immediates.iter().any(|it| it.kind == object);
    (!has).then(|| {
        let error = Diagnostic::error(format!(
            "the rate of `{}` counts {}, but it has no {object}",
            op.key, rate.unit
        ));
        error
            .at(&rate.cell, format!("of which {object}?"))
            .with(&op.origin, format!("no immediate is a `{object}`"))
    })
}
