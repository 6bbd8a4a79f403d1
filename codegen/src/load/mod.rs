//! TOML to documents: every cell with its place, nothing judged but the notation.
//!
//! The first step: texts of a [`Tree`] become documents, overlays are laid over them, and what is
//! not TOML is reported. Columns and words are for [`crate::lower`]. A file that cannot be read
//! ends the run after this step, since every reference to its rows would be an error as well.

mod document;
mod merge;
mod overlay;
mod target;

pub use document::{Cell, Document, Entry, Value};
pub use overlay::{BASE, base_of};

use crate::diag::Diagnostic;
use crate::model::{Origin, Overlays};
use crate::tree::Tree;
use std::ops::Range;
use toml::de::{DeTable, Error};

/// Where the tables of instructions stand.
const INSTRUCTIONS: &str = "spec/instructions/";

/// What the tables of a tree say.
pub struct Loaded {
    /// The tables, overlays laid over them.
    pub documents: Vec<Document>,
    /// The overlays.
    pub overlays: Overlays,
    /// Examples that the overlays give, by row.
    pub examples: Vec<Entry>,
    /// What is wrong.
    pub report: Vec<Diagnostic>,
    /// Whether all files could be read, so that it makes sense to check what they say.
    pub readable: bool,
}

/// Reads all tables of a tree, and lays its overlays over them. A file that is not TOML gives
/// errors and a document without rows.
pub fn load(tree: &Tree) -> Loaded {
    let mut documents = Vec::new();
    let mut report = Vec::new();
    for (file, text) in tree.matching("spec/", ".toml") {
        documents.push(match parse(file, text, &mut report) {
            Some(table) => Document::new(file, text, table.get_ref(), &mut report),
            None => Document::unreadable(file),
        });
    }
    let chain = match tree.overlay() {
        Some(top) => overlay::chain(tree, top, &mut report),
        None => Vec::new(),
    };
    let readable = report.is_empty();
    let (overlays, examples) = match readable {
        true => merge::merge(&mut documents, chain, &mut report),
        false => (Overlays::default(), Vec::new()),
    };
    Loaded {
        documents,
        overlays,
        examples,
        report,
        readable,
    }
}

/// The table of a file; nothing, and errors, if it is not TOML.
fn parse<'t>(
    file: &str,
    text: &'t str,
    report: &mut Vec<Diagnostic>,
) -> Option<toml::Spanned<DeTable<'t>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(table);
    }
    report.extend(syntax(file, text, &errors));
    None
}

/// The first error of each line: the others follow from it.
fn syntax(file: &str, text: &str, errors: &[Error]) -> Vec<Diagnostic> {
    let start = |error: &Error| error.span().map_or(0, |span| span.start.min(text.len()));
    let mut errors: Vec<&Error> = errors.iter().collect();
    errors.sort_by_key(|error| start(error));
    let line = |error: &Error| {
        text.get(..start(error))
            .map_or(0, |before| before.lines().count())
    };
    errors.dedup_by_key(|error| line(error));
    errors
        .into_iter()
        .map(|error| one(file, text, error))
        .collect()
}

fn one(file: &str, text: &str, error: &Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let place = |range: Range<usize>| Origin {
        file: file.to_string(),
        start: range.start,
        end: range.end,
    };
    let origin = place(span.start..span.end.min(text.len()));
    if error.message() == "duplicate key"
        && let Some((key, second, first)) = twice(text, &span)
    {
        let diagnostic = Diagnostic::error(format!("there are two rows `{key}`"));
        return diagnostic
            .at(&place(second), "second one")
            .with(&place(first), "first one");
    }
    let mut message = error.message().lines();
    let title = message.next().unwrap_or("not TOML").to_string();
    let diagnostic = Diagnostic::error(format!("not TOML: {title}")).at(&origin, "here");
    message.fold(diagnostic, |diagnostic, line| diagnostic.note(line))
}

/// A key that begins a line, and an earlier line that begins with it.
fn twice(text: &str, second: &Range<usize>) -> Option<(String, Range<usize>, Range<usize>)> {
    let line = text.get(..second.start)?.rfind('\n')? + 1;
    let key = text.get(line..second.end)?;
    let mut at = 0;
    for earlier in text[..line].split_inclusive('\n') {
        let rest = earlier.strip_prefix(key);
        if rest.is_some_and(|rest| rest.trim_start().starts_with('=')) {
            return Some((key.to_string(), line..second.end, at..at + key.len()));
        }
        at += earlier.len();
    }
    None
}
