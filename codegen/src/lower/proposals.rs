//! `spec/proposals.toml`: what the language consists of, and what is not there yet.
//!
//! A proposal that is not supported has its reserved opcodes here, so that a module which uses one
//! is refused by the proposal's name and not by a byte.

use super::keys::Keys;
use super::row::{self, Row};
use crate::diag::Diagnostic;
use crate::load::{Cell, Document, Value};
use crate::model::{Proposal, ProposalId, ReservedCodes};

const COLUMNS: &[&str] = &["since", "requires", "needs", "supported", "doc", "reserved"];

pub(super) fn lower(
    document: Option<&Document>,
    keys: &Keys<'_, ProposalId>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Proposal> {
    let Some(document) = row::tables(document, &["proposal"], report) else {
        return Vec::new();
    };
    let mut proposals = Vec::new();
    for entry in document.rows("proposal") {
        let Some(mut row) = Row::new(&entry, COLUMNS, report) else {
            continue;
        };
        proposals.push(Proposal {
            key: row.key.to_string(),
            since: row.text("since").map(|text| text.text),
            requires: keys.cells(&mut row, "requires"),
            needs: row.strings("needs"),
            supported: row.flag("supported").unwrap_or(true),
            reserved: reserved(&mut row),
            doc: row.required("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    proposals
}

fn reserved(row: &mut Row<'_>) -> Vec<ReservedCodes> {
    let Some(cell) = row.cell("reserved") else {
        return Vec::new();
    };
    let Value::List(ranges) = &cell.value else {
        return row
            .mistyped("reserved", cell, "a list of ranges")
            .unwrap_or_default();
    };
    ranges
        .iter()
        .filter_map(|range| range_of(row, range))
        .collect()
}

fn range_of(row: &mut Row<'_>, cell: &Cell) -> Option<ReservedCodes> {
    let expected = "`{ prefix = …, first = …, last = … }`, the prefix optional";
    let Value::Row(ends) = &cell.value else {
        return row.mistyped("reserved", cell, expected);
    };
    let end = |key: &str| {
        let end = ends.iter().find(|end| end.key == key)?;
        if let Value::Integer(number) = end.cell.value {
            u32::try_from(number).ok()
        } else {
            None
        }
    };
    let prefix = end("prefix").and_then(|prefix| u8::try_from(prefix).ok());
    match (end("first"), end("last")) {
        (Some(first), Some(last)) if first <= last => Some(ReservedCodes {
            prefix,
            first,
            last,
        }),
        _ => row.mistyped("reserved", cell, expected),
    }
}
