//! `spec/wasi/preview1.toml`: WASI preview 1.
//!
//! Types first, since functions name them. A type may name those that stand above it, as in the
//! standard, so that no type contains itself. Standard: `witx.md`.

mod function;
mod reference;
mod types;

use super::layout::measures;
use super::row;
use crate::diag::Diagnostic;
use crate::load::{Document, Value};
use crate::model::Overlays;
use crate::model::wasi::Wasi;

/// Tables that have a form of their own; the others hold the values of a type.
const TABLES: [&str; 4] = ["module", "limit", "type", "function"];

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
    Wasi {
        module: module(document, report),
        limits: measures(&document.rows("limit"), "max", report),
        functions: function::lower(document, &keys, &types, report),
        types,
    }
}

fn module(document: &Document, report: &mut Vec<Diagnostic>) -> String {
    match document.cell("module").map(|cell| &cell.value) {
        Some(Value::Text(module)) => module.clone(),
        _ => {
            let file = &document.file;
            let error = Diagnostic::error(format!("{file} does not say what guests import from"));
            report.push(error.help("begin the file with `module = '…'`"));
            String::new()
        }
    }
}
