//! `spec/costs.toml`.

use super::row;
use crate::diag::Diagnostic;
use crate::load::{Document, Entry, Value};
use crate::model::Costs;

pub(super) fn lower(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Costs {
    let Some(document) = row::tables(document, &["schedule", "class", "cost"], report) else {
        return Costs::default();
    };
    let schedule = document
        .entries
        .iter()
        .find(|entry| entry.key == "schedule");
    let schedule = schedule.and_then(|entry| number(entry, report));
    let mut classes = Vec::new();
    for entry in document.rows("class") {
        classes.extend(number(&entry, report).map(|cost| (entry.key.clone(), cost)));
    }
    let mut exceptions = Vec::new();
    for entry in document.rows("cost") {
        let cost = number(&entry, report);
        exceptions.extend(cost.map(|cost| (entry.key.clone(), cost, entry.origin.clone())));
    }
    Costs {
        schedule: schedule.unwrap_or(0),
        classes,
        exceptions,
    }
}

/// A small number.
pub(super) fn number(entry: &Entry, report: &mut Vec<Diagnostic>) -> Option<u32> {
    let number = match entry.cell.value {
        Value::Integer(number) => u32::try_from(number).ok(),
        _ => None,
    };
    if number.is_none() {
        let message = format!("`{}` is a number of 32 bits", entry.key);
        report.push(Diagnostic::error(message).at(&entry.cell.origin, "not this"));
    }
    number
}
