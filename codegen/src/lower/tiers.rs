//! `spec/tiers.toml`: tiers, what they provide, and which proposals they have.
//!
//! A tier that extends another one has all that the other has. Without a list of proposals a tier
//! has all that are supported and that it can carry, so that a new proposal needs no change here.

use super::keys::Keys;
use super::row::{self, Row};
use crate::diag::Diagnostic;
use crate::load::{Document, Value};
use crate::model::{Documented, Proposal, ProposalId, Tier, TierId};

const COLUMNS: &[&str] = &["provides", "proposals", "extends", "feature", "doc"];

pub(super) fn lower(
    document: Option<&Document>,
    proposals: &[Proposal],
    ids: &Keys<'_, ProposalId>,
    keys: &Keys<'_, TierId>,
    report: &mut Vec<Diagnostic>,
) -> (Vec<Documented>, Vec<Tier>) {
    let Some(document) = row::tables(document, &["tier", "capability"], report) else {
        return (Vec::new(), Vec::new());
    };
    let mut tiers: Vec<Tier> = Vec::new();
    for entry in document.rows("tier") {
        let Some(mut row) = Row::new(&entry, COLUMNS, report) else {
            continue;
        };
        let extends = keys.cell(&mut row, "extends");
        let below = extends.and_then(|TierId(below)| tiers.get(below));
        let mut provides = below.map(|tier| tier.provides.clone()).unwrap_or_default();
        provides.extend(row.strings("provides"));
        let carried = |proposal: &Proposal| {
            proposal.supported && proposal.needs.iter().all(|need| provides.contains(need))
        };
        let carried = proposals
            .iter()
            .enumerate()
            .filter(|(_, proposal)| carried(proposal))
            .map(|(place, _)| ProposalId(place))
            .collect();
        tiers.push(Tier {
            key: row.key.to_string(),
            proposals: if row.cell("proposals").is_some() {
                ids.cells(&mut row, "proposals")
            } else {
                carried
            },
            provides,
            extends,
            feature: row.text("feature").map(|text| text.text),
            doc: row.required("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    (documented(document, "capability", report), tiers)
}

/// Rows that are one line of documentation each.
pub(super) fn documented(
    document: &Document,
    key: &str,
    report: &mut Vec<Diagnostic>,
) -> Vec<Documented> {
    let mut lines = Vec::new();
    for entry in document.rows(key) {
        match entry.cell.value {
            Value::Text(doc) => lines.push(Documented {
                key: entry.key,
                doc,
                origin: entry.origin,
            }),
            _ => {
                let message = format!("`{}` is a line of documentation", entry.key);
                report.push(Diagnostic::error(message).at(&entry.cell.origin, "expected a string"));
            }
        }
    }
    lines
}
