//! `spec/component/`: sections, sorts, and the productions of the binary format.
//!
//! A production is a group of alternatives, each with bytes and parts; a part is a reference to
//! another production, an index of a sort, or one of few primitives. Here words become those
//! references; what nothing is called is an error at its cell. Standard: Component Model,
//! `Binary.md`.

use super::keys::Keys;
use super::row::{self, Row, Text};
use super::scanner::{Scanned, Scanner};
use super::wire::bytes;
use crate::diag::{Diagnostic, did_you_mean};
use crate::load::{Document, Entry};
use crate::model::{
    Around, Bounds, CanonSignature, CanonValue, Component, ComponentSection, Group, HandPart,
    Origin, Part, PartKind, Production, ProductionFile, ProposalId, ReservedPart, Sort, SortId,
};
use std::collections::BTreeMap;

const PRODUCTION: &[&str] = &[
    "code", "imm", "least", "most", "limit", "defines", "check", "group", "needs", "text", "core",
    "proposal", "doc",
];

/// The tables.
pub(super) struct Tables<'a> {
    /// Sections.
    pub(super) sections: Option<&'a Document>,
    /// Sorts.
    pub(super) sorts: Option<&'a Document>,
    /// Productions.
    pub(super) productions: Vec<(ProductionFile, &'a Document)>,
    /// The Canonical ABI.
    pub(super) layout: Option<&'a Document>,
}

/// What rows can name.
struct Terms<'a> {
    sorts: &'a Keys<'a, SortId>,
    proposals: &'a Keys<'a, ProposalId>,
    /// Kinds of parts that have a name, in the order in which they are looked up.
    kinds: Vec<(String, PartKind)>,
}

/// Lowers the tables.
pub(super) fn lower(
    tables: &Tables<'_>,
    sorts: &Keys<'_, SortId>,
    proposals: &Keys<'_, ProposalId>,
    report: &mut Vec<Diagnostic>,
) -> Component {
    let terms = Terms {
        sorts,
        proposals,
        kinds: kinds(tables, sorts),
    };
    let productions = tables.productions.iter();
    let groups = productions.flat_map(|(file, document)| groups(*file, document, &terms, report));
    Component {
        groups: groups.collect(),
        sections: sections(tables.sections, &terms, report),
        sorts: self::sorts(tables.sorts, &terms, report),
        layout: super::layout::lower(tables.layout, report),
    }
}

/// Kinds of parts: those that hand-written code reads, sorts, groups and sequences.
fn kinds(tables: &Tables<'_>, sorts: &Keys<'_, SortId>) -> Vec<(String, PartKind)> {
    let by_hand = HandPart::ALL.iter();
    let by_hand = by_hand.map(|part| (part.word().to_string(), PartKind::ByHand(*part)));
    let sorts = sorts
        .all()
        .map(|(key, id)| (key.to_string(), PartKind::Index(id)));
    let documents = || tables.productions.iter().map(|(_, document)| *document);
    let groups = documents().flat_map(|document| &document.entries);
    let groups = groups.map(|entry| entry.key.clone());
    let groups = groups.filter(|key| key != ERROR && key != Group::SEQUENCE);
    let sequences = documents().flat_map(|document| document.rows(Group::SEQUENCE));
    let sequences = sequences.map(|entry| (entry.key.clone(), PartKind::Sequence(entry.key)));
    by_hand
        .chain(sorts)
        .chain(groups.map(|key| (key.clone(), PartKind::Group(key))))
        .chain(sequences)
        .collect()
}

/// The table of what is said of unknown first bytes.
const ERROR: &str = "error";

fn sections(
    document: Option<&Document>,
    terms: &Terms<'_>,
    report: &mut Vec<Diagnostic>,
) -> Vec<ComponentSection> {
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
            defines: terms.sorts.cell(&mut row, "defines"),
            proposal: terms.proposals.cell(&mut row, "proposal"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    sections
}

fn sorts(
    document: Option<&Document>,
    terms: &Terms<'_>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Sort> {
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
            proposal: terms.proposals.cell(&mut row, "proposal"),
            limit: row.required("limit"),
            error: row.required("error"),
            doc: row.required("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    sorts
}

fn groups(
    file: ProductionFile,
    document: &Document,
    terms: &Terms<'_>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Group> {
    let errors: BTreeMap<String, (String, Origin)> =
        super::tiers::documented(document, ERROR, report)
            .into_iter()
            .map(|error| (error.key, (error.doc, error.origin)))
            .collect();
    let tables = document.entries.iter().filter(|entry| entry.key != ERROR);
    let group = |table: &Entry| Group {
        key: table.key.clone(),
        file,
        error: errors.get(&table.key).cloned(),
        rows: productions(document, &table.key, terms, report),
        origin: table.origin.clone(),
    };
    tables.map(group).collect()
}

fn productions(
    document: &Document,
    group: &str,
    terms: &Terms<'_>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Production> {
    let mut productions = Vec::new();
    for entry in document.rows(group) {
        let Some(mut row) = Row::new(&entry, PRODUCTION, report) else {
            continue;
        };
        let most = row.integer("most", u32::MAX.into());
        let parts = parts(&mut row, terms);
        let broken = row.is_broken();
        productions.push(Production {
            key: row.key.to_string(),
            code: if row.cell("code").is_some() {
                bytes(&mut row)
            } else {
                Vec::new()
            },
            parts,
            broken,
            bounds: Bounds {
                least: row.integer("least", u32::MAX.into()).unwrap_or(0) as u32,
                most: most.map(|most| most as u32),
                limit: row.text("limit").map(|text| text.text),
            },
            defines: terms.sorts.cell(&mut row, "defines"),
            check: row.text("check").map(|text| text.text),
            text: row.text("text").map(|text| text.text),
            group: row.text("group").map(|text| text.text),
            needs: row.text("needs").map(|text| text.text),
            core: signature(&mut row),
            proposal: terms.proposals.cell(&mut row, "proposal"),
            doc: row.string("doc"),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    productions
}

/// `i32 address -> i32`
fn signature(row: &mut Row<'_>) -> Option<CanonSignature> {
    let cell = row.text("core")?;
    let (params, results) = cell.text.split_once("->").unwrap_or((&cell.text, ""));
    let mut values = |side: &str| {
        let mut values = Vec::new();
        for word in side.split_whitespace() {
            match CanonValue::from_word(word) {
                Some(value) => values.push(value),
                None => {
                    let known = CanonValue::ALL.iter().map(|value| value.word());
                    let hint = did_you_mean(word, known, "not in the table");
                    let error = Diagnostic::error(format!("no type `{word}`"));
                    row.report(error.at(&cell.origin, hint));
                }
            }
        }
        values
    };
    let (params, results) = (values(params), values(results));
    Some(CanonSignature { params, results })
}

fn parts(row: &mut Row<'_>, terms: &Terms<'_>) -> Vec<Part> {
    let Some(cell) = row.text("imm") else {
        return Vec::new();
    };
    let written = parse(&cell).unwrap_or_else(|error| {
        row.report(error);
        Vec::new()
    });
    let parts = written.into_iter();
    parts.filter_map(|part| part.resolve(row, terms)).collect()
}

/// A part as it is written.
struct Written<'c> {
    name: Option<&'c str>,
    around: Option<&'c str>,
    kind: &'c str,
    origin: Origin,
}

/// `name: kind, name: list<kind>, kind`
fn parse(cell: &Text) -> Scanned<Vec<Written<'_>>> {
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

fn part<'c>(scanner: &mut Scanner<'c>, cell: &Text) -> Scanned<Written<'c>> {
    let mut kind = scanner.expect_word("a name or a kind")?;
    let mut name = None;
    if scanner.takes(":") {
        name = Some(kind);
        kind = scanner.expect_word("a kind")?;
    }
    let mut place = scanner.at() - kind.len()..scanner.at();
    let mut around = None;
    if scanner.takes("<") {
        around = Some(kind);
        kind = scanner.expect_word("a kind")?;
        place = scanner.at() - kind.len()..scanner.at();
        scanner.expect(">")?;
    }
    Ok(Written {
        name,
        around,
        kind,
        origin: cell.part(place),
    })
}

impl Written<'_> {
    /// The part, unless its kind is none.
    fn resolve(self, row: &mut Row<'_>, terms: &Terms<'_>) -> Option<Part> {
        let around = self.around.map(|word| {
            let around = Around::from_word(word);
            if around.is_none() {
                let error = Diagnostic::error(format!("no kind `{word}<…>`"));
                row.report(error.at(&self.origin, "`list<…>` or `option<…>`"));
            }
            around
        });
        let kind = match self.name {
            // Only bytes that say nothing have no name.
            None => ReservedPart::from_word(self.kind).map(PartKind::Reserved),
            Some(_) => {
                let mut kinds = terms.kinds.iter();
                let found = kinds.find(|(word, _)| word == self.kind);
                found.map(|(_, kind)| kind.clone())
            }
        };
        if kind.is_none() {
            let known: Vec<&str> = match self.name {
                None => ReservedPart::ALL.iter().map(|part| part.word()).collect(),
                Some(_) => terms.kinds.iter().map(|(word, _)| word.as_str()).collect(),
            };
            let hint = did_you_mean(self.kind, known.iter().copied(), "not in the table");
            let error = Diagnostic::error(format!("no kind `{}`", self.kind));
            row.report(error.at(&self.origin, hint));
        }
        Some(Part {
            name: self.name.map(str::to_string),
            around: around.flatten(),
            kind: kind?,
            origin: self.origin,
        })
    }
}
