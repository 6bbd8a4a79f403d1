//! One file of the tables, with the place of every key and cell.
//!
//! TOML libraries give values; this keeps where each stands, so that every later step can point at
//! the cell it complains about. The order of rows is that of the text, since it is the order of
//! what is generated.

use crate::diag::Diagnostic;
use crate::model::Origin;
use toml::de::{DeTable, DeValue};

/// One file.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its path.
    pub file: String,
    /// Top-level keys in the order of the text; below each that is a table its rows, dotted keys
    /// joined.
    pub entries: Vec<Entry>,
    /// Whether its rows are instructions.
    pub instructions: bool,
    /// Whether it is TOML.
    pub readable: bool,
}

/// A key and what it stands for.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key; dotted where it was written dotted.
    pub key: String,
    /// Place of the key.
    pub origin: Origin,
    /// What it stands for.
    pub cell: Cell,
}

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The value.
    pub value: Value,
    /// Its place, quotes included.
    pub origin: Origin,
}

/// What a cell can hold.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string.
    Text(String),
    /// A number from 0 to 2^64 - 1.
    Integer(u64),
    /// `true` or `false`.
    Flag(bool),
    /// An array.
    List(Vec<Cell>),
    /// A table of cells (a row), or of rows.
    Row(Vec<Entry>),
    /// Nothing that a table may hold; already reported.
    Wrong,
}

impl Value {
    /// What it is, for people.
    pub fn noun(&self) -> &'static str {
        match self {
            Value::Text(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Flag(_) => "a flag",
            Value::List(_) => "a list",
            Value::Row(_) => "a table",
            Value::Wrong => "nothing",
        }
    }
}

impl Document {
    /// Takes over a parsed file.
    pub(super) fn new(
        file: &str,
        text: &str,
        table: &DeTable<'_>,
        report: &mut Vec<Diagnostic>,
    ) -> Document {
        let mut entries = entries(file, text, table, report);
        for entry in &mut entries {
            if let Value::Row(below) = &mut entry.cell.value {
                *below = rows_of(&entry.key, below);
            }
        }
        Document {
            file: file.to_string(),
            entries,
            instructions: file.starts_with(super::INSTRUCTIONS),
            readable: true,
        }
    }

    /// A file that is not TOML.
    pub(super) fn unreadable(file: &str) -> Document {
        Document {
            file: file.to_string(),
            entries: Vec::new(),
            instructions: file.starts_with(super::INSTRUCTIONS),
            readable: false,
        }
    }

    /// The cell of a top-level key.
    pub fn cell(&self, key: &str) -> Option<&Cell> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.cell)
    }

    /// The rows below a top-level key.
    pub fn rows(&self, key: &str) -> Vec<Entry> {
        match self.cell(key).map(|cell| &cell.value) {
            Some(Value::Row(rows)) => rows.clone(),
            _ => Vec::new(),
        }
    }

    /// The rows below a top-level key, to be changed.
    pub(super) fn rows_mut(&mut self, key: &str) -> Option<&mut Vec<Entry>> {
        let entry = self.entries.iter_mut().find(|entry| entry.key == key)?;
        match &mut entry.cell.value {
            Value::Row(rows) => Some(rows),
            _ => None,
        }
    }
}

/// The entries of a parsed file as they are nested there.
pub(super) fn entries(
    file: &str,
    text: &str,
    table: &DeTable<'_>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    Reader { file, text, report }.entries(table)
}

/// Tables whose rows are values instead of cells, under the keys of other rows.
const VALUES: &[&str] = &["cost", "example"];

/// The rows of a table, dotted keys joined.
pub(super) fn rows_of(table: &str, entries: &[Entry]) -> Vec<Entry> {
    if VALUES.contains(&table) {
        leaves(entries)
    } else {
        flattened(entries)
    }
}

/// Joins dotted keys: a table of nothing but tables is a part of a key.
fn flattened(entries: &[Entry]) -> Vec<Entry> {
    let mut rows = Vec::new();
    for entry in entries {
        match &entry.cell.value {
            Value::Row(below)
                if !below.is_empty()
                    && below
                        .iter()
                        .all(|entry| matches!(entry.cell.value, Value::Row(_))) =>
            {
                let prefix = &entry.key;
                rows.extend(flattened(below).into_iter().map(|row| row.below(prefix)));
            }
            _ => rows.push(entry.clone()),
        }
    }
    rows.sort_by_key(|row| row.origin.start);
    rows
}

/// Joins dotted keys of values: every table is a part of a key.
fn leaves(entries: &[Entry]) -> Vec<Entry> {
    let mut values = Vec::new();
    for entry in entries {
        match &entry.cell.value {
            Value::Row(below) => {
                let below = leaves(below).into_iter();
                values.extend(below.map(|value| value.below(&entry.key)));
            }
            _ => values.push(entry.clone()),
        }
    }
    values
}

impl Entry {
    /// The row with a dotted prefix before its key, as it stands in the text.
    fn below(mut self, prefix: &str) -> Entry {
        self.key = format!("{prefix}.{}", self.key);
        self.origin.start = self.origin.start.saturating_sub(prefix.len() + 1);
        self
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    report: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn origin(&self, span: std::ops::Range<usize>) -> Origin {
        Origin {
            file: self.file.to_string(),
            start: span.start,
            end: span.end,
        }
    }

    fn entries(&mut self, table: &DeTable<'_>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().to_string(),
                origin: self.origin(key.span()),
                cell: self.cell(value.get_ref(), value.span()),
            })
            .collect();
        entries.sort_by_key(|entry| entry.origin.start);
        entries
    }

    fn cell(&mut self, value: &DeValue<'_>, span: std::ops::Range<usize>) -> Cell {
        let origin = self.origin(span.clone());
        let value = match value {
            DeValue::String(text) => self.string(text, &origin),
            DeValue::Integer(integer) => {
                match u64::from_str_radix(integer.as_str(), integer.radix()) {
                    Ok(number) => Value::Integer(number),
                    Err(_) => self.refused(&origin, "numbers of the tables are from 0 to 2^64 - 1"),
                }
            }
            DeValue::Boolean(flag) => Value::Flag(*flag),
            DeValue::Array(cells) => Value::List(
                cells
                    .iter()
                    .map(|cell| self.cell(cell.get_ref(), cell.span()))
                    .collect(),
            ),
            DeValue::Table(table) => Value::Row(self.entries(table)),
            DeValue::Float(_) | DeValue::Datetime(_) => self.refused(
                &origin,
                "cells are strings, integers, flags, lists and rows",
            ),
        };
        Cell { value, origin }
    }

    /// The text between the quotes must be the value, so that a place in one is a place in the other.
    fn string(&mut self, text: &str, origin: &Origin) -> Value {
        let inner = self
            .text
            .get(origin.start + 1..origin.end.saturating_sub(1));
        if inner == Some(text) {
            return Value::Text(text.to_string());
        }
        self.refused(
            origin,
            "strings of the tables are literal, on one line: '…'",
        )
    }

    fn refused(&mut self, origin: &Origin, why: &str) -> Value {
        self.report
            .push(Diagnostic::error(why).at(origin, "not here"));
        Value::Wrong
    }
}
