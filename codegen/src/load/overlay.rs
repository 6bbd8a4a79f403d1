//! Overlays: files that say what is different from the tables that they extend.
//!
//! An overlay begins with `extends`, which is [`BASE`] or the path of another overlay; then it
//! adds, changes and removes rows, each under the name of its table.

use super::document::{self, Cell, Entry, Value};
use super::parse;
use crate::diag::{Diagnostic, did_you_mean};
use crate::model::{Origin, beside};
use crate::tree::Tree;
use toml::de::{DeTable, DeValue};

/// What the tables of this project are called in `extends`.
pub const BASE: &str = "wasm-3.0";

/// What an overlay may hold.
const KEYS: &[&str] = &["extends", "proposal", "add", "change", "remove", "example"];

/// One overlay.
pub(super) struct Overlay {
    /// Its path.
    pub(super) file: String,
    entries: Vec<Entry>,
}

impl Overlay {
    /// The entry of a top-level key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// What is below `add`, `change`, `remove` or `example`.
    pub(super) fn tables(&self, verb: &str, report: &mut Vec<Diagnostic>) -> &[Entry] {
        match self.entry(verb).map(|entry| &entry.cell) {
            None => &[],
            Some(Cell {
                value: Value::Row(tables),
                ..
            }) => tables,
            Some(cell) => {
                let error = Diagnostic::error(format!("`{verb}` is a table"));
                report.push(error.at(&cell.origin, format!("found {}", cell.value.noun())));
                &[]
            }
        }
    }
}

/// The path of the overlay that an overlay extends; nothing if it extends the base, or if it does
/// not say.
pub fn base_of(file: &str, text: &str) -> Option<String> {
    let (table, _) = DeTable::parse_recoverable(text);
    match table.get_ref().get("extends")?.get_ref() {
        DeValue::String(extends) if extends != BASE => Some(path_of(file, extends)),
        _ => None,
    }
}

/// An overlay and those that it extends, the lowest first.
pub(super) fn chain(tree: &Tree, top: &str, report: &mut Vec<Diagnostic>) -> Vec<Overlay> {
    let mut chain: Vec<Overlay> = Vec::new();
    let mut next = Some(top.to_string());
    while let Some(file) = next {
        let Some(overlay) = read(tree, &file, report) else {
            break;
        };
        chain.push(overlay);
        next = below(tree, &chain, report);
    }
    chain.reverse();
    chain
}

fn read(tree: &Tree, file: &str, report: &mut Vec<Diagnostic>) -> Option<Overlay> {
    let Some(text) = tree.get(file) else {
        report.push(Diagnostic::error(format!("there is no overlay {file}")));
        return None;
    };
    let table = parse(file, text, report)?;
    let entries = document::entries(file, text, table.get_ref(), report);
    for entry in entries
        .iter()
        .filter(|entry| !KEYS.contains(&entry.key.as_str()))
    {
        let hint = did_you_mean(&entry.key, KEYS.iter().copied(), "not known here");
        let error = Diagnostic::error(format!("an overlay has no `{}`", entry.key));
        let known: Vec<String> = KEYS.iter().map(|key| format!("`{key}`")).collect();
        report.push(
            error
                .at(&entry.origin, hint)
                .note(format!("it has {}", known.join(", "))),
        );
    }
    Some(Overlay {
        file: file.to_string(),
        entries,
    })
}

/// The overlay that the last of a chain extends, if it is another overlay, and a new one.
fn below(tree: &Tree, chain: &[Overlay], report: &mut Vec<Diagnostic>) -> Option<String> {
    let last = chain.last()?;
    let Some(Entry { cell, .. }) = last.entry("extends") else {
        let error = Diagnostic::error(format!("{} does not say what it extends", last.file));
        report.push(error.help(format!("begin the file with `extends = '{BASE}'`")));
        return None;
    };
    let Value::Text(extends) = &cell.value else {
        let error = Diagnostic::error("`extends` is the name of tables, or the path of an overlay");
        report.push(error.at(&cell.origin, format!("found {}", cell.value.noun())));
        return None;
    };
    if extends == BASE {
        return None;
    }
    let path = path_of(&last.file, extends);
    if let Some(start) = chain.iter().position(|overlay| overlay.file == path) {
        report.push(cycle(&chain[start..]));
        return None;
    }
    if tree.get(&path).is_none() {
        let error = Diagnostic::error(format!("no tables and no overlay `{extends}`"));
        let hint = did_you_mean(extends, [BASE], &format!("there is no file {path}"));
        let help = format!("`extends` is '{BASE}', or the path of another overlay");
        report.push(error.at(&cell.origin, hint).help(help));
        return None;
    }
    Some(path)
}

fn cycle(overlays: &[Overlay]) -> Diagnostic {
    let mut files: Vec<&str> = overlays.iter().map(|overlay| &*overlay.file).collect();
    files.extend(files.first().copied());
    let error = Diagnostic::error(format!("overlays extend each other: {}", files.join(" → ")));
    let cells = overlays
        .iter()
        .filter_map(|overlay| overlay.entry("extends"));
    cells.fold(error, |error, entry| {
        error.at(&entry.cell.origin, "extends the next")
    })
}

/// The path that a path in a file means.
fn path_of(file: &str, path: &str) -> String {
    if path.starts_with('/') {
        return path.to_string();
    }
    let mut parts: Vec<&str> = Vec::new();
    let whole = beside(file, path);
    for part in whole.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl Entry {
    /// The place of the whole entry.
    pub(super) fn whole(&self) -> Origin {
        let mut place = self.origin.clone();
        if self.cell.origin.file == place.file {
            place.end = self.cell.origin.end.max(place.end);
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn paths_are_relative_to_the_file() {
        assert_eq!(path_of("a.toml", "b.toml"), "b.toml");
        assert_eq!(path_of("x/a.toml", "./b.toml"), "x/b.toml");
        assert_eq!(path_of("x/a.toml", "../b.toml"), "b.toml");
        assert_eq!(path_of("../a.toml", "../b.toml"), "../../b.toml");
        assert_eq!(path_of("x/a.toml", "/y/b.toml"), "/y/b.toml");
    }
}
