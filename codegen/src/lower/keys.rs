//! Keys of a table that cells name, and the rows they stand for.
//!
//! A cell that names no row is an error at the cell. If an overlay removes the row, the removal is
//! the error, and points at all that name it.

use super::row::{Row, Text};
use crate::diag::{Diagnostic, did_you_mean, removal};
use crate::load::{Document, Value};
use crate::model::{Origin, Overlays};

/// The rows of a table, each of which has an `Id`.
pub(super) struct Keys<'a, Id> {
    /// What a row is, for people; also the table's name.
    what: &'static str,
    keys: Vec<String>,
    id: fn(usize) -> Id,
    overlays: &'a Overlays,
}

impl<'a, Id> Keys<'a, Id> {
    /// The rows below the key `what` of these documents, one after the other.
    pub(super) fn new(
        documents: &[Option<&Document>],
        what: &'static str,
        id: fn(usize) -> Id,
        overlays: &'a Overlays,
    ) -> Self {
        let documents = documents.iter().flatten();
        let documents = documents.filter(|document| document.readable);
        // What is no row is reported, and has no place among them.
        let rows = documents.flat_map(|document| document.rows(what));
        let rows = rows.filter(|entry| matches!(entry.cell.value, Value::Row(_)));
        Keys {
            what,
            keys: rows.map(|entry| entry.key).collect(),
            id,
            overlays,
        }
    }

    /// The row with this key, which `at` names.
    pub(super) fn find(&self, key: &str, at: &Origin, report: &mut Vec<Diagnostic>) -> Option<Id> {
        self.find_beside(&[], key, at, report)
    }

    /// The same where words may stand that are no rows, and that the author may have meant.
    pub(super) fn find_beside(
        &self,
        words: &[&str],
        key: &str,
        at: &Origin,
        report: &mut Vec<Diagnostic>,
    ) -> Option<Id> {
        let place = self.keys.iter().position(|known| known == key);
        if place.is_none() {
            self.lacks(words, key, at, report);
        }
        place.map(self.id)
    }

    /// All rows.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, Id)> {
        let keys = self.keys.iter().enumerate();
        keys.map(|(place, key)| (key.as_str(), (self.id)(place)))
    }

    /// The row that a column names.
    pub(super) fn cell(&self, row: &mut Row<'_>, column: &str) -> Option<Id> {
        let text = row.text(column)?;
        row.resolve(self, &text)
    }

    /// The rows that the list in a column names.
    pub(super) fn cells(&self, row: &mut Row<'_>, column: &str) -> Vec<Id> {
        let texts: Vec<Text> = row.texts(column);
        texts
            .iter()
            .filter_map(|text| row.resolve(self, text))
            .collect()
    }

    fn lacks(&self, words: &[&str], key: &str, at: &Origin, report: &mut Vec<Diagnostic>) {
        let what = self.what;
        let Some(removed) = self.overlays.removal(what, key) else {
            let keys = words.iter().copied();
            let keys = keys.chain(self.keys.iter().map(String::as_str));
            let hint = did_you_mean(key, keys, "not in the table");
            return report.push(Diagnostic::error(format!("no {what} `{key}`")).at(at, hint));
        };
        let error = removal::named_by_rows(what, removed);
        match report.iter_mut().find(|other| other.is_about(&error)) {
            Some(known) => *known = known.clone().with(at, "named here"),
            None => report.push(error.with(at, "named here")),
        }
    }
}
