//! `spec/limits.toml`: one row a limit, with a column for each tier.
//!
//! The columns depend on `spec/tiers.toml`, so tiers are lowered first. A row becomes a constant
//! for the most that can be asked for, and a field of the limits that an engine has.

use super::keys::Keys;
use super::row::{self, Row};
use crate::diag::Diagnostic;
use crate::load::Document;
use crate::model::{Limit, ProposalId, Tier};
use crate::names;

pub(super) fn lower(
    document: Option<&Document>,
    tiers: &[Tier],
    proposals: &Keys<'_, ProposalId>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Limit> {
    let Some(document) = row::tables(document, &["limit"], report) else {
        return Vec::new();
    };
    let mut columns = vec!["max"];
    columns.extend(tiers.iter().map(|tier| tier.key.as_str()));
    columns.extend(["above", "several", "const", "doc"]);
    let mut limits = Vec::new();
    for entry in document.rows("limit") {
        let Some(mut row) = Row::new(&entry, &columns, report) else {
            continue;
        };
        let constant = row.text("const").map(|text| text.text);
        limits.push(Limit {
            key: row.key.to_string(),
            constant: constant.unwrap_or_else(|| format!("MAX_{}", names::constant(row.key))),
            max: row.number("max", u64::MAX),
            tiers: tiers
                .iter()
                .map(|tier| row.number(&tier.key, u64::MAX))
                .collect(),
            above: row.strings("above"),
            several: proposals.cell(&mut row, "several"),
            doc: row.required("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    limits
}
