//! TOML to documents: every cell with its place, nothing judged but the notation.

mod document;

pub use document::{Cell, Document, Entry, Value};

use crate::diag::Diagnostic;
use crate::model::Origin;
use crate::tree::Tree;
use toml::de::{DeTable, Error};

/// Reads all tables of a tree.
pub fn load(tree: &Tree) -> (Vec<Document>, Vec<Diagnostic>) {
    let mut documents = Vec::new();
    let mut report = Vec::new();
    for (file, text) in tree.matching("spec/", ".toml") {
        let (table, errors) = DeTable::parse_recoverable(text);
        report.extend(errors.iter().map(|error| syntax(file, text, error)));
        documents.push(Document::new(file, text, table.get_ref(), &mut report));
    }
    (documents, report)
}

fn syntax(file: &str, text: &str, error: &Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let origin = Origin {
        file: file.to_string(),
        start: span.start,
        end: span.end.min(text.len()),
    };
    let mut message = error.message().lines();
    let title = message.next().unwrap_or("not TOML").to_string();
    let diagnostic = Diagnostic::error(format!("not TOML: {title}")).at(&origin, "");
    message.fold(diagnostic, |diagnostic, line| diagnostic.note(line))
}
