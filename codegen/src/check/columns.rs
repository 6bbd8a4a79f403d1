//! The form of instruction rows: order of the columns, columns that exclude each other.
//!
//! Rows are read by people in long lists, so that a fixed order is worth an error. Whether a
//! column's content is right is for other checks. The language of rows is described in
//! `spec/README.md`.

use super::{Context, place};
use crate::diag::Diagnostic;
use crate::lower::COLUMNS;
use crate::model::{Meaning, Op};

pub(super) fn check(context: &mut Context<'_>) {
    for op in context.model.ops.iter().filter(|op| !op.broken) {
        let mut errors = Vec::new();
        errors.extend(order(op));
        errors.extend(rule(op));
        errors.extend(traps(op));
        errors.extend(text(context, op));
        context.report.extend(errors);
    }
}

/// The first column that stands behind one that should follow it, in the same file.
fn order(op: &Op) -> Option<Diagnostic> {
    let mut files: Vec<&str> = op.cells.iter().map(|(_, at)| at.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    files.into_iter().find_map(|file| order_in(op, file))
}

fn order_in(op: &Op, file: &str) -> Option<Diagnostic> {
    let cells: Vec<_> = op.cells.iter().filter(|(_, at)| at.file == file).collect();
    let rank = |column: &str| COLUMNS.iter().position(|known| *known == column);
    let pairs = cells.iter().zip(cells.iter().skip(1));
    let (before, after) = pairs
        .into_iter()
        .find(|(before, after)| rank(&before.0) > rank(&after.0))?;
    let message = format!(
        "column `{}` of `{}` stands behind `{}`",
        after.0, op.key, before.0
    );
    let error = Diagnostic::error(message).at(&after.1, format!("belongs before `{}`", before.0));
    Some(error.help(format!("the order is {}", COLUMNS.join(" "))))
}

/// Exactly one of `type` and `check`; `do` and `hand` are made from `type`.
fn rule(op: &Op) -> Option<Diagnostic> {
    let plain = matches!(op.meaning, Meaning::Do(_) | Meaning::Hand { .. });
    let has = |column: &str| op.cells.iter().any(|(name, _)| name == column);
    match (has("type"), has("check")) {
        (true, true) => {
            let error = Diagnostic::error(format!("`{}` has both `type` and `check`", op.key));
            Some(
                error
                    .at(op.cell("check"), "in place of `type`")
                    .with(op.cell("type"), "one rule"),
            )
        }
        (false, has_check) if plain || !has_check => {
            let error = Diagnostic::error(format!("`{}` has no `type`", op.key))
                .at(&op.origin, "in this row");
            Some(
                error.help(
                    "add `type = 'operands -> results'`, or `check` if the rule is no signature",
                ),
            )
        }
        _ => None,
    }
}

fn traps(op: &Op) -> Option<Diagnostic> {
    (op.expression().is_some() && !op.traps.is_empty()).then(|| {
        let error = Diagnostic::error(format!("`{}` has both `do` and `traps`", op.key));
        error.at(op.cell("traps"), "`do` says by itself with what it traps")
    })
}

/// Names in braces are immediates.
fn text(context: &Context<'_>, op: &Op) -> Option<Diagnostic> {
    let text = op.text.as_ref()?;
    let names = text
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next());
    let unknown = names
        .into_iter()
        .find(|name| op.immediate(name).is_none())?;
    let at = place::word(context.tree, op.cell("text"), unknown);
    Some(
        Diagnostic::error(format!("`{}` has no immediate `{unknown}`", op.key))
            .at(&at, "not in `imm`"),
    )
}
