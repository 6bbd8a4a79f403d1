//! `spec/levels.toml`: which rules a level of validation asks, and what they cost.
//!
//! The rules themselves are code; the table states with which level each begins and by which errors
//! it refuses, so that documentation and tests are made of it.

use super::row::{self, Row};
use super::tiers::documented;
use crate::diag::Diagnostic;
use crate::load::Document;
use crate::model::{Levels, Rule};

const COLUMNS: &[&str] = &["level", "errors", "cost", "doc"];

pub(super) fn lower(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Levels {
    let tables = &["level", "rule", "component"];
    let Some(document) = row::tables(document, tables, report) else {
        return Levels::default();
    };
    Levels {
        levels: documented(document, "level", report),
        rules: rules(document, "rule", report),
        component: rules(document, "component", report),
    }
}

fn rules(document: &Document, table: &str, report: &mut Vec<Diagnostic>) -> Vec<Rule> {
    let mut rules = Vec::new();
    for entry in document.rows(table) {
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
    rules
}
