//! `woven/regular.rs`: the instructions without a special case, as data.
//!
//! A row is regular if its opcode has no prefix, it has an immediate at most, which refers to one
//! type at most, and its `type` names single types. Most rows are. Of what they have in common
//! few combinations occur, so each row is the number of one.

use super::Source;
use crate::model::{
    Condition, ImmediateKind, Model, NumberType, Op, TypeFunction, TypeItem, ValueType,
};
use crate::names::variant;
use quote::quote;
use std::collections::BTreeSet;

/// The most operands that a regular row takes.
const PARAMS: usize = 2;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/",
        "Instructions without a special case, as data for builds for size.",
    );
    source.item(quote! {
        use crate::generated::facts::proposal::Proposal::*;
        use crate::generated::facts::proposal::Proposals;
        use crate::validate::regular::Immediate::*;
        use crate::validate::regular::RegularKind;
        use crate::validate::regular::Operand::*;
        use crate::validate::regular::Rule;
    });
    let rows: Vec<(u32, &Op, Vec<String>)> = model
        .ops
        .iter()
        .filter_map(|op| Some((op.code.value, op, kind(model, op)?)))
        .collect();
    let mut kinds: Vec<Vec<String>> = Vec::new();
    for (_, _, kind) in &rows {
        if !kinds.contains(kind) {
            kinds.push(kind.clone());
        }
    }
    let proposals: BTreeSet<&str> = rows
        .iter()
        .map(|(_, op, _)| model.proposal(op.proposal).key.as_str())
        .collect();
    let all = proposals
        .into_iter()
        .fold("Proposals::EMPTY".to_string(), |all, proposal| {
            format!("{all}.with({})", variant(proposal))
        });
    source.line("/// What admits regular instructions.");
    source.line(&format!("pub(crate) const PROPOSALS: Proposals = {all};\n"));
    source.table(
        "What regular instructions have in common.",
        &format!(
            "pub(crate) static KINDS: [RegularKind; {}] = [",
            kinds.len()
        ),
        &kinds,
        "];",
    );
    let first = rows.first().map_or(0, |(code, _, _)| *code);
    let last = rows.last().map_or(0, |(code, _, _)| *code);
    source.line("/// The opcode of the first of [`ROWS`].");
    source.line(&format!("pub(crate) const FIRST: u8 = 0x{first:02X};\n"));
    let places: Vec<Vec<String>> = (first..=last)
        .map(
            |code| match rows.iter().find(|(other, _, _)| *other == code) {
                Some((_, op, own)) => {
                    let place = kinds.iter().position(|kind| kind == own);
                    vec![
                        format!("{},", place.unwrap_or_default()),
                        format!("// {}", op.key),
                    ]
                }
                None => vec!["u8::MAX,".to_string()],
            },
        )
        .collect();
    let open = format!("pub(crate) static ROWS: [u8; {}] = [", places.len());
    let doc = "The place in [`KINDS`] of each opcode, from `FIRST` on, that is regular.";
    source.table(doc, &open, &places, "];");
    source
}

/// Whether a row is regular.
pub(super) fn is_regular(model: &Model, op: &Op) -> bool {
    kind(model, op).is_some()
}

/// What it has in common with others, if it is regular.
fn kind(model: &Model, op: &Op) -> Option<Vec<String>> {
    let special = op.code.prefix.is_some() || op.check.is_some() || op.needs.is_some();
    let signature = op.signature.as_ref().filter(|_| !special)?;
    let (params, results) = (&signature.params, &signature.results);
    let empty = params.is_empty() && results.is_empty();
    if empty || signature.diverges || params.len() > PARAMS || results.len() > 1 {
        return None;
    }
    let operands: Option<Vec<_>> = (0..PARAMS)
        .map(|place| operand(params.get(place)))
        .collect();
    let result = operand(results.first())?;
    let proposal = |id| variant(&model.proposal(id).key);
    let constant = match op.constant {
        Some(id) => format!("Some({})", proposal(id)),
        None => "None".to_string(),
    };
    Some(vec![
        format!("RegularKind::new({},", proposal(op.proposal)),
        format!("{constant},"),
        format!("{},", immediate(op)?),
        format!("[{}],", operands?.join(", ")),
        format!("{result},"),
        format!("{}),", rule(op)?),
    ])
}

/// The immediate, if it is none or one that refers to one type at most.
fn immediate(op: &Op) -> Option<String> {
    let only = match op.immediates.as_slice() {
        [] => return Some("(Nothing, 0)".to_string()),
        [only] => only,
        _ => return None,
    };
    match only.kind {
        ImmediateKind::I32 => Some("(Signed32, 0)".to_string()),
        ImmediateKind::I64 => Some("(Signed64, 0)".to_string()),
        ImmediateKind::F32 => Some("(Bytes, 4)".to_string()),
        ImmediateKind::F64 => Some("(Bytes, 8)".to_string()),
        ImmediateKind::MemArg => only.number.map(|width| format!("(MemArg, {width})")),
        ImmediateKind::Local => Some("(Local, 0)".to_string()),
        ImmediateKind::Global => Some("(Global, 0)".to_string()),
        ImmediateKind::Memory => Some("(Memory, 0)".to_string()),
        ImmediateKind::Label
        | ImmediateKind::Labels
        | ImmediateKind::Func
        | ImmediateKind::Type
        | ImmediateKind::Table
        | ImmediateKind::Data
        | ImmediateKind::Elem
        | ImmediateKind::Tag
        | ImmediateKind::Field
        | ImmediateKind::Block
        | ImmediateKind::Catches
        | ImmediateKind::Heap
        | ImmediateKind::ValTypes
        | ImmediateKind::Atomic
        | ImmediateKind::Lane
        | ImmediateKind::Lanes
        | ImmediateKind::V128
        | ImmediateKind::U32 => None,
    }
}

/// The column `where`, if it says nothing or one condition of these.
fn rule(op: &Op) -> Option<&'static str> {
    let only = match op.predicates.as_slice() {
        [] => return Some("Rule::None"),
        [only] => only,
        _ => return None,
    };
    match only.condition {
        Condition::Mutable => Some("Rule::Mutable"),
        Condition::Initialized => Some("Rule::Initialized"),
        Condition::Initializes => Some("Rule::Initializes"),
        Condition::Declared
        | Condition::DataCount
        | Condition::Sub
        | Condition::Packed
        | Condition::Unpacked
        | Condition::Numeric
        | Condition::Defaultable => None,
    }
}

fn operand(item: Option<&TypeItem>) -> Option<&'static str> {
    match item {
        None => Some("Absent"),
        Some(TypeItem::Value(ValueType::Number(number))) => match number {
            NumberType::I32 => Some("I32"),
            NumberType::I64 => Some("I64"),
            NumberType::F32 => Some("F32"),
            NumberType::F64 => Some("F64"),
            NumberType::V128 => None,
        },
        Some(TypeItem::Function { function, .. }) => match function {
            TypeFunction::At | TypeFunction::Local | TypeFunction::Global => Some("Own"),
            TypeFunction::MinAt
            | TypeFunction::Elem
            | TypeFunction::Elems
            | TypeFunction::Field
            | TypeFunction::Fields
            | TypeFunction::Params
            | TypeFunction::Results
            | TypeFunction::Return
            | TypeFunction::Label
            | TypeFunction::Tag => None,
        },
        Some(
            TypeItem::Value(ValueType::Reference(_))
            | TypeItem::Reference { .. }
            | TypeItem::AnyReference,
        ) => None,
    }
}
