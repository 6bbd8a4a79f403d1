//! `tests/rows.rs` of a vendored crate: each row that can stand alone, tried.
//!
//! The part that tries them is in `templates/rows.rs`; the tables of rows and of the
//! overlay's examples go behind it.

use crate::emit::Source;
use crate::model::{Example, Model, Op, Outcome};
use crate::testable::{Number, testable};

const TEMPLATE: &str = include_str!("../../templates/rows.rs");

/// The file, before formatting.
pub(super) fn emit(model: &Model) -> String {
    let mut source = Source::new(
        "spec/instructions/ and the overlays",
        "Each row, by itself.",
    );
    source.line(TEMPLATE);
    let rows: Vec<Vec<String>> = model.ops.iter().filter_map(row).collect();
    source.table("The rows.", "const ROWS: &[Row] = &[", &rows, "];");
    let examples = model.examples.iter();
    let examples: Vec<Vec<String>> = examples.filter_map(|it| example(model, it)).collect();
    source.table(
        "What the overlay expects.",
        "const EXAMPLES: &[Example] = &[",
        &examples,
        "];",
    );
    source.text().to_string()
}

/// A line of the table; none for rows that cannot stand alone.
fn row(op: &Op) -> Option<Vec<String>> {
    let testable = testable(op)?;
    let types = |numbers: &[Number]| {
        let names: Vec<String> = numbers.iter().map(|number| capitals(*number)).collect();
        format!("&[{}],", names.join(", "))
    };
    Some(vec![
        format!("Row(Opcode::{},", op.variant),
        format!("&{:?},", testable.immediates),
        types(&testable.operands),
        types(&testable.results) + &format!(" {}),", op.needs.is_none()),
    ])
}

fn example(model: &Model, example: &Example) -> Option<Vec<String>> {
    let op = model.op(&example.key)?;
    let testable = testable(op)?;
    let values = |literals: &[String], numbers: &[Number]| -> Option<String> {
        let pairs = literals.iter().zip(numbers);
        let values: Option<Vec<String>> =
            pairs.map(|(text, number)| value(*number, text)).collect();
        Some(format!("&[{}]", values?.join(", ")))
    };
    let outcome = match &example.outcome {
        Outcome::Results(results) => format!("Ok({})", values(results, &testable.results)?),
        Outcome::Trap(key) => format!("Err(Trap::{})", crate::names::variant(key)),
    };
    Some(vec![
        format!("Example(Opcode::{},", op.variant),
        values(&example.operands, &testable.operands)? + ",",
        outcome + "),",
    ])
}

/// A value, of the bits that a literal stands for.
fn value(number: Number, literal: &str) -> Option<String> {
    let bits = number.bits(literal)?;
    let name = capitals(number);
    Some(match number {
        Number::I32 => format!("Val::{name}({})", bits as u32 as i32),
        Number::I64 => format!("Val::{name}({})", bits as i64),
        Number::F32 | Number::F64 => format!("Val::{name}({bits:#X})"),
    })
}

fn capitals(number: Number) -> String {
    number.name().to_uppercase()
}
