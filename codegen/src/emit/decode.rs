//! `woven/decode.rs`: the decoder of instructions, a match on the opcode's bytes.
//!
//! A row becomes an arm that reads its immediates in order and asks whether its proposal is
//! admitted; opcodes that the tables reserve for a proposal are listed, so that they are refused by
//! its name. Standard: section 5.4, "Instructions".

use super::Source;
use super::regular::is_regular;
use super::source::aligned;
use crate::model::{Immediate, Model, Op};
use crate::names::{constant, function, variant};
use proc_macro2::Literal;
use quote::quote;
use std::collections::BTreeSet;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/, spec/proposals.toml",
        "The decoder: from the opcodes on the wire to instructions.",
    );
    let needs = model.ops.iter().any(|op| op.needs.is_some());
    let capability = needs.then(|| quote! { use crate::capability::{self, available}; });
    let error_code = needs.then(|| quote! { use crate::generated::facts::error_code::ErrorCode; });
    source.item(quote! {
        #error_code
        use super::instruction::Instruction::{self, *};
        use crate::generated::facts::proposal::Proposal;
        #capability
        use crate::profile::Gate;
        use crate::read::opcode::unknown;
        use crate::read::{Reader, immediate};
        use crate::reject::Reject;
    });
    source.line("/// Reads one instruction; without `REGULAR` one that is not in `regular`.");
    source.line("#[cfg_attr(not(small), inline(always))]");
    source.line("#[rustfmt::skip]");
    source.line("pub(crate) fn decode<'a, const REGULAR: bool, G: Gate>(");
    source.line("    r: &mut Reader<'a>,");
    source.line("    gate: &G,");
    source.line(") -> Result<Instruction<'a>, Reject> {");
    source.line("    let at = r.position();");
    source.line("    Ok(match r.u8()? {");
    arms(&mut source, model, None, "        ");
    others(&mut source, model, "at", |behind| {
        format!("return {behind}(r, gate, at)")
    });
    source.line("    })");
    source.line("}\n");
    for prefix in prefixes(model) {
        emit_prefix(&mut source, model, prefix);
    }
    let mut rows: Vec<(Option<u8>, u32, u32, String)> = Vec::new();
    for proposal in &model.proposals {
        let ranges = proposal.reserved.iter();
        rows.extend(ranges.map(|range| {
            let name = format!("Proposal::{}", variant(&proposal.key));
            (range.prefix, range.first, range.last, name)
        }));
    }
    for prefix in prefixes(model) {
        if !any_of(model, prefix).is_empty() {
            rows.extend(ranges(model, prefix));
        }
    }
    rows.sort();
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|(prefix, first, last, proposal)| {
            vec![
                format!("(0x{:02X},", prefix.unwrap_or(NO_PREFIX)),
                format!("{},", code(*prefix, *first)),
                format!("{},", code(*prefix, *last)),
                format!("{proposal}),"),
            ]
        })
        .collect();
    let open = format!(
        "static RESERVED: [(u8, u16, u16, Proposal); {}] = [",
        cells.len()
    );
    let doc = "What proposals reserve whose instructions have no rows, or none in some profiles: prefix, \
               first and last code.";
    source.table(doc, &open, &cells, "];");
    source.line("");
    source.line("/// One of these.");
    source.line(
        "pub(crate) fn reserved(index: usize) -> Option<&'static (u8, u16, u16, Proposal)> {",
    );
    source.line("    RESERVED.get(index)");
    source.line("}");
    source
}

/// The arms for what is no row without a prefix; `read` says what becomes of a prefix, by the name of its
/// function, and `at` is the instruction's offset.
pub(super) fn others(source: &mut Source, model: &Model, at: &str, read: impl Fn(&str) -> String) {
    for prefix in prefixes(model) {
        let (guard, read) = (any_of(model, prefix), read(&behind(prefix)));
        source.line(&format!("        0x{prefix:02X}{guard} => {read},"));
    }
    let guarded = prefixes(model).into_iter();
    let guarded = guarded.filter(|prefix| !any_of(model, *prefix).is_empty());
    let others: BTreeSet<u8> = reserved_prefixes(model).chain(guarded).collect();
    let others: Vec<String> = others
        .into_iter()
        .map(|prefix| format!("0x{prefix:02X}"))
        .collect();
    if !others.is_empty() {
        source.line(&format!(
            "        prefix @ ({}) => return Err(unknown(prefix, r.u32()?, {at})),",
            others.join(" | ")
        ));
    }
    source.line(&format!(
        "        code => return Err(unknown({NO_PREFIX}, code.into(), {at})),"
    ));
}

/// The function for the rows of one prefix. They are many, and `decode` becomes part of each pass over
/// a function: compilers take much longer than in proportion for functions of this length.
fn emit_prefix(source: &mut Source, model: &Model, prefix: u8) {
    source.line(&format!(
        "/// Reads what follows the prefix 0x{prefix:02X}."
    ));
    source.line("#[cfg_attr(not(small), inline(never))]");
    source.line("#[rustfmt::skip]");
    source.line(&format!("pub(super) fn {}<'a, G: Gate>(", behind(prefix)));
    source.line("    r: &mut Reader<'a>,");
    source.line("    gate: &G,");
    source.line("    at: usize,");
    source.line(") -> Result<Instruction<'a>, Reject> {");
    source.line("    Ok(match r.u32()? {");
    arms(source, model, Some(prefix), "        ");
    source.line(&format!(
        "        code => return Err(unknown(0x{prefix:02X}, code, at)),"
    ));
    source.line("    })");
    source.line("}\n");
}

pub(super) fn behind(prefix: u8) -> String {
    format!("behind_{prefix:02x}")
}

/// In place of a prefix where there is none.
const NO_PREFIX: u8 = 0;

/// The rows of one prefix, in the order of the codes.
fn arms(source: &mut Source, model: &Model, prefix: Option<u8>, indent: &str) {
    let rows = model.ops.iter().filter(|op| op.code.prefix == prefix);
    let mut arms: Vec<(u32, Vec<String>)> = rows
        .map(|op| (op.code.value, row(model, op).to_vec()))
        .collect();
    arms.sort_by_key(|(code, _)| *code);
    let rows: Vec<Vec<String>> = arms.into_iter().map(|(_, arm)| arm).collect();
    for line in aligned(&rows) {
        source.line(&format!("{indent}{line}"));
    }
}

fn row(model: &Model, op: &Op) -> [String; 2] {
    let fields: Vec<String> = op
        .immediates
        .iter()
        .map(|immediate| format!("{}: {}", immediate.name, read(immediate)))
        .collect();
    let mut value = instruction(op, &fields);
    if op.needs.is_some() {
        value = needed(op, "at", &value);
    }
    if let Some(admit) = admit(model, op, "at") {
        value = format!("{{ {admit} {value} }}");
    }
    let mut pattern = code(op.code.prefix, op.code.value);
    if is_regular(model, op) {
        pattern.push_str(" if REGULAR");
    }
    [pattern, format!("=> {value},")]
}

/// An instruction with these fields.
pub(super) fn instruction(op: &Op, fields: &[String]) -> String {
    match fields {
        [] => op.variant.clone(),
        fields => format!("{} {{ {} }}", op.variant, fields.join(", ")),
    }
}

/// A value if the target has what the instruction needs.
pub(super) fn needed(op: &Op, at: &str, value: &str) -> String {
    let need = op.needs.as_deref().unwrap_or_default();
    let (flag, error) = (constant(need), variant(&format!("unsupported_{need}")));
    format!("available(capability::{flag}, ErrorCode::{error}, {at}, {value})?")
}

/// The statement that asks whether an instruction's proposal is admitted, unless all admit it.
pub(super) fn admit(model: &Model, op: &Op, at: &str) -> Option<String> {
    let proposal = model.proposal(op.proposal);
    let key = variant(&proposal.key);
    (!proposal.is_base()).then(|| format!("gate.admit(Proposal::{key}, {at}, ())?;"))
}

/// A byte in hexadecimal, a number after a prefix in decimal digits.
pub(super) fn code(prefix: Option<u8>, value: u32) -> String {
    if prefix.is_none() {
        format!("0x{value:02X}")
    } else {
        value.to_string()
    }
}

/// What reads an immediate.
pub(super) fn read(immediate: &Immediate) -> String {
    let kind = function(immediate.kind.word());
    match immediate.number {
        Some(number) => format!("immediate::{kind}(r, gate, {number})?"),
        None => format!("immediate::{kind}(r, gate)?"),
    }
}

/// The condition of a prefix: that one of its rows could be admitted, unless one always is. What no
/// profile admits is not linked.
fn any_of(model: &Model, prefix: u8) -> String {
    let rows = model.ops.iter().filter(|op| op.code.prefix == Some(prefix));
    let proposals: Vec<_> = rows.map(|op| model.proposal(op.proposal)).collect();
    let mut keys: Vec<String> = proposals.iter().map(|it| variant(&it.key)).collect();
    keys.dedup();
    // One proposal or two: a prefix of many is there in nearly every profile.
    if keys.len() > 2 || proposals.iter().any(|proposal| proposal.is_base()) {
        return String::new();
    }
    let conditions: Vec<String> = keys
        .iter()
        .map(|key| format!("G::may(Proposal::{key})"))
        .collect();
    format!(" if {}", conditions.join(" || "))
}

/// The codes behind a prefix that have rows, by proposal: first and last.
fn ranges(model: &Model, prefix: u8) -> Vec<(Option<u8>, u32, u32, String)> {
    let rows = model.ops.iter().filter(|op| op.code.prefix == Some(prefix));
    let mut ranges: Vec<(Option<u8>, u32, u32, String)> = Vec::new();
    for op in rows {
        let proposal = format!("Proposal::{}", variant(&model.proposal(op.proposal).key));
        match ranges.last_mut() {
            Some((_, _, last, own)) if *own == proposal && *last + 1 == op.code.value => {
                *last = op.code.value;
            }
            _ => ranges.push((Some(prefix), op.code.value, op.code.value, proposal)),
        }
    }
    ranges
}

/// Prefixes of rows.
pub(super) fn prefixes(model: &Model) -> BTreeSet<u8> {
    model.ops.iter().filter_map(|op| op.code.prefix).collect()
}

/// Prefixes that are only reserved.
fn reserved_prefixes(model: &Model) -> impl Iterator<Item = u8> {
    let ranges = model.proposals.iter().flat_map(|other| &other.reserved);
    let mut reserved: BTreeSet<u8> = ranges.filter_map(|range| range.prefix).collect();
    for prefix in prefixes(model) {
        reserved.remove(&prefix);
    }
    reserved.into_iter()
}

/// A byte of the wire, as people write it.
pub fn hex(value: u32) -> Literal {
    format!("0x{value:02X}")
        .parse()
        .unwrap_or_else(|_| Literal::u32_unsuffixed(value))
}
