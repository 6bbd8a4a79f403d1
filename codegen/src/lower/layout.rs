//! `spec/component/layout.toml`: the Canonical ABI as numbers.
//!
//! Sizes and alignments of what is not made of other values, core types and how two are joined, and
//! bounds. What follows from them is computed by the runtime's constants; whether they agree is for
//! `check::layout`. Standard: Component Model, `CanonicalABI.md`.

use super::row::{self, Row};
use crate::diag::Diagnostic;
use crate::load::{Document, Entry};
use crate::model::{Encoding, FlatType, Layout, Measure, ValueLayout, ValueShape};

const TABLES: &[&str] = &[
    "flat",
    "address",
    "value",
    "discriminant",
    "flags",
    "encoding",
    "bound",
];

pub(super) fn lower(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Layout {
    let Some(document) = row::tables(document, TABLES, report) else {
        return Layout::default();
    };
    Layout {
        flats: flats(&document.rows("flat"), report),
        addresses: measures(&document.rows("address"), "size", report),
        values: values(&document.rows("value"), report),
        discriminants: measures(&document.rows("discriminant"), "most", report),
        flags: measures(&document.rows("flags"), "most", report),
        encodings: encodings(&document.rows("encoding"), report),
        bounds: measures(&document.rows("bound"), "max", report),
    }
}

fn flats(rows: &[Entry], report: &mut Vec<Diagnostic>) -> Vec<FlatType> {
    let keys: Vec<&str> = rows.iter().map(|entry| entry.key.as_str()).collect();
    let columns: Vec<&str> = ["size"].into_iter().chain(keys.iter().copied()).collect();
    let mut flats = Vec::new();
    for entry in rows {
        let Some(mut row) = Row::new(entry, &columns, report) else {
            continue;
        };
        flats.push(FlatType {
            key: row.key.to_string(),
            size: bytes(&mut row, "size"),
            joins: keys
                .iter()
                .map(|key| (key.to_string(), row.required(key)))
                .collect(),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    flats
}

fn values(rows: &[Entry], report: &mut Vec<Diagnostic>) -> Vec<ValueLayout> {
    let mut values = Vec::new();
    for entry in rows {
        let columns = &["size", "align", "flat", "words"];
        let Some(mut row) = Row::new(entry, columns, report) else {
            continue;
        };
        let words = row.integer("words", u8::MAX.into());
        let shape = match words {
            Some(words) => {
                if let Some(column) = ["size", "align", "flat"]
                    .into_iter()
                    .find(|column| row.cell(column).is_some())
                {
                    let message = format!("`{}` has `words` and `{column}`", row.key);
                    let at = row.column(column);
                    let error = Diagnostic::error(message).at(&at, "follows from the words");
                    row.report(error);
                }
                ValueShape::Words(words as u32)
            }
            None => ValueShape::Scalar {
                size: bytes(&mut row, "size"),
                align: bytes(&mut row, "align"),
                flat: row.required("flat"),
            },
        };
        values.push(ValueLayout {
            key: row.key.to_string(),
            shape,
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    values
}

fn encodings(rows: &[Entry], report: &mut Vec<Diagnostic>) -> Vec<Encoding> {
    let mut encodings = Vec::new();
    for entry in rows {
        let Some(mut row) = Row::new(entry, &["unit", "align", "tagged"], report) else {
            continue;
        };
        encodings.push(Encoding {
            key: row.key.to_string(),
            unit: bytes(&mut row, "unit"),
            align: bytes(&mut row, "align"),
            tagged: row.text("tagged").map(|text| text.text),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    encodings
}

/// Rows that say one number.
pub(super) fn measures(rows: &[Entry], column: &str, report: &mut Vec<Diagnostic>) -> Vec<Measure> {
    let mut measures = Vec::new();
    for entry in rows {
        let Some(mut row) = Row::new(entry, &[column, "doc"], report) else {
            continue;
        };
        let cell = row.cell(column).map(|cell| cell.origin.clone());
        measures.push(Measure {
            key: row.key.to_string(),
            number: row.number(column, u64::MAX),
            doc: row.string("doc"),
            cell: cell.unwrap_or_else(|| entry.origin.clone()),
            origin: entry.origin.clone(),
        });
    }
    measures
}

fn bytes(row: &mut Row<'_>, column: &str) -> u32 {
    row.number(column, u8::MAX.into()) as u32
}
