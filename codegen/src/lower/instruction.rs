//! `spec/instructions/*.toml`: one row an opcode.

use super::row::{self, Row, Text};
use super::scanner::Scanned;
use super::{expression, facts, immediate, predicate, signature};
use crate::diag::Diagnostic;
use crate::load::{Document, Entry, Value};
use crate::model::{Code, Facts, Meaning, Op};
use crate::names;

/// Columns of an instruction, in the order in which a row has them.
pub const COLUMNS: &[&str] = &[
    "op", "imm", "type", "do", "hand", "control", "where", "check", "traps", "text", "const",
    "commutes", "needs", "doc",
];

/// All instructions, sorted by wire code.
pub(super) fn lower<'a>(
    documents: impl Iterator<Item = &'a Document>,
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
                Row::new(&entry, COLUMNS, report).and_then(|row| one(row, &entry, &proposal)),
            );
        }
    }
    ops.sort_by(|a: &Op, b: &Op| (a.code, &a.key).cmp(&(b.code, &b.key)));
    ops
}

fn one(mut row: Row<'_>, entry: &Entry, proposal: &str) -> Option<Op> {
    let key = row.key.to_string();
    let immediates = parsed(&mut row, "imm", immediate::parse).unwrap_or_default();
    let signature = parsed(&mut row, "type", |cell| signature::parse(cell, &immediates));
    let mut predicates = Vec::new();
    for cell in row.texts("where") {
        match predicate::parse(&cell, &immediates) {
            Ok(predicate) => predicates.push(predicate),
            Err(error) => row.report(error),
        }
    }
    let code = code(&mut row);
    let meaning = meaning(&mut row);
    let facts = match &meaning {
        Some(Meaning::Do(expression)) => facts::of(expression),
        _ => Facts::default(),
    };
    Some(Op {
        mnemonic: mnemonic(&mut row),
        variant: names::variant(&key),
        function: names::function(&key),
        code: code?,
        proposal: proposal.to_string(),
        immediates,
        signature,
        meaning: meaning?,
        check: row.text("check").map(|text| text.text),
        predicates,
        traps: row.strings("traps"),
        text: row.text("text").map(|text| text.text),
        constant: row.text("const").map(|text| text.text),
        commutes: row.flag("commutes").unwrap_or(false),
        needs: row.text("needs").map(|text| text.text),
        doc: row.text("doc").map(|text| text.text),
        facts,
        broken: row.is_broken(),
        cells: row.places(),
        origin: entry.origin.clone(),
        key,
    })
}

/// Parses the mini-language of a column, if the column is there.
fn parsed<T>(row: &mut Row<'_>, column: &str, parse: impl Fn(&Text) -> Scanned<T>) -> Option<T> {
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
