//! Whether every row has forms in the fast engine, and the handlers keep to the budget.
//!
//! A form is a choice of places for the operands of a class, and each form of each row becomes a
//! handler. More forms make code faster and the binary larger; `spec/forms.toml` states the most
//! handlers a tier may have, and this check holds it.

use super::Context;
use crate::diag::Diagnostic;
use crate::emit::limits::grouped;
use crate::emit::operation::{Origin as Source, handlers, is_constant, operations};
use crate::model::{FormClass, MemoryKind, Model, Op, Place, ResultClass, Shape, TierId};

pub(super) fn check(context: &mut Context<'_>) {
    let model = context.model;
    for class in &model.forms.classes {
        let truth = class.result == Some(ResultClass::Truth);
        letters(context, &class.key, &class.tiers, truth);
        general(context, class);
    }
    for own in &model.forms.engine {
        letters(context, &own.key, &own.tiers, false);
        if own.stands_for.is_some() {
            for (tier, shape) in &own.tiers {
                slots_in(context, &own.key, *tier, shape);
            }
        }
    }
    for (id, most, origin) in &model.forms.budgets {
        let (count, tier) = (handlers(model, *id), &model.tier(*id).key);
        if count > *most as usize {
            let (count, most) = (grouped(count as u64), grouped(u64::from(*most)));
            let message =
                format!("tier `{tier}` would be made of {count} handlers, its budget is {most}");
            let error = Diagnostic::error(message).at(origin, "the budget");
            context
                .report
                .push(error.help("take places out of the classes above, or raise the budget"));
        }
        classless(context, *id);
    }
}

/// Places that have a row, and that can stand where they do.
fn letters(context: &mut Context<'_>, key: &str, tiers: &[(TierId, Shape)], truth: bool) {
    let model = context.model;
    for (tier, shape) in tiers {
        let operands = shape.operands.iter().flatten();
        let operands = operands.map(|place| (place, place.is_source(), "read from"));
        let is_result = |place: &Place| place.is_destination() || truth && place.is_jump();
        let results = shape.result.iter();
        let results = results.map(|place| (place, is_result(place), "written to"));
        let wrong = |(place, fits, what): (&Place, bool, &str)| match (
            model.forms.places.contains(place),
            fits,
        ) {
            (false, _) => Some(format!("no place `{place}`")),
            (true, false) => Some(format!("the place `{place}` cannot be {what} here")),
            (true, true) => None,
        };
        let error = operands.chain(results).find_map(wrong);
        context.report.extend(error.map(|message| {
            let label = format!("`{}` of `{key}`", model.tier(*tier).key);
            Diagnostic::error(message).at(&shape.at, label)
        }));
    }
}

/// The form that every move leads to: slots in, a slot or the accumulator out.
fn general(context: &mut Context<'_>, class: &FormClass) {
    let key = &class.key;
    for (id, shape) in &class.tiers {
        let tier = &context.model.tier(*id).key;
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
        slots_in(context, key, *id, shape);
    }
}

/// Whether every operand can be in a slot, and the result go to where any can be moved from.
fn slots_in(context: &mut Context<'_>, key: &str, tier: TierId, shape: &Shape) {
    let tier = &context.model.tier(tier).key;
    let reads = shape
        .operands
        .iter()
        .all(|places| places.contains(&Place::Slot));
    let general = [Place::Both, Place::Accumulator];
    let mut results = shape.result.iter();
    let writes = shape.result.is_empty() || results.any(|place| general.contains(place));
    if !(reads && writes) {
        let message = format!("`{key}` has no general form in tier `{tier}`");
        let error = Diagnostic::error(message).at(&shape.at, "these");
        context
            .report
            .push(error.help("let every operand be in `S`, and the result go to `W` or `A`"));
    }
}

/// Rows with `do` that no class takes.
fn classless(context: &mut Context<'_>, tier: TierId) {
    let model = context.model;
    let operations = operations(model, tier);
    let tier = &model.tier(tier).key;
    let has = |op: &Op, kind: Option<MemoryKind>| {
        operations
            .iter()
            .any(|operation| match (operation.source, kind) {
                (Source::Row(other), None) => other.key == op.key,
                (Source::Memory(other, found), Some(kind)) => other.key == op.key && found == kind,
                _ => false,
            })
    };
    for op in plain(model) {
        let kinds: Vec<Option<MemoryKind>> = match op.facts.loads || op.facts.stores {
            true => MemoryKind::ALL.iter().copied().map(Some).collect(),
            false => vec![None],
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
