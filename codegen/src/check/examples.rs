//! Whether examples fit the types of their rows.
//!
//! An overlay gives examples of its instructions, which become tests of the vendored runtime. A
//! literal that is not of its type, or a row that cannot be tried by itself, is an error here,
//! before a test would fail to compile.

use super::{Context, place};
use crate::diag::{Diagnostic, did_you_mean};
use crate::model::{Example, Outcome};
use crate::testable::{Number, testable};

pub(super) fn check(context: &mut Context<'_>) {
    for example in &context.model.examples {
        let Some(op) = context.model.op(&example.key) else {
            let keys = context.model.ops.iter().map(|op| op.key.as_str());
            let hint = did_you_mean(&example.key, keys, "not in the tables");
            let error = Diagnostic::error(format!("no instruction `{}`", example.key));
            context.report.push(error.at(&example.row, hint));
            continue;
        };
        if op.broken {
            continue;
        }
        let Some(testable) = testable(op) else {
            let error = Diagnostic::error(format!("no examples of `{}` can be tried", op.key));
            let error = error.at(&example.row, "not by itself");
            context
                .report
                .push(error.help("examples are for rows with numbers in and numbers out"));
            continue;
        };
        literals(
            context,
            example,
            "operands",
            &example.operands,
            &testable.operands,
        );
        match &example.outcome {
            Outcome::Results(results) => {
                literals(context, example, "results", results, &testable.results);
            }
            Outcome::Trap(key) => trap(context, example, key),
        }
    }
}

fn literals(
    context: &mut Context<'_>,
    example: &Example,
    what: &str,
    literals: &[String],
    types: &[Number],
) {
    let names: Vec<&str> = types.iter().map(|number| number.name()).collect();
    if literals.len() != types.len() {
        let message = format!("`{}` has {} {what}", example.key, types.len());
        let found = format!("{} here", literals.len());
        let error = Diagnostic::error(message).at(&example.origin, found);
        context.report.push(match names.is_empty() {
            true => error,
            false => error.note(format!("they are {}", names.join(" "))),
        });
        return;
    }
    for (literal, number) in literals.iter().zip(types) {
        if number.bits(literal).is_none() {
            let at = place::word(context.tree, &example.origin, literal);
            let message = format!("`{literal}` is no {}", number.name());
            context
                .report
                .push(Diagnostic::error(message).at(&at, "here"));
        }
    }
}

fn trap(context: &mut Context<'_>, example: &Example, key: &str) {
    let traps = || context.model.traps.iter().map(|trap| trap.key.as_str());
    if !traps().any(|known| known == key) {
        let at = place::word(context.tree, &example.origin, key);
        let hint = did_you_mean(key, traps(), "not in the table");
        let error = Diagnostic::error(format!("no trap `{key}`")).at(&at, hint);
        context.report.push(error);
    }
}
