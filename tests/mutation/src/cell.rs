//! The mutants: each cell of the tables with another value.
//!
//! A mutant is an edit of a table's text, so that it goes the whole way a change by hand goes. The
//! gate of a row is the proposal of its file: to change it, the row moves to a file of its own.

use crate::alternative::{self, Facts};
use std::ops::Range;
use tabwasm_codegen::Tree;
use tabwasm_codegen::load::{Document, Entry, Value, load};
use tabwasm_codegen::model::Model;

/// One changed cell.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    /// Its number; 0 is no mutant.
    pub(crate) id: u32,
    /// What kind of cell it is.
    pub(crate) kind: &'static str,
    /// File and row, or the row of an instruction.
    pub(crate) row: String,
    /// The column.
    pub(crate) column: String,
    /// The cell before and after.
    pub(crate) change: String,
    /// How to make it.
    pub(crate) edit: Edit,
}

/// How a mutant is made: other text in a file, and perhaps one more file.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    /// The file.
    pub(crate) file: String,
    /// What to replace.
    pub(crate) range: Range<usize>,
    /// By what.
    pub(crate) with: String,
    /// A new file.
    pub(crate) more: Option<(String, String)>,
}

impl Mutant {
    /// The name by which reports and the list of survivors know it.
    pub(crate) fn name(&self) -> String {
        format!("{} {}: {}", self.row, self.column, self.change)
    }
}

/// All mutants of the tables, in the order of files, rows and cells.
pub(crate) fn mutants(tree: &Tree, model: &Model) -> Vec<Mutant> {
    let facts = Facts::new(model);
    let mut all = Vec::new();
    for document in load(tree).documents {
        let text = tree.get(&document.file).unwrap_or_default();
        let mut of_document = Cells {
            document: &document,
            text,
            facts: &facts,
            all: &mut all,
        };
        of_document.collect();
    }
    for (number, mutant) in (1..).zip(&mut all) {
        mutant.id = number;
    }
    all
}

/// The file of a row that belongs to another proposal.
const MOVED: &str = "spec/instructions/moved.toml";

struct Cells<'a> {
    document: &'a Document,
    text: &'a str,
    facts: &'a Facts,
    all: &'a mut Vec<Mutant>,
}

impl Cells<'_> {
    fn collect(&mut self) {
        for table in &self.document.entries {
            match &table.cell.value {
                Value::Row(rows) => {
                    for row in rows {
                        self.row(&table.key, row);
                    }
                }
                _ if self.document.file == "spec/sections.toml" => self.order(table),
                _ => {}
            }
        }
        if self.document.file == "spec/costs.toml" {
            self.own_costs();
        }
    }

    fn row(&mut self, table: &str, row: &Entry) {
        let Value::Row(cells) = &row.cell.value else {
            self.cell(row, table);
            return;
        };
        for cell in cells {
            self.cell(cell, &self.row_name(table, &row.key));
        }
        if !self.document.instructions {
            return;
        }
        if let (false, Some(last)) = (cells.iter().any(|cell| cell.key == "const"), cells.last()) {
            let end = last.cell.origin.end;
            let cell = ", const = 'mvp'";
            self.add("constant", &row.key, "const", "added", end..end, cell);
        }
        for proposal in self.facts.other_gates(&row.key) {
            let range = row.origin.start..row.cell.origin.end;
            let alone = format!(
                "proposal = '{proposal}'\n\n[op]\n{}\n",
                &self.text[range.clone()]
            );
            let change = format!("→ '{proposal}'");
            self.add("gate", &row.key, "proposal", &change, range, "");
            if let Some(mutant) = self.all.last_mut() {
                mutant.edit.more = Some((MOVED.to_string(), alone));
            }
        }
    }

    fn row_name(&self, table: &str, key: &str) -> String {
        if self.document.instructions {
            return key.to_string();
        }
        let file = self.document.file.trim_start_matches("spec/");
        format!("{}/{table}/{key}", file.trim_end_matches(".toml"))
    }

    fn cell(&mut self, cell: &Entry, row: &str) {
        let origin = &cell.cell.origin;
        let place = alternative::CellPlace {
            file: &self.document.file,
            column: &cell.key,
        };
        for other in alternative::of(&place, &cell.cell.value, self.facts) {
            let before = &self.text[origin.start..origin.end];
            let (range, with) = match other.with {
                Some(with) => (origin.start..origin.end, with),
                None => (self.whole(cell), String::new()),
            };
            let after = if with.is_empty() { "nothing" } else { &with };
            let change = format!("{} → {}", one_line(before), one_line(after));
            self.add(other.kind, row, &cell.key, &change, range, &with);
        }
    }

    /// A cell with its key and a comma, so that nothing is left of it.
    fn whole(&self, cell: &Entry) -> Range<usize> {
        let before = &self.text[..cell.origin.start];
        let start = before.trim_end().len();
        let end = cell.cell.origin.end;
        if before.trim_end().ends_with(',') {
            return start - 1..end;
        }
        let after = &self.text[end..];
        let comma = after.find(|c: char| !c.is_whitespace());
        match comma.filter(|at| after[*at..].starts_with(',')) {
            Some(at) => cell.origin.start..end + at + 1,
            None => cell.origin.start..end,
        }
    }

    /// Each section with the next one before it.
    fn order(&mut self, entry: &Entry) {
        let Value::List(cells) = &entry.cell.value else {
            return;
        };
        for two in cells.windows(2) {
            let range = two[0].origin.start..two[1].origin.end;
            let [first, second] =
                [&two[0], &two[1]].map(|cell| &self.text[cell.origin.start..cell.origin.end]);
            let change = format!("{first} {second} → {second} {first}");
            let with = format!("{second}, {first}");
            self.add(
                "section order",
                "sections",
                &entry.key,
                &change,
                range,
                &with,
            );
        }
    }

    /// A cost of its own for each instruction without one.
    fn own_costs(&mut self) {
        let tables = &self.document.entries;
        let Some(Value::Row(rows)) = tables
            .iter()
            .find(|table| table.key == "cost")
            .map(|table| &table.cell.value)
        else {
            return;
        };
        let end = rows.last().map_or(0, |row| row.cell.origin.end);
        for (op, cost) in self.facts.costs_of_classes() {
            let cost = cost + 1;
            let change = format!("added, {cost}");
            let with = format!("\n{op} = {cost}");
            self.add("cost", &op, "cost", &change, end..end, &with);
        }
    }

    fn add(
        &mut self,
        kind: &'static str,
        row: &str,
        column: &str,
        change: &str,
        range: Range<usize>,
        with: &str,
    ) {
        self.all.push(Mutant {
            id: 0,
            kind,
            row: row.to_string(),
            column: column.to_string(),
            change: change.to_string(),
            edit: Edit {
                file: self.document.file.clone(),
                range,
                with: with.to_string(),
                more: None,
            },
        });
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
