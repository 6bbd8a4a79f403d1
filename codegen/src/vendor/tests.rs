//! `tests/rows.rs` of a vendored crate: each row that can stand alone, tried.
//!
//! The part that tries them is in `templates/rows.rs`; the table of rows goes behind it.

use crate::emit::Source;
use crate::emit::source::aligned;
use crate::model::{Immediate, Model, Op, TypeItem};

const TEMPLATE: &str = include_str!("../../templates/rows.rs");

/// The file, before formatting.
pub(super) fn emit(model: &Model) -> String {
    let rows: Vec<Vec<String>> = model.ops.iter().filter_map(row).collect();
    let mut source = Source::new(
        "spec/instructions/ and the overlays",
        "Each row, by itself.",
    );
    source.line("//!");
    source.line(TEMPLATE);
    source.line("#[rustfmt::skip]\nconst ROWS: &[Row] = &[");
    for row in aligned(&rows) {
        source.line(&format!("    {row}"));
    }
    source.line("];");
    source.text().to_string()
}

/// A line of the table; none for rows with operands or immediates that need more than a memory.
fn row(op: &Op) -> Option<Vec<String>> {
    op.signature
        .as_ref()
        .filter(|signature| !signature.diverges)?;
    if !op.predicates.is_empty() {
        return None;
    }
    let mut immediates = Vec::new();
    for immediate in &op.immediates {
        immediates.extend(bytes(immediate)?);
    }
    let types = |items: &[TypeItem]| -> Option<String> {
        let names: Option<Vec<&str>> = items.iter().map(|item| number(op, item)).collect();
        Some(format!("&[{}],", names?.join(", ")))
    };
    Some(vec![
        format!("Row(Opcode::{},", op.variant),
        format!("&{immediates:?},"),
        types(op.params())?,
        types(op.results())? + " " + &format!("{}),", op.needs.is_none()),
    ])
}

/// A number type; addresses are those of a 32-bit memory.
fn number(op: &Op, item: &TypeItem) -> Option<&'static str> {
    let of_memory = |name: &String| {
        let kind = op.immediate(name).map(|immediate| immediate.kind.as_str());
        matches!(kind, Some("memarg" | "memory"))
    };
    match item {
        TypeItem::Value(name) => match name.as_str() {
            "i32" => Some("I32"),
            "i64" => Some("I64"),
            "f32" => Some("F32"),
            "f64" => Some("F64"),
            _ => None,
        },
        TypeItem::Function { name, arguments } => {
            let address =
                matches!(name.as_str(), "at" | "min_at") && arguments.iter().all(of_memory);
            address.then_some("I32")
        }
        TypeItem::Reference { .. } | TypeItem::AnyReference => None,
    }
}

/// The smallest immediate of its kind.
fn bytes(immediate: &Immediate) -> Option<Vec<u8>> {
    let natural = immediate.number.unwrap_or(1).trailing_zeros() as u8;
    match immediate.kind.as_str() {
        "memory" | "i32" | "i64" => Some(vec![0]),
        "memarg" => Some(vec![natural, 0]),
        "f32" => Some(vec![0; 4]),
        "f64" => Some(vec![0; 8]),
        _ => None,
    }
}
