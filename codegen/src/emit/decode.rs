//! `shared/decode.rs`: the only place that matches opcodes on the wire.

use super::Source;
use super::source::aligned;
use crate::model::{Immediate, Model, Op};
use crate::names::{constant, function, variant};
use proc_macro2::Literal;
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/, spec/proposals.toml",
        "The decoder: the only place where opcodes on the wire are matched.",
    );
    let needs = model.ops.iter().any(|op| op.needs.is_some());
    let capability = needs.then(|| quote! { use crate::capability::{self, available}; });
    source.item(quote! {
        use super::error_code::ErrorCode;
        use super::instruction::Instruction::{self, *};
        use super::proposal::Proposal;
        #capability
        use crate::profile::Gate;
        use crate::read::{Reader, immediate};
        use crate::reject::Reject;
    });
    source.line("/// Reads one instruction.");
    source.line("#[cfg_attr(not(small), inline(always))]");
    source.line("#[rustfmt::skip]");
    source.line(
        "pub(crate) fn decode<'a>(r: &mut Reader<'a>, gate: &impl Gate) -> Result<Instruction<'a>, Reject> {",
    );
    source.line("    let at = r.position();");
    source.line("    Ok(match r.u8()? {");
    arms(&mut source, model, None, "        ");
    for prefix in prefixes(model) {
        source.line(&format!("        0x{prefix:02X} => match r.u32()? {{"));
        arms(&mut source, model, Some(prefix), "            ");
        source.line(&format!("            {ILLEGAL}"));
        source.line("        },");
    }
    source.line(&format!("        {ILLEGAL}"));
    source.line("    })");
    source.line("}\n");
    source
}

const ILLEGAL: &str = "_ => return Err(Reject::new(ErrorCode::IllegalOpcode, at)),";

/// Arms of one prefix, in the order of the codes: rows, and what is reserved.
fn arms(source: &mut Source, model: &Model, prefix: Option<u8>, indent: &str) {
    let rows = model.ops.iter().filter(|op| op.code.prefix == prefix);
    let mut arms: Vec<(u32, [String; 2])> = rows.map(|op| (op.code.value, row(op))).collect();
    for proposal in &model.proposals {
        let error = format!(
            "=> return Err(Reject::proposal(Proposal::{}, at)),",
            variant(&proposal.key)
        );
        for range in proposal
            .reserved
            .iter()
            .filter(|range| range.prefix == prefix)
        {
            let (first, last) = (code(prefix, range.first), code(prefix, range.last));
            let pattern = if first == last {
                first
            } else {
                format!("{first}..={last}")
            };
            arms.push((range.first, [pattern, error.clone()]));
        }
    }
    arms.sort_by_key(|(first, _)| *first);
    let rows: Vec<Vec<String>> = arms.into_iter().map(|(_, arm)| arm.to_vec()).collect();
    for line in aligned(&rows) {
        source.line(&format!("{indent}{line}"));
    }
}

fn row(op: &Op) -> [String; 2] {
    let fields: Vec<String> = op.immediates.iter().map(read).collect();
    let fields = if fields.is_empty() {
        String::new()
    } else {
        format!(" {{ {} }}", fields.join(", "))
    };
    let mut value = format!("{}{fields}", op.variant);
    if let Some(need) = &op.needs {
        let (flag, error) = (constant(need), variant(&format!("unsupported_{need}")));
        value = format!("available(capability::{flag}, ErrorCode::{error}, at, {value})?");
    }
    if op.proposal != "mvp" {
        value = format!(
            "gate.admit(Proposal::{}, at, {value})?",
            variant(&op.proposal)
        );
    }
    [code(op.code.prefix, op.code.value), format!("=> {value},")]
}

/// A byte in hexadecimal, a number after a prefix in decimal digits.
fn code(prefix: Option<u8>, value: u32) -> String {
    if prefix.is_none() {
        format!("0x{value:02X}")
    } else {
        value.to_string()
    }
}

fn read(immediate: &Immediate) -> String {
    let (name, kind) = (&immediate.name, function(&immediate.kind));
    match immediate.number {
        Some(number) => format!("{name}: immediate::{kind}(r, gate, {number})?"),
        None => format!("{name}: immediate::{kind}(r, gate)?"),
    }
}

fn prefixes(model: &Model) -> Vec<u8> {
    let rows = model.ops.iter().filter_map(|op| op.code.prefix);
    let ranges = model
        .proposals
        .iter()
        .flat_map(|proposal| &proposal.reserved);
    let mut prefixes: Vec<u8> = rows
        .chain(ranges.filter_map(|range| range.prefix))
        .collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    prefixes
}

/// A byte of the wire, as people write it.
pub fn hex(value: u32) -> Literal {
    format!("0x{value:02X}")
        .parse()
        .unwrap_or_else(|_| Literal::u32_unsuffixed(value))
}
