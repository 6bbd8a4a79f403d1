//! Lays overlays over documents: rows removed, changed, added.
//!
//! Afterwards the documents look as if they had been written so, and no later step knows of
//! overlays but by the places of cells. What was done is kept as a list of edits, for checks and
//! for `diff`. `spec/CHANGE.md` describes overlays.

use super::document::{Cell, Document, Entry, Value, rows_of};
use super::overlay::Overlay;
use super::target::{OPS, Target};
use crate::diag::{Diagnostic, did_you_mean};
use crate::model::{Edit, EditKind, Origin, Overlays};

/// Documents under overlays.
pub(super) struct Merge<'a> {
    pub(super) documents: &'a mut Vec<Document>,
    pub(super) edits: Vec<Edit>,
    pub(super) report: &'a mut Vec<Diagnostic>,
}

/// Lays overlays over the documents, the first of them first; gives their examples, too.
pub(super) fn merge(
    documents: &mut Vec<Document>,
    overlays: Vec<Overlay>,
    report: &mut Vec<Diagnostic>,
) -> (Overlays, Vec<Entry>) {
    let mut merge = Merge {
        documents,
        edits: Vec::new(),
        report,
    };
    let files = overlays.iter().map(|overlay| overlay.file.clone());
    let files = files.collect();
    let mut examples = Vec::new();
    for overlay in overlays {
        merge.apply(&overlay);
        let own = rows_of("example", overlay.tables("example", merge.report));
        // A row that is changed above has other examples there.
        examples.retain(|old: &Entry| own.iter().all(|new| new.key != old.key));
        examples.extend(own);
    }
    let edits = merge.edits;
    (Overlays { files, edits }, examples)
}

impl Merge<'_> {
    fn apply(&mut self, overlay: &Overlay) {
        let first = self.edits.len();
        for (target, entry) in self.targets(overlay, "remove") {
            self.remove(&target, &entry);
        }
        for (target, entry) in self.targets(overlay, "change") {
            for row in self.rows(&entry) {
                self.change(&target, row, first);
            }
        }
        let mut instructions = Vec::new();
        for (target, entry) in self.targets(overlay, "add") {
            for row in self.rows(&entry) {
                self.add(&target, row, &mut instructions);
            }
        }
        if let Some(document) = document(overlay, instructions) {
            self.documents.push(document);
        }
    }

    /// The rows of a table of an overlay.
    fn rows(&mut self, entry: &Entry) -> Vec<Entry> {
        if let Value::Row(below) = &entry.cell.value {
            return rows_of(&entry.key, below);
        }
        let error = Diagnostic::error(format!("`{}` is a table of rows", entry.key));
        let found = format!("found {}", entry.cell.value.noun());
        self.report.push(error.at(&entry.cell.origin, found));
        Vec::new()
    }

    fn remove(&mut self, target: &Target, entry: &Entry) {
        let Value::List(keys) = &entry.cell.value else {
            let message = format!("what is removed from `{}` is a list of keys", entry.key);
            let found = format!("found {}", entry.cell.value.noun());
            return self
                .report
                .push(Diagnostic::error(message).at(&entry.cell.origin, found));
        };
        for item in keys {
            let Value::Text(key) = &item.value else {
                let error = Diagnostic::error("a key is a string");
                self.report
                    .push(error.at(&item.origin, format!("found {}", item.value.noun())));
                continue;
            };
            match self.find(target, key) {
                None => self.absent("remove", target, key, &item.origin),
                Some((document, place)) => {
                    let rows = self.documents[document].rows_mut(&target.table);
                    if let Some(row) = rows.map(|rows| rows.remove(place)) {
                        let base = Some((row.whole(), row.origin.clone()));
                        self.edit(
                            EditKind::Removed,
                            target,
                            key,
                            &item.origin,
                            &item.origin,
                            base,
                        );
                    }
                }
            }
        }
    }

    /// Replaces cells of a row; `first` is the first edit of this overlay.
    fn change(&mut self, target: &Target, new: Entry, first: usize) {
        let Some((document, place)) = self.find(target, &new.key) else {
            let removed = self.edits[first..]
                .iter()
                .find(|edit| edit.table == target.table && edit.key == new.key);
            if let Some(removed) = removed {
                let message = format!("`{}` is removed and changed", new.key);
                let error = Diagnostic::error(message).at(&new.origin, "changed here");
                let error = error.with(&removed.at, "removed here");
                return self
                    .report
                    .push(error.help("to replace a row as a whole, remove it and add it"));
            }
            return self.absent("change", target, &new.key, &new.origin);
        };
        let whole = new.whole();
        let Some(row) = self.documents[document]
            .rows_mut(&target.table)
            .and_then(|rows| rows.get_mut(place))
        else {
            return;
        };
        let base = Some((row.whole(), row.origin.clone()));
        match (&mut row.cell.value, new.cell.value) {
            (Value::Row(cells), Value::Row(changed)) => {
                for cell in changed {
                    match cells.iter_mut().find(|old| old.key == cell.key) {
                        Some(old) => *old = cell,
                        None => cells.push(cell),
                    }
                }
            }
            (old, value) => {
                *old = value;
                row.cell.origin = new.cell.origin;
                row.origin = new.origin.clone();
            }
        }
        self.edit(
            EditKind::Changed,
            target,
            &new.key,
            &new.origin,
            &whole,
            base,
        );
    }

    /// Adds a row to its table, or to the instructions that this overlay adds.
    fn add(&mut self, target: &Target, row: Entry, instructions: &mut Vec<Entry>) {
        if let Some((document, place)) = self.find(target, &row.key) {
            let first = self.documents[document].rows(&target.table)[place]
                .origin
                .clone();
            let error = Diagnostic::error(format!("there is a row `{}` already", row.key));
            let error = error.at(&row.origin, "added here").with(&first, "this one");
            let help = format!(
                "to change some of its cells, write it under `change`; to replace it, also `remove` it from `{}`",
                target.table
            );
            return self.report.push(error.help(help));
        }
        let (whole, at, key) = (row.whole(), row.origin.clone(), row.key.clone());
        match target.document {
            None => instructions.push(row),
            Some(document) => {
                if let Some(rows) = self.documents[document].rows_mut(&target.table) {
                    rows.push(row);
                }
            }
        }
        self.edit(EditKind::Added, target, &key, &at, &whole, None);
    }

    /// The document and the place of a row.
    fn find(&self, target: &Target, key: &str) -> Option<(usize, usize)> {
        let mut documents = self.documents.iter().enumerate();
        documents.find_map(|(number, document)| {
            let has_table = match target.document {
                Some(own) => own == number,
                None => document.instructions,
            };
            let rows = has_table.then(|| document.rows(&target.table))?;
            let place = rows.iter().position(|row| row.key == key)?;
            Some((number, place))
        })
    }

    fn absent(&mut self, verb: &str, target: &Target, key: &str, at: &Origin) {
        let mut keys = Vec::new();
        for (number, document) in self.documents.iter().enumerate() {
            if target
                .document
                .map_or(document.instructions, |own| own == number)
            {
                keys.extend(document.rows(&target.table).into_iter().map(|row| row.key));
            }
        }
        let error = Diagnostic::error(format!(
            "there is no row `{key}` in `{}` to {verb}",
            target.table
        ));
        let removed = self
            .edits
            .iter()
            .rfind(|edit| edit.table == target.table && edit.key == key);
        let error = match removed {
            Some(removed) => error
                .at(at, "not there any more")
                .with(&removed.at, "removed here"),
            None => {
                let keys = keys.iter().map(String::as_str);
                error.at(at, did_you_mean(key, keys, "not in the table"))
            }
        };
        self.report.push(error);
    }

    pub(super) fn edit(
        &mut self,
        kind: EditKind,
        target: &Target,
        key: &str,
        at: &Origin,
        row: &Origin,
        base: Option<(Origin, Origin)>,
    ) {
        self.edits.push(Edit {
            kind,
            table: target.table.clone(),
            key: key.to_string(),
            at: at.clone(),
            row: row.clone(),
            base,
        });
    }
}

/// The instructions that an overlay adds, as a file of its proposal would hold them.
fn document(overlay: &Overlay, instructions: Vec<Entry>) -> Option<Document> {
    let first = instructions.first()?.origin.clone();
    let ops = Entry {
        key: OPS.to_string(),
        origin: first.clone(),
        cell: Cell {
            value: Value::Row(instructions),
            origin: first,
        },
    };
    Some(Document {
        file: overlay.file.clone(),
        entries: overlay
            .entry("proposal")
            .cloned()
            .into_iter()
            .chain([ops])
            .collect(),
        instructions: true,
        readable: true,
    })
}
