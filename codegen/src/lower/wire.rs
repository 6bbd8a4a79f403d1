//! `spec/types.toml`: index spaces, and groups of wire codes.
//!
//! Everything on the wire that is neither an opcode nor a section id: codes of types, kinds, flags,
//! and further facts of a code, which its emitter knows by name. Standard: section 5.3, "Types".

use super::keys::Keys;
use super::row::Row;
use super::tiers::documented;
use crate::diag::Diagnostic;
use crate::load::{Document, Value};
use crate::model::{NumberType, ProposalId, Wire, WireCode, WireGroup};

/// Tables of value types.
const NUMBER: &str = "number";
const VECTOR: &str = "vector";

/// Facts about a code beside its number, as they stand in [`WireCode::facts`].
const FACTS: &[&str] = &["name", "rust", "bytes", "zero", "super", "bottom"];

pub(super) fn lower(
    document: Option<&Document>,
    proposals: &Keys<'_, ProposalId>,
    report: &mut Vec<Diagnostic>,
) -> Wire {
    let Some(document) = document else {
        return Wire::default();
    };
    let groups = document.entries.iter().filter(|entry| entry.key != "index");
    let groups = groups.map(|entry| WireGroup {
        key: entry.key.clone(),
        codes: codes(document, &entry.key, proposals, report),
    });
    let groups = groups.collect();
    Wire {
        groups,
        indices: documented(document, "index", report),
    }
}

fn codes(
    document: &Document,
    group: &str,
    proposals: &Keys<'_, ProposalId>,
    report: &mut Vec<Diagnostic>,
) -> Vec<WireCode> {
    let mut columns = vec!["code", "proposal", "doc"];
    columns.extend(FACTS);
    let mut codes = Vec::new();
    for entry in document.rows(group) {
        let Some(mut row) = Row::new(&entry, &columns, report) else {
            continue;
        };
        closed(group, &mut row);
        codes.push(WireCode {
            key: row.key.to_string(),
            code: bytes(&mut row),
            proposal: proposals.cell(&mut row, "proposal"),
            facts: facts(&mut row),
            doc: row.string("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    codes
}

/// Numbers and vectors are those that the generator knows.
fn closed(group: &str, row: &mut Row<'_>) {
    if ![NUMBER, VECTOR].contains(&group) || NumberType::from_word(row.key).is_some() {
        return;
    }
    let words: Vec<&str> = NumberType::ALL.iter().map(|number| number.word()).collect();
    let error = Diagnostic::error(format!("no type of numbers or vectors `{}`", row.key));
    let known = format!("one of {}", words.join(", "));
    row.report(error.at(row.origin, known));
}

/// One byte, or a list of bytes.
pub(super) fn bytes(row: &mut Row<'_>) -> Vec<u8> {
    let expected = "a byte, or a list of bytes";
    let byte = |value: &Value| match value {
        Value::Integer(number) => u8::try_from(*number).ok(),
        _ => None,
    };
    let Some(cell) = row.cell("code") else {
        row.required("code");
        return Vec::new();
    };
    let bytes = match &cell.value {
        Value::List(items) => items.iter().map(|item| byte(&item.value)).collect(),
        value => byte(value).map(|byte| vec![byte]),
    };
    bytes
        .or_else(|| row.mistyped("code", cell, expected))
        .unwrap_or_default()
}

fn facts(row: &mut Row<'_>) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    for column in FACTS {
        match row.cell(column).map(|cell| &cell.value) {
            Some(Value::Text(text)) => facts.push((column.to_string(), text.clone())),
            Some(Value::Integer(number)) => facts.push((column.to_string(), number.to_string())),
            _ => {}
        }
    }
    facts
}
