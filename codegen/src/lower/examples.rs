//! Examples of an overlay: `'5 -> 40'`, `'65535 2 -> trap memory_out_of_bounds'`.
//!
//! They are lowered after the tables, because a row's examples are those of the topmost overlay
//! that has some. Whether literals are of the row's types is for `check::examples`.

use super::row::Text;
use crate::diag::Diagnostic;
use crate::load::{Cell, Entry, Value};
use crate::model::{Example, Outcome};

/// The word before a trap.
const TRAP: &str = "trap";

/// The examples of rows.
pub fn lower(entries: &[Entry], report: &mut Vec<Diagnostic>) -> Vec<Example> {
    let mut examples = Vec::new();
    for entry in entries {
        let Value::List(cells) = &entry.cell.value else {
            let message = format!("examples of `{}` are a list", entry.key);
            let found = format!("found {}", entry.cell.value.noun());
            report.push(Diagnostic::error(message).at(&entry.cell.origin, found));
            continue;
        };
        for cell in cells {
            match one(entry, cell) {
                Ok(example) => examples.push(example),
                Err(error) => report.push(error),
            }
        }
    }
    examples
}

fn one(entry: &Entry, cell: &Cell) -> Result<Example, Diagnostic> {
    let text = match &cell.value {
        Value::Text(text) => Some(Text::new(text, cell)),
        _ => None,
    };
    let halves = text.as_ref().and_then(|text| text.text.split_once("->"));
    let (Some(text), Some((operands, outcome))) = (&text, halves) else {
        let error = Diagnostic::error("an example is `operands -> results`");
        return Err(error
            .at(&cell.origin, "not this")
            .help("a trap is `operands -> trap KEY`"));
    };
    let words = |text: &str| text.split_whitespace().map(str::to_string).collect();
    let results: Vec<String> = words(outcome);
    Ok(Example {
        key: entry.key.clone(),
        operands: words(operands),
        outcome: match &results[..] {
            [word, trap] if word == TRAP => Outcome::Trap(trap.clone()),
            _ => Outcome::Results(results),
        },
        row: entry.origin.clone(),
        origin: text.origin.clone(),
    })
}
