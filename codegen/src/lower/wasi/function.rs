//! Functions: their types, and what answers.
//!
//! `type` names parameters and results, which become core parameters; `do` is an expression over
//! their names; `errno` names rows of `[reason]`, which say why the function fails. Standard:
//! `wasi_snapshot_preview1.witx`.

use super::reference::{Terms, fields};
use crate::diag::Diagnostic;
use crate::load::Document;
use crate::lower::keys::Keys;
use crate::lower::row::{Row, Text};
use crate::lower::scanner::{Scanned, Scanner};
use crate::lower::{expression, facts};
use crate::model::Origin;
use crate::model::wasi::{Answer, Field, Function, ReasonId, Type, TypeId};

const COLUMNS: &[&str] = &["type", "do", "errno", "unstable"];

pub(super) fn lower(
    document: &Document,
    keys: &Keys<'_, TypeId>,
    reasons: &Keys<'_, ReasonId>,
    types: &[Type],
    report: &mut Vec<Diagnostic>,
) -> Vec<Function> {
    let mut functions = Vec::new();
    for entry in document.rows("function") {
        let Some(mut row) = Row::new(&entry, COLUMNS, report) else {
            continue;
        };
        let mut terms = Terms {
            keys,
            below: types.len(),
            wrong: Vec::new(),
        };
        let cell = row.required_text("type");
        let signature = cell.map(|cell| signature(&cell, &mut terms));
        terms.wrong.into_iter().for_each(|error| row.report(error));
        let (params, results) = match signature {
            Some(Ok(signature)) => signature,
            Some(Err(error)) => {
                row.report(error);
                Default::default()
            }
            None => Default::default(),
        };
        let parsed = row.text("do").map(|cell| expression::parse(&cell));
        let parsed = parsed.and_then(|parsed| parsed.map_err(|error| row.report(error)).ok());
        let answer = parsed.map(|expression| Answer {
            names: facts::of(&expression).names,
            expression,
        });
        functions.push(Function {
            key: row.key.to_string(),
            params,
            results,
            answer,
            reasons: named(&mut row, reasons),
            unstable: row.flag("unstable").unwrap_or(true),
            broken: row.is_broken(),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    functions
}

/// `fault, not_open, no_right`
fn named(row: &mut Row<'_>, reasons: &Keys<'_, ReasonId>) -> Vec<(ReasonId, Origin)> {
    let Some(cell) = row.text("errno") else {
        return Vec::new();
    };
    let mut named = Vec::new();
    for part in parts(&cell) {
        if let Some(id) = row.resolve(reasons, &part) {
            named.push((id, part.origin));
        }
    }
    named
}

/// The words of a cell, with a comma between two.
pub(super) fn parts(cell: &Text) -> Vec<Text> {
    let mut start = 0;
    let part = |word: &str| {
        let from = start + word.len() - word.trim_start().len();
        start += word.len() + 1;
        Text {
            text: word.trim().to_string(),
            origin: cell.part(from..from + word.trim().len()),
        }
    };
    cell.text.split(',').map(part).collect()
}

/// Parameters, and results if the function returns.
type Signature = (Vec<Field>, Option<Vec<Field>>);

/// `fd: fd, offset: filedelta -> newoffset: filesize`
fn signature(cell: &Text, terms: &mut Terms<'_>) -> Scanned<Signature> {
    let mut scanner = Scanner::new(cell);
    let arrow = |scanner: &mut Scanner<'_>| scanner.takes("->");
    let params = fields(&mut scanner, cell, terms, (arrow, "expected `,` or `->`"))?;
    if !scanner.takes("!") {
        let results = fields(
            &mut scanner,
            cell,
            terms,
            (Scanner::is_done, "expected `,`"),
        )?;
        return Ok((params, Some(results)));
    }
    match scanner.is_done() {
        true => Ok((params, None)),
        false => Err(scanner.unexpected("expected nothing behind `!`")),
    }
}
