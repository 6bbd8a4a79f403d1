//! `spec/wasi/preview1.toml`: WASI preview 1.
//!
//! Types first, since functions name them. A type may name those that stand above it, as in the
//! standard, so that no type contains itself. Standard: `witx.md`.

mod function;
mod reason;
mod reference;
mod types;

use super::layout::measures;
use super::row;
use crate::diag::Diagnostic;
use crate::load::{Cell, Document, Value};
use crate::model::Overlays;
use crate::model::wasi::Wasi;

/// Tables that have a form of their own; the others hold the values of a type.
const TABLES: [&str; 6] = ["module", "unstable", "limit", "type", "reason", "function"];

pub(super) fn lower(
    document: Option<&Document>,
    overlays: &Overlays,
    report: &mut Vec<Diagnostic>,
) -> Wasi {
    let Some(document) = document.filter(|document| document.readable) else {
        return Wasi::default();
    };
    let rows = document.rows("type");
    let of_values = rows.iter().filter(|row| types::has_values(row));
    let known = TABLES.into_iter().chain(of_values.map(|row| &*row.key));
    row::tables(Some(document), &known.collect::<Vec<_>>(), report);
    let keys = types::keys(document, overlays);
    let types = types::lower(document, &rows, &keys, report);
    let reasons = reason::keys(document, overlays);
    Wasi {
        module: module(document, report),
        limits: measures(&document.rows("limit"), "max", report),
        unstable: document.cell("unstable").and_then(text),
        reasons: reason::lower(document, report),
        functions: function::lower(document, &keys, &reasons, &types, report),
        types,
    }
}

fn module(document: &Document, report: &mut Vec<Diagnostic>) -> String {
    match document.cell("module").and_then(text) {
        Some(module) => module,
        None => {
            let file = &document.file;
            let error = Diagnostic::error(format!("{file} does not say what guests import from"));
            report.push(error.help("begin the file with `module = '…'`"));
            String::new()
        }
    }
}

fn text(cell: &Cell) -> Option<String> {
    match &cell.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}
