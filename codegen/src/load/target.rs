//! The tables that overlays name.
//!
//! A table goes by its name in the file that has it (`op`, `limit`, `cost`); where two files have
//! one of a name, and for what stands above the tables, the file comes first (`costs.class`,
//! `costs.schedule`).

use super::document::{Document, Entry, Value};
use super::merge::Merge;
use super::overlay::Overlay;
use crate::diag::{Diagnostic, did_you_mean};
use crate::model::{EditKind, Origin};

/// The table of instructions, whose rows stand in many files.
pub(super) const OPS: &str = "op";

/// A table: the document that has it (of instructions, any), and its key there.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) document: Option<usize>,
    pub(super) table: String,
}

impl Merge<'_> {
    /// The tables that an overlay names below a verb, with what stands there.
    pub(super) fn targets(&mut self, overlay: &Overlay, verb: &str) -> Vec<(Target, Entry)> {
        let mut targets = Vec::new();
        for entry in overlay.tables(verb, self.report) {
            self.target(verb, entry, &mut targets);
        }
        targets
    }

    fn target(&mut self, verb: &str, entry: &Entry, targets: &mut Vec<(Target, Entry)>) {
        let key = entry.key.as_str();
        if key == OPS {
            return targets.push((table(None, key), entry.clone()));
        }
        let having: Vec<usize> = (0..self.documents.len())
            .filter(|number| {
                let document = &self.documents[*number];
                name(document).is_some_and(|name| !name.contains('/')) && has(document, key)
            })
            .collect();
        match having[..] {
            [document] => targets.push((table(Some(document), key), entry.clone())),
            [] => self.in_file(verb, key, entry, targets),
            _ => {
                let names = having
                    .iter()
                    .filter_map(|number| name(&self.documents[*number]));
                let names: Vec<String> = names.map(|name| format!("`{name}.{key}`")).collect();
                let error = Diagnostic::error(format!("several files have a table `{key}`"));
                let error = error.at(&entry.origin, "which one?");
                self.report
                    .push(error.help(format!("write {}", names.join(" or "))));
            }
        }
    }

    /// What stands below the name of a file, or of a folder of files.
    fn in_file(
        &mut self,
        verb: &str,
        file: &str,
        entry: &Entry,
        targets: &mut Vec<(Target, Entry)>,
    ) {
        let number = self
            .documents
            .iter()
            .position(|document| name(document) == Some(file));
        let folder = format!("{file}/");
        let is_folder = self
            .documents
            .iter()
            .any(|document| name(document).is_some_and(|name| name.starts_with(&folder)));
        let below = match &entry.cell.value {
            Value::Row(below) if number.is_some() || is_folder => below,
            _ => return self.no_table(file, &entry.origin, None),
        };
        for child in below {
            match number {
                None => self.in_file(verb, &format!("{folder}{}", child.key), child, targets),
                Some(number) if has(&self.documents[number], &child.key) => {
                    targets.push((table(Some(number), &child.key), child.clone()));
                }
                Some(number) => self.alone(verb, number, child),
            }
        }
    }

    /// Replaces a cell that stands above the tables of a file.
    fn alone(&mut self, verb: &str, document: usize, new: &Entry) {
        let entries = &mut self.documents[document].entries;
        match entries.iter_mut().find(|entry| entry.key == new.key) {
            Some(old) if verb == "change" => {
                let base = Some((old.whole(), old.origin.clone()));
                *old = new.clone();
                let target = table(Some(document), &new.key);
                self.edit(
                    EditKind::Changed,
                    &target,
                    &new.key,
                    &new.origin,
                    &new.whole(),
                    base,
                );
            }
            Some(old) => {
                let message = format!("`{}` can only be changed", new.key);
                let error = Diagnostic::error(message).at(&new.origin, "not a table of rows");
                self.report.push(error.with(&old.origin, "this one"));
            }
            None => self.no_table(&new.key, &new.origin, Some(document)),
        }
    }

    fn no_table(&mut self, key: &str, at: &Origin, document: Option<usize>) {
        let mut known: Vec<&str> = Vec::new();
        for (number, found) in self.documents.iter().enumerate() {
            if document.is_none_or(|only| only == number) && !found.instructions {
                known.extend(found.entries.iter().map(|entry| entry.key.as_str()));
            }
        }
        if document.is_none() {
            known.push(OPS);
        }
        known.sort_unstable();
        known.dedup();
        let hint = did_you_mean(key, known.iter().copied(), "not known");
        let error = Diagnostic::error(format!("no table `{key}`")).at(at, hint);
        self.report
            .push(error.note(format!("tables are {}", known.join(" "))));
    }
}

fn table(document: Option<usize>, table: &str) -> Target {
    Target {
        document,
        table: table.to_string(),
    }
}

/// The name of a file of tables, without folder and ending; none for instructions.
fn name(document: &Document) -> Option<&str> {
    let name = document.file.strip_prefix("spec/")?.strip_suffix(".toml")?;
    (!document.instructions).then_some(name)
}

/// Whether a document has a table of this name.
fn has(document: &Document, key: &str) -> bool {
    matches!(
        document.cell(key).map(|cell| &cell.value),
        Some(Value::Row(_))
    )
}
