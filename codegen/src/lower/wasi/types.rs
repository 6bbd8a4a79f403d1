//! Types and their values.
//!
//! A row says in one column what the type is; the values of enums and flags stand in a table that
//! is called like the row. Whether numbers and names agree is for `check::wasi`.

use super::reference::{Terms, alone, fields};
use crate::diag::Diagnostic;
use crate::load::{Document, Entry, Value};
use crate::lower::keys::Keys;
use crate::lower::row::{Row, Text};
use crate::lower::scanner::{Scanned, Scanner};
use crate::model::Overlays;
use crate::model::wasi::{Field, Integer, Member, Reference, Shape, Type, TypeId};

/// Columns of which each row has one.
const SHAPES: [&str; 5] = ["is", "enum", "flags", "record", "union"];

const COLUMNS: &[&str] = &[
    "is", "enum", "flags", "record", "union", "tag", "success", "unstable", "name", "doc",
];

/// The keys of types.
pub(super) fn keys<'a>(document: &Document, overlays: &'a Overlays) -> Keys<'a, TypeId> {
    Keys::new(&[Some(document)], "type", TypeId, overlays)
}

/// Whether a table with the values of this type follows.
pub(super) fn has_values(row: &Entry) -> bool {
    match &row.cell.value {
        Value::Row(cells) => cells
            .iter()
            .any(|cell| ["enum", "flags"].contains(&&*cell.key)),
        _ => false,
    }
}

pub(super) fn lower(
    document: &Document,
    rows: &[Entry],
    keys: &Keys<'_, TypeId>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Type> {
    let mut types = Vec::new();
    for entry in rows {
        let Some(mut row) = Row::new(entry, COLUMNS, report) else {
            continue;
        };
        let mut terms = Terms {
            keys,
            below: types.len(),
            wrong: Vec::new(),
        };
        let shape = shape(&mut row, document, &types, &mut terms);
        let unstable = unstable(&mut row, shape.as_ref(), &mut terms);
        terms.wrong.into_iter().for_each(|error| row.report(error));
        types.push(Type {
            key: row.key.to_string(),
            name: name(&mut row),
            // Each row keeps its place; after an error nobody asks what it is.
            shape: shape.unwrap_or(Shape::Record(Vec::new())),
            unstable,
            doc: row.required("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    types
}

fn shape(
    row: &mut Row<'_>,
    document: &Document,
    types: &[Type],
    terms: &mut Terms<'_>,
) -> Option<Shape> {
    match column(row)? {
        "is" => parsed(row, "is", |cell| alone(cell, terms))?.map(Shape::Is),
        "enum" => Some(Shape::Enum {
            repr: repr(row, "enum")?,
            success: row.text("success").map(|text| text.text),
            members: members(row, document, "number"),
        }),
        "flags" => Some(Shape::Flags {
            repr: repr(row, "flags")?,
            members: members(row, document, "bit"),
        }),
        "record" => list(row, "record", terms).map(Shape::Record),
        _ => Some(Shape::Union {
            cases: list(row, "union", terms)?,
            tag: tag(row, types, terms)?,
        }),
    }
}

/// What a type was for old guests: another type by another name, or a record of other fields.
fn unstable(row: &mut Row<'_>, shape: Option<&Shape>, terms: &mut Terms<'_>) -> Option<Shape> {
    row.cell("unstable")?;
    match shape? {
        Shape::Is(_) => parsed(row, "unstable", |cell| alone(cell, terms))?.map(Shape::Is),
        Shape::Record(_) => list(row, "unstable", terms).map(Shape::Record),
        Shape::Enum { .. } | Shape::Flags { .. } | Shape::Union { .. } => {
            let error = Diagnostic::error(format!("`{}` has `unstable`", row.key));
            let label = "only `is` and `record` can be something else for old guests";
            row.report(error.at(&row.column("unstable"), label));
            None
        }
    }
}

/// The column that says what a row is; nothing, and an error, if none does, or two.
fn column(row: &mut Row<'_>) -> Option<&'static str> {
    let mut columns = SHAPES.into_iter().filter(|one| row.cell(one).is_some());
    let (Some(column), second) = (columns.next(), columns.next()) else {
        let error = Diagnostic::error(format!("`{}` does not say what it is", row.key));
        let error = error.at(row.origin, "in this row");
        row.report(error.help(format!("add one of {}", SHAPES.join(" "))));
        return None;
    };
    if let Some(second) = second {
        let error = Diagnostic::error(format!("`{}` has `{column}` and `{second}`", row.key));
        let error = error.at(&row.column(second), "a type is one thing");
        row.report(error.with(&row.column(column), "the other one"));
        return None;
    }
    for (other, owner) in [("tag", "union"), ("success", "enum")] {
        if row.cell(other).is_some() && column != owner {
            let error = Diagnostic::error(format!("`{}` has `{other}`, but no `{owner}`", row.key));
            let error = error.at(&row.column(other), "says nothing here");
            row.report(error);
        }
    }
    Some(column)
}

/// The integer that represents a type.
fn repr(row: &mut Row<'_>, column: &str) -> Option<Integer> {
    row.word(column, "integer", Integer::ALL, Integer::word)
}

/// The enum that tells the cases of a union apart.
fn tag(row: &mut Row<'_>, types: &[Type], terms: &mut Terms<'_>) -> Option<TypeId> {
    let cell = row.required_text("tag")?;
    let found = alone(&cell, terms);
    let found = found.map_err(|error| row.report(error)).ok()??;
    if let Reference::Type(id) = found
        && let Some(Type {
            shape: Shape::Enum { .. },
            ..
        }) = types.get(id.0)
    {
        return Some(id);
    }
    let error = Diagnostic::error(format!("`{}` is no enum", cell.text));
    row.report(error.at(&cell.origin, "tells no cases apart"));
    None
}

fn list(row: &mut Row<'_>, column: &str, terms: &mut Terms<'_>) -> Option<Vec<Field>> {
    parsed(row, column, |cell| {
        let end = (Scanner::is_done as fn(&mut _) -> _, "expected `,`");
        fields(&mut Scanner::new(cell), cell, terms, end)
    })
}

fn parsed<T>(
    row: &mut Row<'_>,
    column: &str,
    parse: impl FnOnce(&Text) -> Scanned<T>,
) -> Option<T> {
    let cell = row.text(column)?;
    parse(&cell).map_err(|error| row.report(error)).ok()
}

/// The values of an enum, the bits of flags: rows with a number in this column.
fn members(row: &mut Row<'_>, document: &Document, column: &str) -> Vec<Member> {
    let entries = document.rows(row.key);
    if entries.is_empty() {
        let error = Diagnostic::error(format!("`{}` has no values", row.key));
        let error = error.at(row.origin, "no table is called like it");
        let help = format!(
            "add `[{}]` with rows `{{ {column} = …, doc = '…' }}`",
            row.key
        );
        row.report(error.help(help));
    }
    let mut members = Vec::new();
    for entry in &entries {
        let columns: &[&str] = match column {
            "number" => &["number", "unstable", "name", "doc"],
            _ => &[column, "name", "doc"],
        };
        let Some(mut own) = row.of(entry, columns) else {
            continue;
        };
        let cell = own.cell(column).map(|cell| cell.origin.clone());
        members.push(Member {
            key: own.key.to_string(),
            name: name(&mut own),
            number: own.number(column, u64::MAX),
            unstable: own.integer("unstable", u64::MAX),
            doc: own.required("doc"),
            cell: cell.unwrap_or_else(|| entry.origin.clone()),
            origin: entry.origin.clone(),
        });
    }
    members
}

/// The name in Rust; the key without another one.
fn name(row: &mut Row<'_>) -> String {
    let name = row.text("name").map(|text| text.text);
    name.unwrap_or_else(|| row.key.to_string())
}
