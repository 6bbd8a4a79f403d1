//! `spec/instructions/*.toml`: one row an opcode.
//!
//! The columns are read in the order in which they depend on each other: immediates first, then
//! types and conditions, which name them, then the meaning. A row with an error is kept and marked
//! as broken, so that other rows which name it cause no second error.

use super::keys::Keys;
use super::row::{self, Row, Text};
use super::scanner::Scanned;
use super::terms::Terms;
use super::{expression, facts, immediate, predicate, signature};
use crate::diag::Diagnostic;
use crate::load::{Document, Entry, Value};
use crate::model::{
    Code, Facts, Immediate, Meaning, NanShape as Shape, Op, Predicate, ProposalId, Signature, Wire,
};
use crate::names;

/// Columns of an instruction, in the order in which a row has them.
pub const COLUMNS: &[&str] = &[
    "op", "imm", "type", "do", "hand", "control", "where", "check", "traps", "text", "const",
    "commutes", "nans", "needs", "doc",
];

/// All instructions, sorted by wire code.
pub(super) fn lower<'a>(
    documents: impl Iterator<Item = &'a Document>,
    wire: &Wire,
    proposals: &Keys<'_, ProposalId>,
    report: &mut Vec<Diagnostic>,
) -> Vec<Op> {
    let mut ops = Vec::new();
    for document in documents {
        if row::tables(Some(document), &["proposal", "op"], report).is_none() {
            continue;
        }
        let proposal = match document.cell("proposal").map(|cell| &cell.value) {
            Some(Value::Text(key)) => key.clone(),
            _ => {
                let message = format!(
                    "{} does not say which proposal its rows belong to",
                    document.file
                );
                report
                    .push(Diagnostic::error(message).help("begin the file with `proposal = '…'`"));
                continue;
            }
        };
        for entry in document.rows("op") {
            ops.extend(
                Row::new(&entry, COLUMNS, report)
                    .and_then(|row| one(row, &entry, &proposal, wire, proposals)),
            );
        }
    }
    ops.sort_by(|a: &Op, b: &Op| (a.code, &a.key).cmp(&(b.code, &b.key)));
    ops
}

fn one(
    mut row: Row<'_>,
    entry: &Entry,
    proposal: &str,
    wire: &Wire,
    proposals: &Keys<'_, ProposalId>,
) -> Option<Op> {
    let key = row.key.to_string();
    let immediates = immediates(&mut row);
    let (signature, predicates) = match &immediates {
        Some(immediates) => (
            signature(&mut row, immediates, wire),
            predicates(&mut row, immediates, wire),
        ),
        // What the other columns name cannot be judged.
        None => (None, Vec::new()),
    };
    let code = code(&mut row);
    let meaning = meaning(&mut row);
    let facts = match &meaning {
        Some(Meaning::Do(expression)) => facts::of(expression),
        _ => Facts::default(),
    };
    let (code, meaning) = (code?, meaning?);
    let mnemonic = mnemonic(&mut row);
    let check = row.text("check").map(|text| text.text);
    let traps = row.strings("traps");
    let text = row.text("text").map(|text| text.text);
    let commutes = row.flag("commutes").unwrap_or(false);
    let nans = row.word("nans", "shape of floats", Shape::ALL, Shape::word);
    let needs = row.text("needs").map(|text| text.text);
    let doc = row.text("doc").map(|text| text.text);
    let broken = row.is_broken();
    // With an error, too, the row is worth judging; then it is counted to the first proposal.
    let at = Text {
        text: proposal.to_string(),
        origin: entry.origin.clone(),
    };
    let proposal = row.resolve(proposals, &at).unwrap_or(ProposalId(0));
    Some(Op {
        mnemonic,
        variant: names::variant(&key),
        function: names::function(&key),
        code,
        proposal,
        immediates: immediates.unwrap_or_default(),
        signature,
        meaning,
        check,
        predicates,
        traps,
        text,
        constant: proposals.cell(&mut row, "const"),
        commutes,
        nans,
        needs,
        doc,
        facts,
        broken,
        cells: row.places(),
        origin: entry.origin.clone(),
        key,
    })
}

/// The column `imm`; nothing if it is wrong.
fn immediates(row: &mut Row<'_>) -> Option<Vec<Immediate>> {
    match row.cell("imm") {
        Some(_) => parsed(row, "imm", immediate::parse),
        None => Some(Vec::new()),
    }
}

fn signature(row: &mut Row<'_>, immediates: &[Immediate], wire: &Wire) -> Option<Signature> {
    let mut terms = Terms::new(row.key, immediates, wire);
    let signature = parsed(row, "type", |cell| signature::parse(cell, &mut terms))?;
    terms.wrong.into_iter().for_each(|error| row.report(error));
    signature
}

fn predicates(row: &mut Row<'_>, immediates: &[Immediate], wire: &Wire) -> Vec<Predicate> {
    let mut predicates = Vec::new();
    for cell in row.texts("where") {
        let mut terms = Terms::new(row.key, immediates, wire);
        match predicate::parse(&cell, &mut terms) {
            Ok(predicate) => {
                predicates.extend(predicate);
                terms.wrong.into_iter().for_each(|error| row.report(error));
            }
            Err(error) => row.report(error),
        }
    }
    predicates
}

/// Parses the mini-language of a column, if the column is there.
fn parsed<T>(
    row: &mut Row<'_>,
    column: &str,
    parse: impl FnOnce(&Text) -> Scanned<T>,
) -> Option<T> {
    let cell = row.text(column)?;
    parse(&cell).map_err(|error| row.report(error)).ok()
}

/// `0x6A`, or `[0xFC, 10]`.
fn code(row: &mut Row<'_>) -> Option<Code> {
    let expected = "a byte, or `[prefix, number]`";
    let Some(cell) = row.cell("op") else {
        row.number("op", 0xFF);
        return None;
    };
    let number = |value: &Value, max: u64| match value {
        Value::Integer(number) if *number <= max => u32::try_from(*number).ok(),
        _ => None,
    };
    let code = match &cell.value {
        Value::List(pair) if pair.len() == 2 => {
            let prefix = number(&pair[0].value, 0xFF);
            let value = number(&pair[1].value, u64::from(u32::MAX));
            prefix.zip(value).map(|(prefix, value)| Code {
                prefix: Some(prefix as u8),
                value,
            })
        }
        value => number(value, 0xFF).map(|value| Code {
            prefix: None,
            value,
        }),
    };
    code.or_else(|| row.mistyped("op", cell, expected))
}

/// The first word of `text`; without that column the key.
fn mnemonic(row: &mut Row<'_>) -> String {
    let text = row.text("text").map(|text| text.text);
    let first = text
        .as_deref()
        .and_then(|text| text.split([' ', '{']).next());
    first.unwrap_or(row.key).to_string()
}

/// Exactly one of `do`, `hand` and `control`.
fn meaning(row: &mut Row<'_>) -> Option<Meaning> {
    let given: Vec<&str> = ["do", "hand", "control"]
        .into_iter()
        .filter(|column| row.cell(column).is_some())
        .collect();
    let key = row.key.to_string();
    match given[..] {
        ["do"] => parsed(row, "do", expression::parse).map(|tree| Meaning::Do(Box::new(tree))),
        ["hand"] => hand(row),
        [_] => row.text("control").map(|text| Meaning::Control(text.text)),
        [first, second, ..] => {
            let both = format!("`{key}` has both `{first}` and `{second}`");
            let error = Diagnostic::error(both).at(&row.column(second), "this one too");
            let error = error.with(&row.column(first), "one meaning");
            row.report(error.help("keep one of them"));
            None
        }
        [] => {
            let error = Diagnostic::error(format!("`{key}` has no semantics"))
                .at(row.origin, "in this row");
            row.report(error.help(
                "add `do = '<expression>'`, or `hand = '<module>::<function>'` and the function in \
                 runtime/src/exec/<module>.rs",
            ));
            None
        }
    }
}

fn hand(row: &mut Row<'_>) -> Option<Meaning> {
    let cell = row.text("hand")?;
    match cell.text.split_once("::") {
        Some((module, function)) => Some(Meaning::Hand {
            module: module.to_string(),
            function: function.to_string(),
        }),
        None => {
            let error = Diagnostic::error("`hand` names a function by its module");
            row.report(error.at(&cell.origin, "expected `<module>::<function>`"));
            None
        }
    }
}
