//! `spec/traps.toml` and `spec/errors.toml`: what can go wrong, with the texts of the official
//! scripts.
//!
//! Three tables of one form: traps, errors of decoding and validation, and misuse by the host.
//! Whether a number is used twice is for `check::errors`.

use super::row::{self, Row};
use crate::diag::Diagnostic;
use crate::load::Document;
use crate::model::{Error, ErrorClass, Trap};

pub(super) fn traps(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Vec<Trap> {
    match row::tables(document, &["trap"], report) {
        Some(document) => numbered(document, "trap", report),
        None => Vec::new(),
    }
}

pub(super) fn misuses(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Vec<Trap> {
    document.map_or_else(Vec::new, |document| numbered(document, "misuse", report))
}

fn numbered(document: &Document, table: &str, report: &mut Vec<Diagnostic>) -> Vec<Trap> {
    let mut rows = Vec::new();
    for entry in document.rows(table) {
        let Some(mut row) = Row::new(&entry, &["number", "text", "also", "doc"], report) else {
            continue;
        };
        rows.push(Trap {
            key: row.key.to_string(),
            number: number(&mut row),
            text: row.required("text"),
            also: row.strings("also"),
            doc: row.required("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    rows
}

pub(super) fn errors(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Vec<Error> {
    let Some(document) = row::tables(document, &["error", "misuse"], report) else {
        return Vec::new();
    };
    let mut errors = Vec::new();
    for entry in document.rows("error") {
        let Some(mut row) = Row::new(&entry, &["number", "class", "text", "also", "doc"], report)
        else {
            continue;
        };
        errors.push(Error {
            key: row.key.to_string(),
            number: number(&mut row),
            class: class(&mut row),
            text: row.required("text"),
            also: row.strings("also"),
            doc: row.required("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    errors
}

fn number(row: &mut Row<'_>) -> u16 {
    row.number("number", u16::MAX.into()) as u16
}

/// The class; any, if it is none.
fn class(row: &mut Row<'_>) -> ErrorClass {
    if row.cell("class").is_none() {
        row.lacking("class");
    }
    let class = row.word(
        "class",
        "class of errors",
        ErrorClass::ALL,
        ErrorClass::word,
    );
    class.unwrap_or(ErrorClass::Invalid)
}
