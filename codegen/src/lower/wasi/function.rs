//! Functions: their types, and what answers.
//!
//! `type` names parameters and results, which become core parameters; `do` is an expression over
//! their names. Standard: `wasi_snapshot_preview1.witx`.

use super::reference::{Terms, fields};
use crate::diag::Diagnostic;
use crate::load::Document;
use crate::lower::keys::Keys;
use crate::lower::row::{Row, Text};
use crate::lower::scanner::{Scanned, Scanner};
use crate::lower::{expression, facts};
use crate::model::wasi::{Answer, Field, Function, Type, TypeId};

pub(super) fn lower(
    document: &Document,
    keys: &Keys<'_, TypeId>,
    types: &[Type],
    report: &mut Vec<Diagnostic>,
) -> Vec<Function> {
    let mut functions = Vec::new();
    for entry in document.rows("function") {
        let Some(mut row) = Row::new(&entry, &["type", "do"], report) else {
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
            broken: row.is_broken(),
            cells: row.places(),
            origin: entry.origin.clone(),
        });
    }
    functions
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
