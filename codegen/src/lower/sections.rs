//! `spec/sections.toml`: ids and order of the sections of a module.
//!
//! The order is a list of its own, since it differs from that of the ids; here it becomes a number
//! of each section. Standard: section 5.5, "Modules", "Sections".

use super::keys::Keys;
use super::row::{self, Row};
use crate::diag::{Diagnostic, did_you_mean};
use crate::load::{Document, Value};
use crate::model::{ProposalId, Section};

const COLUMNS: &[&str] = &["id", "body", "proposal", "limit", "doc"];

pub(super) fn lower(
    document: Option<&Document>,
    proposals: &Keys<'_, ProposalId>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Section> {
    let Some(document) = row::tables(document, &["order", "section"], report) else {
        return Vec::new();
    };
    let mut sections = Vec::new();
    for entry in document.rows("section") {
        let Some(mut row) = Row::new(&entry, COLUMNS, report) else {
            continue;
        };
        sections.push(Section {
            key: row.key.to_string(),
            id: row.number("id", 0xFF) as u8,
            order: 0,
            body: row.required("body"),
            proposal: proposals.cell(&mut row, "proposal"),
            limit: row.text("limit").map(|text| text.text),
            doc: row.string("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    order(document, &mut sections, report);
    sections.sort_by_key(|section| section.id);
    sections
}

/// Numbers the sections as the list `order` does; only custom sections may be absent from it.
fn order(document: &Document, sections: &mut [Section], report: &mut Vec<Diagnostic>) {
    let Some(cell) = document.cell("order") else {
        return report.push(Diagnostic::error(format!(
            "{} has no `order`",
            document.file
        )));
    };
    let Value::List(items) = &cell.value else {
        return report
            .push(Diagnostic::error("`order` is a list of sections").at(&cell.origin, ""));
    };
    for (place, item) in items.iter().enumerate() {
        let Value::Text(key) = &item.value else {
            continue;
        };
        match sections.iter_mut().find(|section| section.key == *key) {
            Some(section) if section.order != 0 => {
                let message = format!("section order has `{key}` twice");
                report.push(Diagnostic::error(message).at(&item.origin, "second time"));
            }
            Some(section) => section.order = (place + 1) as u8,
            None => {
                let hint =
                    did_you_mean(key, sections.iter().map(|section| section.key.as_str()), "");
                report
                    .push(Diagnostic::error(format!("no section `{key}`")).at(&item.origin, hint));
            }
        }
    }
    for section in sections
        .iter()
        .filter(|section| section.order == 0 && section.body != "custom")
    {
        let message = format!("section order lacks `{}`", section.key);
        let missing = Diagnostic::error(message).at(&cell.origin, "not in this list");
        report.push(missing.with(&section.origin, "declared here"));
    }
}
