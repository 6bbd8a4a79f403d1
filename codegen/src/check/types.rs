//! Whether the columns `type` and `commutes` fit what the row becomes.
//!
//! A `do` row becomes a function of its operands with one result, so there is a bound on both;
//! operands that commute must be two of the same type, since the fast engine exchanges them to need
//! fewer forms.

use super::Context;
use crate::diag::Diagnostic;
use crate::model::Op;

pub(super) fn check(context: &mut Context<'_>) {
    for op in context.model.ops.iter().filter(|op| !op.broken) {
        context.report.extend(arity(op));
        context.report.extend(commutes(op));
    }
}

/// `do` and `hand` rows become functions: at most four operands, at most one result.
fn arity(op: &Op) -> Option<Diagnostic> {
    op.expression()?;
    let fits = op.params().len() <= 4 && op.results().len() <= 1;
    let single = op
        .params()
        .iter()
        .chain(op.results())
        .all(|item| item.rust().is_some());
    if fits && single {
        return None;
    }
    let message = format!("`do` of `{}` is a function of too many values", op.key);
    let error = Diagnostic::error(message).at(
        op.cell("type"),
        "at most four operands and one result, each one value",
    );
    Some(error.help("use `hand`, or `control` in each engine"))
}

fn commutes(op: &Op) -> Option<Diagnostic> {
    let two_alike = op.params().len() == 2 && op.params()[0] == op.params()[1];
    (op.commutes && !two_alike).then(|| {
        let message = format!("the operands of `{}` cannot be exchanged", op.key);
        Diagnostic::error(message).at(op.cell("type"), "not two of the same type")
    })
}
