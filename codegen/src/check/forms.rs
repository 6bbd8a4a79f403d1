//! Whether every row has forms in the fast engine, and the handlers keep to the budget.

use super::Context;
use crate::diag::Diagnostic;
use crate::emit::limits::grouped;
use crate::emit::operation::{MEMORIES, Origin as Source, handlers, is_constant, operations};
use crate::model::{FormClass, Model, Op, Shape};

pub(super) fn check(context: &mut Context<'_>) {
    let model = context.model;
    for class in &model.forms.classes {
        let truth = class.result.as_deref() == Some("truth");
        letters(context, &class.key, &class.tiers, truth);
        general(context, class);
    }
    for own in &model.forms.engine {
        letters(context, &own.key, &own.tiers, false);
    }
    for (tier, most, origin) in &model.forms.budgets {
        let count = handlers(model, tier);
        if count > *most as usize {
            let (count, most) = (grouped(count as u64), grouped(u64::from(*most)));
            let message =
                format!("tier `{tier}` would be made of {count} handlers, its budget is {most}");
            let error = Diagnostic::error(message).at(origin, "the budget");
            context
                .report
                .push(error.help("take places out of the classes above, or raise the budget"));
        }
        classless(context, tier);
    }
}

/// Places that operands can be read from.
const SOURCES: &str = "SAPQI";
/// Places that results can be written to.
const DESTINATIONS: &str = "SAPQW";
/// Places that truth values can go to besides.
const JUMPS: &str = "JN";

/// Letters of places that exist, and that can stand where they do.
fn letters(context: &mut Context<'_>, key: &str, tiers: &[(String, Shape)], truth: bool) {
    let known = |letter: char| {
        context
            .model
            .forms
            .places
            .iter()
            .any(|place| place.key == letter.to_string())
    };
    let mut errors = Vec::new();
    for (tier, shape) in tiers {
        let operands = shape.operands.iter().flat_map(|letters| letters.chars());
        let operands = operands.map(|letter| (letter, SOURCES.contains(letter), "read from"));
        let is_result = |letter| DESTINATIONS.contains(letter) || truth && JUMPS.contains(letter);
        let results = shape.result.chars();
        let results = results.map(|letter| (letter, is_result(letter), "written to"));
        let wrong = |(letter, fits, what): (char, bool, &str)| match (known(letter), fits) {
            (false, _) => Some(format!("no place `{letter}`")),
            (true, false) => Some(format!("the place `{letter}` cannot be {what} here")),
            (true, true) => None,
        };
        let error = operands.chain(results).find_map(wrong);
        errors.extend(error.map(|message| {
            Diagnostic::error(message).at(&shape.at, format!("`{tier}` of `{key}`"))
        }));
    }
    context.report.extend(errors);
}

/// The form that every move leads to: slots in, a slot or the accumulator out.
fn general(context: &mut Context<'_>, class: &FormClass) {
    let key = &class.key;
    for (tier, shape) in &class.tiers {
        if shape.operands.len() != class.operands.len()
            || shape.result.is_empty() != class.result.is_none()
        {
            let message = format!("`{key}` has other operands in tier `{tier}` than in its type");
            let error = Diagnostic::error(message).at(&shape.at, "these");
            context
                .report
                .push(error.help("write places for each operand of `type`, and for its result"));
            continue;
        }
        let reads = shape.operands.iter().all(|letters| letters.contains('S'));
        let writes = shape.result.is_empty() || shape.result.contains(['W', 'A']);
        if !(reads && writes) {
            let message = format!("`{key}` has no general form in tier `{tier}`");
            let error = Diagnostic::error(message).at(&shape.at, "these");
            context
                .report
                .push(error.help("let every operand be in `S`, and the result go to `W` or `A`"));
        }
    }
}

/// Rows with `do` that no class takes.
fn classless(context: &mut Context<'_>, tier: &str) {
    let model = context.model;
    let operations = operations(model, tier);
    let has = |op: &Op, kind: Option<&str>| {
        operations
            .iter()
            .any(|operation| match (operation.source, kind) {
                (Source::Row(other), None) => other.key == op.key,
                (Source::Memory(other, found), Some(kind)) => other.key == op.key && found == kind,
                _ => false,
            })
    };
    for op in plain(model) {
        let kinds: &[Option<&str>] = if op.facts.loads || op.facts.stores {
            &MEMORIES.map(|(kind, _, _)| Some(kind))
        } else {
            &[None]
        };
        let Some(lacking) = kinds.iter().find(|kind| !has(op, **kind)) else {
            continue;
        };
        let memory = lacking
            .map(|kind| format!(" for memory `{kind}`"))
            .unwrap_or_default();
        let message = format!(
            "no class of forms takes `{}`{memory} in tier `{tier}`",
            op.key
        );
        let error = Diagnostic::error(message).at(op.cell("type"), "of this type");
        context
            .report
            .push(error.help("add a class for such operands and results to spec/forms.toml"));
    }
}

/// Well-formed rows with `do` that are more than a constant.
fn plain(model: &Model) -> impl Iterator<Item = &Op> {
    model
        .ops
        .iter()
        .filter(|op| !op.broken && op.expression().is_some() && !is_constant(op))
}
