//! `shared/plain.rs`: as data, the instructions of which nothing is special.
//!
//! A row is plain if its opcode has no prefix, it has an immediate at most, which refers to one
//! type at most, and its `type` names single types. Most rows are. Of what they have in common
//! few combinations occur, so each row is the number of one.

use super::Source;
use crate::model::{Model, Op, TypeItem};
use crate::names::variant;
use quote::quote;
use std::collections::BTreeSet;

/// The most operands that a plain row takes.
const PARAMS: usize = 2;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/",
        "Instructions of which nothing is special, as data for builds for size.",
    );
    source.item(quote! {
        use super::proposal::Proposal::*;
        use super::proposal::Proposals;
        use crate::validate::plain::Immediate::*;
        use crate::validate::plain::Kind;
        use crate::validate::plain::Operand::*;
        use crate::validate::plain::Rule;
    });
    let rows: Vec<(u32, &Op, Vec<String>)> = model
        .ops
        .iter()
        .filter_map(|op| Some((op.code.value, op, kind(op)?)))
        .collect();
    let mut kinds: Vec<Vec<String>> = Vec::new();
    for (_, _, kind) in &rows {
        if !kinds.contains(kind) {
            kinds.push(kind.clone());
        }
    }
    let proposals: BTreeSet<&str> = rows.iter().map(|(_, op, _)| op.proposal.as_str()).collect();
    let all = proposals
        .into_iter()
        .fold("Proposals::EMPTY".to_string(), |all, proposal| {
            format!("{all}.with({})", variant(proposal))
        });
    source.line("/// What admits plain instructions.");
    source.line(&format!("pub(crate) const PROPOSALS: Proposals = {all};\n"));
    source.table(
        "What plain instructions have in common.",
        &format!("pub(crate) static KINDS: [Kind; {}] = [", kinds.len()),
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
    let doc = "The place in [`KINDS`] of each opcode, from `FIRST` on, that is plain.";
    source.table(doc, &open, &places, "];");
    source
}

/// Whether a row is plain.
pub(super) fn is_plain(op: &Op) -> bool {
    kind(op).is_some()
}

/// What it has in common with others, if it is plain.
fn kind(op: &Op) -> Option<Vec<String>> {
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
    let constant = match &op.constant {
        Some(proposal) => format!("Some({})", variant(proposal)),
        None => "None".to_string(),
    };
    Some(vec![
        format!("Kind::new({},", variant(&op.proposal)),
        format!("{constant},"),
        format!("{},", immediate(op)?),
        format!("[{}],", operands?.join(", ")),
        format!("{result},"),
        format!("{}),", rule(op)?),
    ])
}

fn immediate(op: &Op) -> Option<String> {
    Some(match op.immediates.as_slice() {
        [] => "(Nothing, 0)".to_string(),
        [only] => match (only.kind.as_str(), only.number) {
            ("i32", _) => "(Signed32, 0)".to_string(),
            ("i64", _) => "(Signed64, 0)".to_string(),
            ("f32", _) => "(Bytes, 4)".to_string(),
            ("f64", _) => "(Bytes, 8)".to_string(),
            ("memarg", Some(width)) => format!("(MemArg, {width})"),
            ("local" | "global" | "memory", _) => format!("({}, 0)", variant(&only.kind)),
            _ => return None,
        },
        _ => return None,
    })
}

/// The column `where`, if it says nothing or one of these.
fn rule(op: &Op) -> Option<&'static str> {
    let names: Vec<&str> = op
        .predicates
        .iter()
        .map(|rule| rule.name.as_str())
        .collect();
    Some(match names.as_slice() {
        [] => "Rule::None",
        ["mutable"] => "Rule::Mutable",
        ["initialized"] => "Rule::Initialized",
        ["initializes"] => "Rule::Initializes",
        _ => return None,
    })
}

fn operand(item: Option<&TypeItem>) -> Option<&'static str> {
    Some(match item {
        None => "Absent",
        Some(TypeItem::Value(name)) => match name.as_str() {
            "i32" => "I32",
            "i64" => "I64",
            "f32" => "F32",
            "f64" => "F64",
            _ => return None,
        },
        Some(TypeItem::Function { name, .. })
            if matches!(name.as_str(), "at" | "local" | "global") =>
        {
            "Own"
        }
        Some(_) => return None,
    })
}
