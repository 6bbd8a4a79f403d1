//! `spec/component/`: sections, sorts, and the productions of the binary format.

use super::row::{self, Row, Text};
use super::scanner::{Scanned, Scanner};
use super::wire::bytes;
use crate::diag::Diagnostic;
use crate::load::{Document, Entry};
use crate::model::{Bounds, Component, ComponentSection, Group, Origin, Part, Production, Sort};
use std::collections::BTreeMap;

const PRODUCTION: &[&str] = &[
    "code", "imm", "least", "most", "limit", "defines", "check", "group", "needs", "text",
    "proposal", "doc",
];

/// Lowers the tables; `productions` are those of groups.
pub(super) fn lower(
    section: Option<&Document>,
    sort: Option<&Document>,
    productions: &[Option<&Document>],
    layout: Option<&Document>,
    report: &mut Vec<Diagnostic>,
) -> Component {
    let groups = productions
        .iter()
        .flatten()
        .flat_map(|document| groups(document, report))
        .collect();
    Component {
        sections: sections(section, report),
        sorts: sorts(sort, report),
        groups,
        layout: super::layout::lower(layout, report),
    }
}

fn sections(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Vec<ComponentSection> {
    let Some(document) = row::tables(document, &["section"], report) else {
        return Vec::new();
    };
    let mut sections = Vec::new();
    for entry in document.rows("section") {
        let columns = &["id", "body", "defines", "proposal"];
        let Some(mut row) = Row::new(&entry, columns, report) else {
            continue;
        };
        sections.push(ComponentSection {
            key: row.key.to_string(),
            id: row.number("id", 0xFF) as u8,
            body: row.required("body"),
            defines: row.text("defines").map(|text| text.text),
            proposal: row.text("proposal").map(|text| text.text),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    sections
}

fn sorts(document: Option<&Document>, report: &mut Vec<Diagnostic>) -> Vec<Sort> {
    let Some(document) = row::tables(document, &["sort"], report) else {
        return Vec::new();
    };
    let mut sorts = Vec::new();
    for entry in document.rows("sort") {
        let columns = &["code", "outer", "proposal", "limit", "error", "doc"];
        let Some(mut row) = Row::new(&entry, columns, report) else {
            continue;
        };
        sorts.push(Sort {
            key: row.key.to_string(),
            code: bytes(&mut row),
            outer: row.flag("outer").unwrap_or(false),
            proposal: row.text("proposal").map(|text| text.text),
            limit: row.required("limit"),
            error: row.required("error"),
            doc: row.required("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    sorts
}

fn groups(document: &Document, report: &mut Vec<Diagnostic>) -> Vec<Group> {
    let errors: BTreeMap<String, (String, Origin)> =
        super::tiers::documented(document, "error", report)
            .into_iter()
            .map(|error| (error.key, (error.doc, error.origin)))
            .collect();
    let file = document.file.trim_end_matches(".toml");
    let file = file.rsplit('/').next().unwrap_or(file);
    let tables = document.entries.iter().filter(|entry| entry.key != "error");
    let group = |table: &Entry| Group {
        key: table.key.clone(),
        file: file.to_string(),
        error: errors.get(&table.key).cloned(),
        rows: productions(document, &table.key, report),
        origin: table.origin.clone(),
    };
    tables.map(group).collect()
}

fn productions(document: &Document, group: &str, report: &mut Vec<Diagnostic>) -> Vec<Production> {
    let mut productions = Vec::new();
    for entry in document.rows(group) {
        let Some(mut row) = Row::new(&entry, PRODUCTION, report) else {
            continue;
        };
        let most = row.integer("most", u32::MAX.into());
        productions.push(Production {
            key: row.key.to_string(),
            code: if row.cell("code").is_some() {
                bytes(&mut row)
            } else {
                Vec::new()
            },
            parts: parts(&mut row),
            bounds: Bounds {
                least: row.integer("least", u32::MAX.into()).unwrap_or(0) as u32,
                most: most.map(|most| most as u32),
                limit: row.text("limit").map(|text| text.text),
            },
            defines: row.text("defines").map(|text| text.text),
            check: row.text("check").map(|text| text.text),
            text: row.text("text").map(|text| text.text),
            group: row.text("group").map(|text| text.text),
            needs: row.text("needs").map(|text| text.text),
            proposal: row.text("proposal").map(|text| text.text),
            doc: row.string("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    productions
}

fn parts(row: &mut Row<'_>) -> Vec<Part> {
    let Some(cell) = row.text("imm") else {
        return Vec::new();
    };
    parse(&cell).unwrap_or_else(|error| {
        row.report(error);
        Vec::new()
    })
}

/// `name: kind, name: list<kind>, kind`
fn parse(cell: &Text) -> Scanned<Vec<Part>> {
    let mut scanner = Scanner::new(cell);
    let mut parts = Vec::new();
    loop {
        parts.push(part(&mut scanner, cell)?);
        if scanner.is_done() {
            return Ok(parts);
        }
        scanner.expect(",")?;
    }
}

fn part(scanner: &mut Scanner<'_>, cell: &Text) -> Scanned<Part> {
    let mut kind = scanner.expect_word("a name or a kind")?;
    let mut name = None;
    if scanner.takes(":") {
        name = Some(kind.to_string());
        kind = scanner.expect_word("a kind")?;
    }
    let mut place = scanner.at() - kind.len()..scanner.at();
    let mut around = None;
    if scanner.takes("<") {
        around = Some(kind.to_string());
        kind = scanner.expect_word("a kind")?;
        place = scanner.at() - kind.len()..scanner.at();
        scanner.expect(">")?;
    }
    Ok(Part {
        name,
        around,
        kind: kind.to_string(),
        origin: cell.part(place),
    })
}
