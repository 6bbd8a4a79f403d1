//! Reading the cells of one row.
//!
//! Each file that lowers a table asks a [`Row`] for its columns by name and type; a column that is
//! unknown, missing or of another type is reported with its place, and a default stands in for it,
//! so that reading goes on to the other cells.

use super::keys::Keys;
use crate::diag::{Diagnostic, did_you_mean};
use crate::load::{Cell, Document, Entry, Value};
use crate::model::Origin;

/// A row whose columns are known.
pub(super) struct Row<'a> {
    /// Its key.
    pub(super) key: &'a str,
    /// Place of the key.
    pub(super) origin: &'a Origin,
    cells: &'a [Entry],
    /// Errors before this row.
    before: usize,
    report: &'a mut Vec<Diagnostic>,
}

/// A text cell: what it says, and the place of the text without the quotes.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) origin: Origin,
}

impl Text {
    pub(super) fn new(text: &str, cell: &Cell) -> Text {
        let Origin { file, start, end } = cell.origin.clone();
        Text {
            text: text.to_string(),
            origin: Origin {
                file,
                start: start + 1,
                end: end - 1,
            },
        }
    }

    /// The place of a part of the text.
    pub(super) fn part(&self, range: std::ops::Range<usize>) -> Origin {
        let start = self.origin.start;
        Origin {
            file: self.origin.file.clone(),
            start: start + range.start,
            end: start + range.end,
        }
    }
}

/// The rows below a key of a table, each with these columns at most; an error for every other
/// top-level key.
pub(super) fn tables<'a>(
    document: Option<&'a Document>,
    keys: &[&str],
    report: &mut Vec<Diagnostic>,
) -> Option<&'a Document> {
    let document = document.filter(|document| document.readable)?;
    for entry in document
        .entries
        .iter()
        .filter(|entry| !keys.contains(&entry.key.as_str()))
    {
        let hint = did_you_mean(&entry.key, keys.iter().copied(), "not known here");
        let message = format!("{} has no `{}`", document.file, entry.key);
        let known = keys
            .iter()
            .map(|key| format!("`{key}`"))
            .collect::<Vec<_>>()
            .join(", ");
        report.push(
            Diagnostic::error(message)
                .at(&entry.origin, hint)
                .note(format!("it has {known}")),
        );
    }
    Some(document)
}

impl<'a> Row<'a> {
    /// The row of an entry; columns that are not in the list are errors.
    pub(super) fn new(
        entry: &'a Entry,
        columns: &[&str],
        report: &'a mut Vec<Diagnostic>,
    ) -> Option<Row<'a>> {
        let before = report.len();
        let Value::Row(cells) = &entry.cell.value else {
            let message = format!("`{}` is not a row", entry.key);
            report.push(
                Diagnostic::error(message)
                    .at(&entry.cell.origin, "expected `{ column = value, … }`"),
            );
            return None;
        };
        for cell in cells
            .iter()
            .filter(|cell| !columns.contains(&cell.key.as_str()))
        {
            let hint = did_you_mean(&cell.key, columns.iter().copied(), "");
            let message = format!("unknown column `{}`", cell.key);
            let help = format!("columns are {}", columns.join(" "));
            report.push(Diagnostic::error(message).at(&cell.origin, hint).help(help));
        }
        Some(Row {
            key: &entry.key,
            origin: &entry.origin,
            cells,
            before,
            report,
        })
    }

    /// The row of another entry, which is judged with this one.
    pub(super) fn of<'b>(&'b mut self, entry: &'b Entry, columns: &[&str]) -> Option<Row<'b>> {
        Row::new(entry, columns, self.report)
    }

    /// The cell of a column.
    pub(super) fn cell(&self, column: &str) -> Option<&'a Cell> {
        self.cells
            .iter()
            .find(|cell| cell.key == column)
            .map(|cell| &cell.cell)
    }

    /// Places of all cells, by column.
    pub(super) fn places(&self) -> Vec<(String, Origin)> {
        self.cells
            .iter()
            .map(|cell| (cell.key.clone(), cell.cell.origin.clone()))
            .collect()
    }

    /// Place of the column's name.
    pub(super) fn column(&self, column: &str) -> Origin {
        let cell = self.cells.iter().find(|cell| cell.key == column);
        cell.map_or(self.origin, |cell| &cell.origin).clone()
    }

    /// Whether an error of this row was reported.
    pub(super) fn is_broken(&self) -> bool {
        self.report.len() > self.before
    }

    /// The row that a text names.
    pub(super) fn resolve<Id>(&mut self, keys: &Keys<'_, Id>, text: &Text) -> Option<Id> {
        keys.find(&text.text, &text.origin, self.report)
    }

    /// The variant of a closed vocabulary whose word stands in a column; an error with all words,
    /// if none has it.
    pub(super) fn word<T: Copy>(
        &mut self,
        column: &str,
        what: &str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(column)?.text;
        let found = all.iter().copied().find(|one| word(*one) == text);
        if found.is_none() {
            let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
            let error = Diagnostic::error(format!("no {what} `{text}`"));
            let known = format!("one of {}", words.join(", "));
            let at = self.cell(column).map_or(self.origin, |cell| &cell.origin);
            self.report.push(error.at(at, known));
        }
        found
    }

    /// Reports an error.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.report.push(diagnostic);
    }

    /// A text, if the column is there.
    pub(super) fn text(&mut self, column: &str) -> Option<Text> {
        let cell = self.cell(column)?;
        match &cell.value {
            Value::Text(text) => Some(Text::new(text, cell)),
            _ => self.mistyped(column, cell, "a string"),
        }
    }

    /// The text of a column, empty without one.
    pub(super) fn string(&mut self, column: &str) -> String {
        self.text(column).map(|text| text.text).unwrap_or_default()
    }

    /// The text of a column that must be there.
    pub(super) fn required(&mut self, column: &str) -> String {
        self.required_text(column)
            .map(|text| text.text)
            .unwrap_or_default()
    }

    /// The text of a column that must be there, with its place.
    pub(super) fn required_text(&mut self, column: &str) -> Option<Text> {
        if self.cell(column).is_none() {
            self.lacking(column);
        }
        self.text(column)
    }

    /// A list of texts, empty without the column.
    pub(super) fn texts(&mut self, column: &str) -> Vec<Text> {
        let Some(cell) = self.cell(column) else {
            return Vec::new();
        };
        let Value::List(items) = &cell.value else {
            return self
                .mistyped(column, cell, "a list of strings")
                .unwrap_or_default();
        };
        let mut texts = Vec::new();
        for item in items {
            match &item.value {
                Value::Text(text) => texts.push(Text::new(text, item)),
                _ => texts.extend(self.mistyped::<Text>(column, item, "strings")),
            }
        }
        texts
    }

    /// A list of texts without their places.
    pub(super) fn strings(&mut self, column: &str) -> Vec<String> {
        self.texts(column)
            .into_iter()
            .map(|text| text.text)
            .collect()
    }

    /// A number, if the column is there and the number is at most `max`.
    pub(super) fn integer(&mut self, column: &str, max: u64) -> Option<u64> {
        let cell = self.cell(column)?;
        match cell.value {
            Value::Integer(number) if number <= max => Some(number),
            Value::Integer(_) => self.mistyped(column, cell, &format!("at most {max}")),
            _ => self.mistyped(column, cell, "an integer"),
        }
    }

    /// A number that must be there; 0 after an error.
    pub(super) fn number(&mut self, column: &str, max: u64) -> u64 {
        if self.cell(column).is_none() {
            self.lacking(column);
        }
        self.integer(column, max).unwrap_or(0)
    }

    /// A flag, if the column is there.
    pub(super) fn flag(&mut self, column: &str) -> Option<bool> {
        let cell = self.cell(column)?;
        match cell.value {
            Value::Flag(flag) => Some(flag),
            _ => self.mistyped(column, cell, "`true` or `false`"),
        }
    }

    /// Reports a cell of the wrong kind.
    pub(super) fn mistyped<T>(&mut self, column: &str, cell: &Cell, expected: &str) -> Option<T> {
        if matches!(cell.value, Value::Wrong) {
            return None;
        }
        let message = format!("`{column}` of `{}` must be {expected}", self.key);
        let found = format!("found {}", cell.value.noun());
        self.report
            .push(Diagnostic::error(message).at(&cell.origin, found));
        None
    }

    /// Reports that a column which must be there is not.
    pub(super) fn lacking(&mut self, column: &str) {
        let message = format!("`{}` has no `{column}`", self.key);
        self.report
            .push(Diagnostic::error(message).at(self.origin, "in this row"));
    }
}
