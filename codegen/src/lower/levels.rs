//! `spec/levels.toml`.

use super::row::{self, Row};
use super::tiers::documented;
use crate::diag::Diagnostic;
use crate::load::Document;
use crate::model::{Levels, Rule};

const COLUMNS: &[&str] = &["level", "errors", "cost", "doc"];

pub(super) fn lower(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Levels {
    let Some(document) = row::tables(document, &["level", "rule"], report) else {
        return Levels::default();
    };
    let mut rules = Vec::new();
    for entry in document.rows("rule") {
        let Some(mut row) = Row::new(&entry, COLUMNS, report) else {
            continue;
        };
        rules.push(Rule {
            key: row.key.to_string(),
            level: row.required("level"),
            errors: row.strings("errors"),
            cost: row.required("cost"),
            doc: row.required("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    Levels {
        levels: documented(document, "level", report),
        rules,
    }
}
