//! `spec/costs.toml`: what instructions and other work cost in fuel.
//!
//! A class of instructions has a cost, single rows can have another, and work that depends on an
//! amount has a rate: units for one of fuel, a power of two, since the runtime divides by shifting.

use super::row::{self, Row};
use crate::diag::{Diagnostic, did_you_mean};
use crate::load::{Document, Entry, Value};
use crate::model::{Costs, MeaningClass, Rate, Unit};

const TABLES: &[&str] = &["schedule", "class", "cost", "work", "host", "rate"];

pub(super) fn lower(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Costs {
    let Some(document) = row::tables(document, TABLES, report) else {
        return Costs::default();
    };
    let schedule = document
        .entries
        .iter()
        .find(|entry| entry.key == "schedule");
    let schedule = schedule.and_then(|entry| number(entry, report));
    let mut classes = Vec::new();
    for entry in document.rows("class") {
        let class = class(&entry, report);
        classes.extend(class.zip(number(&entry, report)));
    }
    let mut host = Vec::new();
    for entry in document.rows("host") {
        host.extend(number(&entry, report).map(|cost| (entry.key.clone(), cost)));
    }
    let mut exceptions = Vec::new();
    for entry in document.rows("cost") {
        let cost = number(&entry, report);
        exceptions.extend(cost.map(|cost| (entry.key.clone(), cost, entry.origin.clone())));
    }
    let mut rates = |table: &str, units: &[Unit], more: &[&str]| -> Vec<Rate> {
        let rows = document.rows(table);
        rows.iter()
            .filter_map(|entry| rate(entry, units, more, report))
            .collect()
    };
    Costs {
        schedule: schedule.unwrap_or(0),
        classes,
        exceptions,
        rates: rates("rate", Unit::OF_OPERANDS, &[]),
        work: rates("work", Unit::OF_WORK, &["doc"]),
        host,
    }
}

/// The class that a key names.
fn class(entry: &Entry, report: &mut Vec<Diagnostic>) -> Option<MeaningClass> {
    let class = MeaningClass::from_word(&entry.key);
    if class.is_none() {
        let words = MeaningClass::ALL.iter().map(|class| class.word());
        let hint = did_you_mean(&entry.key, words, "one of do, hand, control");
        let error = Diagnostic::error(format!("no class of instructions `{}`", entry.key));
        report.push(error.at(&entry.origin, hint));
    }
    class
}

/// `{ bytes = 32 }`: one unit of what is counted, and a power of two.
fn rate(
    entry: &Entry,
    units: &[Unit],
    more: &[&str],
    report: &mut Vec<Diagnostic>,
) -> Option<Rate> {
    let columns: Vec<&str> = units.iter().map(|unit| unit.column()).collect();
    let all: Vec<&str> = columns.iter().chain(more).copied().collect();
    let mut row = Row::new(entry, &all, report)?;
    let doc = more.contains(&"doc").then(|| row.required("doc"));
    let mut given = units
        .iter()
        .filter_map(|unit| Some((*unit, row.cell(unit.column())?)));
    let (first, second) = (given.next(), given.next());
    let one = first.filter(|_| second.is_none());
    let (unit, cell) = first.map_or((units[0], row.origin), |(unit, cell)| (unit, &cell.origin));
    let (cell, per) = (cell.clone(), row.integer(unit.column(), u32::MAX.into()));
    if one.is_none() {
        let error = Diagnostic::error(format!("`{}` does not have one unit", row.key));
        let help = format!("write one of {}", columns.join(", "));
        row.report(error.at(row.origin, "in this row").help(help));
    } else if let Some(per) = per.filter(|per| !per.is_power_of_two()) {
        let message = format!("{per} {unit} for a unit of fuel is no power of two");
        let help = format!("the next one is {}", per.next_power_of_two());
        let error = Diagnostic::error(message).at(&cell, "engines divide by a shift");
        row.report(error.help(help));
    }
    // With errors, too, so that nothing is said to lack a rate.
    Some(Rate {
        key: entry.key.clone(),
        unit,
        per: per.unwrap_or(1) as u32,
        doc: doc.unwrap_or_default(),
        cell,
        origin: entry.origin.clone(),
    })
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
