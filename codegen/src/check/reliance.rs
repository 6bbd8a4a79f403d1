//! Whether the forms are there that the translator of the fast engine takes without asking.
//!
//! Most forms it asks for, and moves operands where one is not made. What it does not ask for is
//! where those moves end: copies from every place, operands in slots, a result in the
//! accumulator, both branches of a truth value. All of that is stated here, and only here; the
//! translator would report what is missing as an internal error of a program that runs.

use std::collections::BTreeMap;

use super::Context;
use crate::diag::Diagnostic;
use crate::emit::operation::{Operation, operations};
use crate::model::{
    EngineInstruction, Form, Meaning, Model, Op, Place, RegisterClass, TierId, shape,
};
use crate::names::variant;

const INT: Option<RegisterClass> = Some(RegisterClass::Int);
const F32: Option<RegisterClass> = Some(RegisterClass::F32);
const F64: Option<RegisterClass> = Some(RegisterClass::F64);
const V128: Option<RegisterClass> = Some(RegisterClass::V128);

/// Instructions of the engine: key, forms as in `forms.toml`, class of the result.
///
/// Each place needs all of its letters. Two are small: `q` is `Q` in a tier that pins a second
/// local, `w` is `W` or `A`.
#[rustfmt::skip]
const ENGINE: &[(&str, &str, Option<RegisterClass>)] = &[
    // A value is copied from wherever it is to a slot, or to a pinned local; no f32 is pinned, and
    // no vector.
    ("move",                    "SAPqI -> SPq", INT),
    ("move_f32",                "SAI -> S",     F32),
    ("move_f64",                "SAPqI -> SPq", F64),
    ("move_v128",               "SA -> S",      V128),
    ("long",                    "-> SPq",       INT),
    ("const_v128",              "-> w",         V128),
    // As any operation: from slots at least, to the accumulator at least.
    ("select",                  "S S S -> w",   INT),
    ("select_f32",              "S S S -> w",   F32),
    ("select_f64",              "S S S -> w",   F64),
    ("select_v128",             "S S S -> w",   V128),
    ("global_get",              "-> w",         INT),
    ("global_get_f32",          "-> w",         F32),
    ("global_get_f64",          "-> w",         F64),
    ("global_get_v128",         "-> w",         V128),
    ("global_set",              "S",            None),
    ("global_set_f32",          "S",            None),
    ("global_set_f64",          "S",            None),
    ("global_set_v128",         "S",            None),
    ("call_ref",                "S",            None),
    ("call_indirect",           "S",            None),
    ("call_indirect_64",        "S",            None),
    ("return_call_ref",         "S",            None),
    ("return_call_indirect",    "S",            None),
    ("return_call_indirect_64", "S",            None),
    ("return_value",            "S",            None),
    ("return_value_f32",        "S",            None),
    ("return_value_f64",        "S",            None),
    ("return_value_v128",       "S",            None),
    ("br_table",                "S",            None),
    ("br_table_many",           "S",            None),
    ("non_null_or_trap",        "S",            None),
    ("canonical_f32",           "S -> w",       F32),
    ("canonical_f64",           "S -> w",       F64),
    ("canonical_f32x4",         "S -> w",       V128),
    ("canonical_f64x2",         "S -> w",       V128),
    // Nothing in places: all operands are words, of which the translator knows the order.
    ("enter",                   "",             None),
    ("enter_int",               "",             None),
    ("enter_float",             "",             None),
    ("enter_both",              "",             None),
    ("repin_int",               "",             None),
    ("repin_float",             "",             None),
    ("call",                    "",             None),
    ("call_int",                "",             None),
    ("call_float",              "",             None),
    ("call_both",               "",             None),
    ("call_self",               "",             None),
    ("call_self_int",           "",             None),
    ("call_self_float",         "",             None),
    ("call_self_both",          "",             None),
    ("call_import",             "",             None),
    ("return_call",             "",             None),
    ("return_call_import",      "",             None),
    ("return",                  "",             None),
    ("return_many",             "",             None),
    ("jump",                    "",             None),
    ("loop_head",               "",             None),
    ("jump_again",              "",             None),
    ("copy_down",               "",             None),
    ("unreachable",             "",             None),
    ("fuel",                    "",             None),
    ("epoch",                   "",             None),
    ("count",                   "",             None),
];

/// Rows that the translator names, and the places in which it has their operand: the test that
/// turns a truth value round which has no opposite, right behind the comparison.
const ROWS: &[(&str, Place)] = &[("i32.eqz", Place::Accumulator)];

/// Instructions of the engine that may be in a fused pair: those that look at no instruction
/// pointer, and in which no run stops to go on there later.
const FUSIBLE: &[&str] = &[
    "move",
    "move_f32",
    "move_f64",
    "move_v128",
    "long",
    "const_v128",
    "select",
    "select_f32",
    "select_f64",
    "select_v128",
    "global_get",
    "global_get_f32",
    "global_get_f64",
    "global_get_v128",
    "global_set",
    "global_set_f32",
    "global_set_f64",
    "global_set_v128",
    "copy_down",
];

/// Those that may be the first of a pair only: a function begins with them.
const FUSIBLE_FIRST: &[&str] = &["enter", "enter_int", "enter_float", "enter_both"];

/// Those in which a run stops, and goes on when it may. They run again then, with all that is fused before
/// them.
const PAUSES: &[&str] = &["fuel", "epoch"];

/// Those that may be the second of a pair only: they do not go on at the next instruction.
const FUSIBLE_LAST: &[&str] = &[
    "jump",
    "jump_again",
    "br_table",
    "call",
    "call_int",
    "call_float",
    "call_both",
    "call_self",
    "call_self_int",
    "call_self_float",
    "call_self_both",
    "call_import",
    "call_indirect",
    "call_ref",
    "return",
    "return_value",
    "return_value_f32",
    "return_value_f64",
    "return_value_v128",
];

pub(super) fn check(context: &mut Context<'_>) {
    let model = context.model;
    let mut errors = Vec::new();
    for own in &model.forms.engine {
        errors.extend(placeholders(model, own));
    }
    for (id, _, origin) in &model.forms.budgets {
        let tier = &model.tier(*id).key;
        for (key, forms, class) in ENGINE {
            match model.forms.engine.iter().find(|own| own.key == *key) {
                Some(own) => errors.extend(engine(model, own, *id, forms, *class)),
                None => errors.push(
                    Diagnostic::error(format!("no instruction `{key}` of the engine"))
                        .at(origin, "the translator of this tier relies on it")
                        .help("add the row to the table `[engine]` of spec/forms.toml"),
                ),
            }
        }
        let operations = operations(model, *id);
        errors.extend(rows(&operations, tier));
        errors.extend(branches(&operations, tier));
    }
    errors.extend(fusions(model));
    context.report.extend(errors);
}

/// Whether a type has a place for each letter of its forms.
fn placeholders(model: &Model, own: &EngineInstruction) -> Option<Diagnostic> {
    let places = own.instruction.matches('_').count();
    let (tier, shape) = own.tiers.iter().find(|(_, shape)| {
        shape.operands.len() + usize::from(!shape.result.is_empty()) != places
    })?;
    let message = format!(
        "`{}` has {places} places `_` in its type, others in tier `{}`",
        own.key,
        model.tier(*tier).key
    );
    Some(Diagnostic::error(message).at(&shape.at, "in these forms"))
}

/// Whether an instruction of the engine has the forms that the translator relies on.
fn engine(
    model: &Model,
    own: &EngineInstruction,
    id: TierId,
    forms: &str,
    class: Option<RegisterClass>,
) -> Vec<Diagnostic> {
    let Some(has) = shape(&own.tiers, id) else {
        return Vec::new();
    };
    let needs = resolved(model, id, class, forms);
    let (operands, result) = needs.split_once("->").unwrap_or((&needs, ""));
    let (operands, result) = (operands.split_whitespace(), result.trim());
    let (key, tier) = (&own.key, &model.tier(id).key);
    let mut errors = Vec::new();
    if own.result != class {
        let message = format!("`{key}` has a result of another class than the translator takes");
        let error = Diagnostic::error(message).at(&own.origin, "in this row");
        errors.push(error.help(match class {
            None => "leave `result` out".to_string(),
            Some(class) => format!("write `result = '{class}'`"),
        }));
    }
    let error = |message: String, label: &str| {
        let error = Diagnostic::error(message).at(&has.at, label);
        error.help(match forms {
            "" => "leave them empty: the translator has nothing in places".to_string(),
            _ => format!("the forms must be `{}` at least", needs.replace('w', "W")),
        })
    };
    if has.operands.len() != operands.clone().count() || has.result.is_empty() != result.is_empty()
    {
        let message =
            format!("`{key}` has other operands in tier `{tier}` than the translator gives it");
        errors.push(error(message, "these"));
        return errors;
    }
    let pairs = has.operands.iter().zip(operands);
    for (at, (has, needs)) in pairs.enumerate() {
        for letter in lacking(has, needs) {
            let message = format!(
                "`{key}` has no form in tier `{tier}` with operand {} in `{letter}`",
                at + 1
            );
            errors.push(error(message, "the translator relies on one"));
        }
    }
    for letter in lacking(&has.result, result) {
        let letter = if letter == 'w' {
            "W` or `A".to_string()
        } else {
            letter.to_string()
        };
        let message = format!("`{key}` has no form in tier `{tier}` with its result in `{letter}`");
        errors.push(error(message, "the translator relies on one"));
    }
    errors
}

/// Forms with `q` decided: a tier pins a second local of a class if copies of the class read it.
fn resolved(model: &Model, tier: TierId, class: Option<RegisterClass>, forms: &str) -> String {
    let copies = ENGINE
        .iter()
        .find(|(_, forms, of)| forms.contains('q') && *of == class);
    let second = copies.is_some_and(|(key, _, _)| {
        let own = model.forms.engine.iter().find(|own| own.key == *key);
        let shape = own.and_then(|own| shape(&own.tiers, tier));
        let operands = shape.into_iter().flat_map(|shape| &shape.operands);
        operands
            .flatten()
            .any(|place| *place == Place::SecondPinned)
    });
    forms.replace('q', if second { "Q" } else { "" })
}

/// Letters that are needed and not there.
fn lacking(has: &[Place], needs: &str) -> Vec<char> {
    let is_there = |letter: &char| match letter {
        'w' => has.iter().any(|place| GENERAL.contains(place)),
        letter => has.iter().any(|place| place.word().starts_with(*letter)),
    };
    needs.chars().filter(|letter| !is_there(letter)).collect()
}

/// The destinations from which results get everywhere.
const GENERAL: [Place; 2] = [Place::Both, Place::Accumulator];

/// Whether rows that the translator names have the forms that it relies on.
fn rows(operations: &[Operation<'_>], tier: &str) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for (key, place) in ROWS {
        let found = operations.iter().find(|operation| operation.key() == *key);
        let Some((operation, shape)) = found.and_then(|found| Some((found, found.shape?))) else {
            continue;
        };
        if !places(operation).contains(&&[*place][..]) {
            let message =
                format!("`{key}` has no form in tier `{tier}` with its operand in `{place}`");
            let error = Diagnostic::error(message).at(&shape.at, "the translator relies on one");
            errors.push(error.help(format!("add `{place}` to the places of the operand")));
        }
    }
    errors
}

/// Whether truth values can branch both ways, by their own forms or by those of their opposite.
fn branches(operations: &[Operation<'_>], tier: &str) -> Vec<Diagnostic> {
    let by_variant: BTreeMap<&str, &Operation<'_>> = operations
        .iter()
        .map(|operation| (operation.variant.as_str(), operation))
        .collect();
    let mut errors: Vec<Diagnostic> = Vec::new();
    // Of each cell only the first row is told.
    let mut told = Vec::new();
    for operation in operations.iter().filter(|operation| operation.truth) {
        let Some(shape) = operation.shape else {
            continue;
        };
        let opposite = operation
            .negation
            .as_deref()
            .and_then(|name| by_variant.get(name));
        let has = |operation: &Operation<'_>, places: &[Place], to: Place| {
            let form = Form([places, &[to]].concat());
            operation.forms.contains(&form)
        };
        let mut report = |error: Diagnostic| {
            if !errors.iter().any(|known| known.is_about(&error)) {
                errors.push(error);
            }
        };
        for places in places(operation) {
            for (to, other) in [(Place::Jump, Place::JumpNot), (Place::JumpNot, Place::Jump)] {
                let able = has(operation, places, to)
                    || opposite.is_some_and(|opposite| has(opposite, places, other));
                if !able && !told.contains(&(&shape.at, to)) {
                    told.push((&shape.at, to));
                    let when = if to == Place::Jump {
                        "holds"
                    } else {
                        "does not hold"
                    };
                    let message = format!(
                        "no form in tier `{tier}` branches if `{}` {when}",
                        operation.key()
                    );
                    let error = Diagnostic::error(message)
                        .at(&shape.at, format!("`{to}` is missing among the results"));
                    report(error.help(
                        "add `J` if all rows of the class have an opposite, otherwise `J` and `N`",
                    ));
                }
            }
            if let Some(opposite) = opposite
                && !GENERAL.iter().any(|to| has(opposite, places, *to))
            {
                let message = format!(
                    "`{}` has forms in tier `{tier}` that its opposite `{}` has not",
                    operation.key(),
                    opposite.key()
                );
                let error = Diagnostic::error(message).at(&shape.at, "these");
                report(
                    error.help("put both into one class, and give both or neither a mirror image"),
                );
            }
        }
    }
    errors
}

/// Places of the operands with which an operation has a result in the accumulator or a slot.
fn places<'o>(operation: &'o Operation<'_>) -> Vec<&'o [Place]> {
    let split = operation
        .forms
        .iter()
        .filter_map(|form| form.0.split_last());
    let general = split.filter(|(to, _)| GENERAL.contains(to));
    general.map(|(_, places)| places).collect()
}

/// Whether what is fused may be, fits the forms of a tier, and stands in one row only.
fn fusions(model: &Model) -> Vec<Diagnostic> {
    let tiers: Vec<_> = model
        .forms
        .budgets
        .iter()
        .map(|(tier, _, _)| operations(model, *tier))
        .collect();
    let mut by_variant: BTreeMap<&str, Vec<&Operation<'_>>> = BTreeMap::new();
    for operation in tiers.iter().flatten() {
        let name = operation.variant.as_str();
        by_variant.entry(name).or_default().push(operation);
    }
    let mut errors = Vec::new();
    let mut known = BTreeMap::new();
    for fusion in &model.forms.fusions {
        for (fused, is_last) in [(&fusion.first, false), (&fusion.then, true)] {
            let key = fused.key.as_str();
            let found = by_variant.get(variant(key).as_str());
            let is_there = |form: &Form| {
                let mut all = found.into_iter().flatten();
                all.any(|operation| operation.forms.contains(form))
            };
            let lacking = fused.forms.iter().find(|(form, _)| !is_there(form));
            if model.overlays.removal("op", key).is_some() {
                // Its pairs go with a row that an overlay removes.
            } else if let Some((form, at)) = lacking {
                let message = format!("no tier has the form `{key} {form}`");
                let error = Diagnostic::error(message.trim_end()).at(at, "in this pair");
                errors.push(error.help("write a row or an instruction of the engine, and places that spec/forms.toml has"));
            } else if !may_be_fused(model, key, is_last) {
                let place = if is_last { "second" } else { "first" };
                let message = format!("`{key}` cannot be the {place} of a pair");
                let error = Diagnostic::error(message).at(&fused.origin, "in this pair");
                errors.push(error.help(
                    "fuse only what goes on at the next instruction, and what no run stops at; the second may be a jump, a call or a return",
                ));
            }
        }
        if may_pause(&fusion.then.key) {
            let first = &fusion.first;
            let mut forms = first.forms.iter();
            if let Some((form, at)) = forms.find(|(form, _)| !may_run_again(&first.key, form)) {
                let message = format!(
                    "`{}` cannot be the second of a pair with `{} {form}`",
                    fusion.then.key, first.key
                );
                let error = Diagnostic::error(message).at(at, "in this pair");
                errors.push(error.help("a run that stops in the second runs both again: fuse it only to the beginning of a function, or to a branch"));
            }
        }
        for (first, _) in &fusion.first.forms {
            for (then, at) in &fusion.then.forms {
                let pair = (&fusion.first.key, first, &fusion.then.key, then);
                if let Some(other) = known.insert(pair, &fusion.key) {
                    let (first, then) =
                        (format!("{} {first}", pair.0), format!("{} {then}", pair.2));
                    let message = format!("`{first}` with `{then}` stands in `{other}` already");
                    errors.push(Diagnostic::error(message).at(at, "in this pair"));
                }
            }
        }
    }
    errors
}

/// Whether a row, or an instruction of the engine's own, may be the first of a fused pair, or the last.
fn may_be_fused(model: &Model, key: &str, is_last: bool) -> bool {
    let computes = |op: &Op| matches!(op.meaning, Meaning::Do(_));
    let edge = if is_last { FUSIBLE_LAST } else { FUSIBLE_FIRST };
    let named = FUSIBLE.contains(&key) || edge.contains(&key) || may_pause(key);
    named || model.op(key).is_some_and(computes)
}

/// Whether an instruction with these places may be fused with another behind it.
pub fn may_be_pair(model: &Model, first: (&str, &Form), then: &str) -> bool {
    may_be_fused(model, first.0, false)
        && may_be_fused(model, then, true)
        && (!may_pause(then) || may_run_again(first.0, first.1))
}

/// Whether a run can stop in an instruction and go on there later.
pub fn may_pause(key: &str) -> bool {
    PAUSES.contains(&key)
}

/// Whether an instruction does the same when it runs again at once: what it reads, it leaves as it is.
fn may_run_again(key: &str, form: &Form) -> bool {
    FUSIBLE_FIRST.contains(&key) || form.0.last().is_some_and(|to| to.is_jump())
}
