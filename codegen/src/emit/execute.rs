//! `<tier>/execute.rs`: the match of the compact engine, for the smallest tier.
//!
//! A row with `do` is one line that applies its function of `semantics.rs` to the slots; a row with
//! `control` calls the function of its name in `runtime/src/compact/control.rs`; a row with `hand`
//! gets a function that reads immediates and operands and calls the one that all engines share.

use super::Source;
use super::decode::hex;
use super::source::aligned;
use crate::model::{Immediate, Meaning, Model, Op, Tier, TypeItem};
use crate::names::{self, constant, ident, variant};
use proc_macro2::TokenStream;
use quote::quote;

/// The file, for the tier that extends no other: all others have it, too.
pub fn emit(model: &Model, tier: &Tier) -> Option<Source> {
    if tier.extends.is_some() {
        return None;
    }
    let mut source = Source::new(
        "spec/instructions/",
        "The compact engine: what each opcode does, in place.",
    );
    let rows = || model.ops.iter();
    source.item(imports(rows()));
    let mut prefixes: Vec<u8> = rows().filter_map(|op| op.code.prefix).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    source.line(HEAD);
    let mut arms = Vec::new();
    let plain: Vec<&Op> = rows().filter(|op| op.code.prefix.is_none()).collect();
    for op in &plain {
        match kin(model, op, &plain).as_slice() {
            [] => arms.push(row(model, op)),
            [first, ..] if first.key != op.key => {}
            kin => arms.push(group(kin)),
        }
    }
    write(&mut source, arms, "            ");
    for prefix in &prefixes {
        source.line(&format!(
            "            0x{prefix:02X} => {{ let at = r.at(); match check!(r.u32()) {{"
        ));
        let own = rows().filter(|op| op.code.prefix == Some(*prefix));
        write(
            &mut source,
            own.map(|op| row(model, op)).collect(),
            "                ",
        );
        source.line(&format!("                _ => {ILLEGAL}"));
        source.line("            }},");
    }
    source.line(&format!(
        "            {} => {ILLEGAL}",
        others(model, &plain, &prefixes)
    ));
    source.line(TAIL);
    for op in rows() {
        if let Meaning::Hand { module, function } = &op.meaning {
            source.item(hand(op, module, function));
        }
    }
    Some(source)
}

const ILLEGAL: &str = "break ASTRAY.into(),";

const HEAD: &str = "\
/// Runs from where the registers are until something stops it.
#[allow(clippy::manual_range_patterns, reason = \"a range would be compared, a list is looked up\")]
#[rustfmt::skip]
pub(crate) fn execute<'m, P: Profile>(
    m: &mut Core<'m, '_>,
    slots: &mut [u64],
    registers: &mut Registers<'m>,
    fuel: &mut Tank,
) -> Stop {
    let mut r = *registers;
    let mut left = fuel.draw();
    let stop = loop {
        macro_rules! check {
            ($done:expr) => {
                match $done {
                    Ok(value) => value,
                    Err(stop) => break stop.into(),
                }
            };
        }
        // Nearly all cost one; what costs nothing gets it back.
        if P::METERED {
            let empty = left == 0;
            left = left.wrapping_sub(1);
            if empty && costs_something(r.code) {
                left = fuel.refill(0);
                if left == 0 {
                    break m.stop(Exit::Fuel);
                }
                continue;
            }
        }
        let opcode = check!(r.u8());
        macro_rules! free {
            ($done:expr) => {{
                left = left.wrapping_add(1);
                $done
            }};
        }
        #[allow(unused_macros, reason = \"no opcode may cost more\")]
        macro_rules! dear {
            ($at:expr, $more:expr, $done:expr) => {{
                if P::METERED {
                    match left.checked_sub($more) {
                        Some(rest) => left = rest,
                        None => {
                            r.code = r.wasm.get($at..).unwrap_or_default();
                            left = fuel.refill(left.wrapping_add(1));
                            if left <= $more {
                                fuel.restore(left);
                                left = 0;
                                break m.stop(Exit::Fuel);
                            }
                            continue;
                        }
                    }
                }
                $done
            }};
        }
        match opcode {";

const TAIL: &str = "        }
    };
    *registers = r;
    fuel.restore(left);
    stop
}
";

fn imports<'m>(rows: impl Iterator<Item = &'m Op>) -> TokenStream {
    let mut modules: Vec<&str> = Vec::new();
    for op in rows {
        if let Meaning::Hand { module, .. } = &op.meaning
            && !modules.contains(&module.as_str())
        {
            modules.push(module);
        }
    }
    modules.sort_unstable();
    let modules = modules.iter().map(|module| ident(module));
    quote! {
        use crate::capability;
        use crate::compact::control;
        use crate::compact::core::Core;
        use crate::compact::exit::Exit;
        use crate::compact::fuel::{Tank, costs_something};
        use crate::compact::registers::{ASTRAY, Registers};
        use crate::exec::machine::Stop;
        use crate::exec::slot::Value;
        use crate::exec::{#(#modules),*};
        use crate::generated::shared::semantics;
        use crate::profile::Profile;
        use crate::spec::Proposal;
        use crate::types::*;
    }
}

/// Writes arms: one line each, or the lines of a group.
fn write(source: &mut Source, arms: Vec<Vec<[String; 2]>>, indent: &str) {
    let mut lines = Vec::new();
    for arm in &arms {
        if let [[pattern, body]] = arm.as_slice() {
            lines.push(vec![pattern.clone(), body.clone()]);
            continue;
        }
        flush(source, &mut lines, indent);
        let (Some([open, head]), Some([_, close])) = (arm.first(), arm.last()) else {
            continue;
        };
        source.line(&format!("{indent}{open} {head}"));
        let inner: Vec<Vec<String>> = arm[1..arm.len() - 1].iter().map(|a| a.to_vec()).collect();
        for line in aligned(&inner) {
            source.line(&format!("{indent}    {line}"));
        }
        source.line(&format!("{indent}{close}"));
    }
    flush(source, &mut lines, indent);
}

fn flush(source: &mut Source, lines: &mut Vec<Vec<String>>, indent: &str) {
    for line in aligned(lines) {
        source.line(&format!("{indent}{line}"));
    }
    lines.clear();
}

/// Rows that share the reading of operands and the writing of results, because that makes the code
/// a third smaller: loads, stores, and computations with the same operands and results. Those on
/// `i32` alone stand for themselves, because they are most of what runs.
fn kin<'m>(model: &Model, op: &Op, rows: &[&'m Op]) -> Vec<&'m Op> {
    let shared = |op: &Op| -> Option<String> {
        let Meaning::Do(_) = &op.meaning else {
            return None;
        };
        let (params, results) = (op.params(), op.results());
        if super::opcode::fuel(model, op) != 1 {
            return None;
        }
        if is_access(op) {
            return Some(if results.is_empty() { "store" } else { "load" }.to_string());
        }
        let small = |item: &TypeItem| item.rust() == Some("i32");
        let computes = op.immediates.is_empty() && (1..=2).contains(&params.len());
        let hot = params.iter().chain(results).all(small);
        (computes && !hot).then(|| format!("{params:?} {results:?}"))
    };
    let Some(own) = shared(op) else {
        return Vec::new();
    };
    rows.iter()
        .copied()
        .filter(|other| shared(other).as_ref() == Some(&own))
        .collect()
}

fn is_access(op: &Op) -> bool {
    op.immediates
        .iter()
        .any(|immediate| immediate.kind == "memarg")
}

/// The arm of rows that share operands and results.
fn group(kin: &[&Op]) -> Vec<[String; 2]> {
    let codes: Vec<String> = kin
        .iter()
        .map(|op| hex(op.code.value).to_string())
        .collect();
    let first = kin[0];
    let head = match (is_access(first), first.params().len()) {
        (true, 1) => "check!(m.load(slots, &mut r, |m, a| Ok(match opcode {",
        (true, _) => "check!(m.store(slots, &mut r, |m, a, b| match opcode {",
        (false, 1) => "check!(r.unary(slots, |a| Ok(match opcode {",
        (false, _) => "check!(r.binary(slots, |a, b| Ok(match opcode {",
    };
    let mut arm = vec![[codes.join(" | "), format!("=> {head}")]];
    for op in kin {
        let function = &op.function;
        let trap = if op.facts.may_trap { "?" } else { "" };
        let body = match (is_access(op), op.params().len()) {
            (true, _) => access(op).1,
            (false, 1) => format!("semantics::{function}(a){trap}"),
            (false, _) => format!("semantics::{function}(a, b){trap}"),
        };
        arm.push([pattern(op), format!("=> {body},")]);
    }
    let astray = if head.contains("Ok(match") {
        "=> return Err(ASTRAY),"
    } else {
        "=> Err(ASTRAY),"
    };
    arm.push(["_".to_string(), astray.to_string()]);
    let close = if head.contains("Ok(match") {
        "}))),".to_string()
    } else {
        "})),".to_string()
    };
    arm.push([String::new(), close]);
    arm
}

/// Whether a row with a memarg loads, or else stores; and what it does with `m`, `a` and `b`.
fn access(op: &Op) -> (bool, String) {
    let function = &op.function;
    match op.params().len() {
        1 => (true, format!("semantics::{function}(m, a)?.into_bits()")),
        _ => (
            false,
            format!("semantics::{function}(m, a, Value::from_bits(b))"),
        ),
    }
}

/// All bytes that are no opcode, or not always, so that no others are left.
fn others(model: &Model, rows: &[&Op], prefixes: &[u8]) -> String {
    let sure = |byte: u32| {
        let always = |op: &&&Op| op.code.value == byte && !pattern(op).contains(" if ");
        rows.iter()
            .any(|op| always(&op) || (op.code.value == byte && !kin(model, op, rows).is_empty()))
            || prefixes.iter().any(|prefix| u32::from(*prefix) == byte)
    };
    let bytes: Vec<String> = (0..=u32::from(u8::MAX))
        .filter(|byte| !sure(*byte))
        .map(|byte| hex(byte).to_string())
        .collect();
    bytes.join(" | ")
}

/// The code, if profile and build have what the row needs.
fn pattern(op: &Op) -> String {
    let code = match op.code.prefix {
        None => hex(op.code.value).to_string(),
        Some(_) => op.code.value.to_string(),
    };
    let mut conditions = Vec::new();
    if op.proposal != "mvp" {
        let proposal = variant(&op.proposal);
        conditions.push(format!("P::PROPOSALS.contains(Proposal::{proposal})"));
    }
    if let Some(need) = &op.needs {
        conditions.push(format!("capability::{}", constant(need)));
    }
    if conditions.is_empty() {
        code
    } else {
        format!("{code} if {}", conditions.join(" && "))
    }
}

/// The arm of one row.
fn row(model: &Model, op: &Op) -> Vec<[String; 2]> {
    let body = arm(op);
    let body = match super::opcode::fuel(model, op) {
        0 => format!("free!({body})"),
        1 => body,
        more => format!("dear!({}, {}, {body})", at(op), more - 1),
    };
    vec![[pattern(op), format!("=> {body},")]]
}

/// The offset of an instruction of which only the opcode has been read.
fn at(op: &Op) -> &'static str {
    if op.code.prefix.is_some() {
        "at"
    } else {
        "r.at()"
    }
}

fn arm(op: &Op) -> String {
    let function = &op.function;
    match &op.meaning {
        Meaning::Control(name) => {
            format!(
                "check!(control::{}(m, slots, &mut r))",
                names::function(name)
            )
        }
        Meaning::Hand { .. } => {
            format!(
                "check!(m.hand({}, &mut r, |m, r| {function}(m, slots, r)))",
                at(op)
            )
        }
        Meaning::Do(_) if is_access(op) => {
            let (method, operands, body) = match access(op) {
                (true, body) => ("load", "m, a", format!("Ok({body})")),
                (false, body) => ("store", "m, a, b", body),
            };
            format!("check!(m.{method}(slots, &mut r, |{operands}| {body}))")
        }
        Meaning::Do(_) => {
            let call = computation(op);
            let immediates: String = op.immediates.iter().map(|i| read(op, i)).collect();
            if immediates.is_empty() {
                call
            } else {
                format!("{{ {immediates}{call} }}")
            }
        }
    }
}

/// Reads an immediate of a `do` row, or passes over it.
fn read(op: &Op, immediate: &Immediate) -> String {
    let (name, kind) = (&immediate.name, &immediate.kind);
    if op.facts.names.contains(name) {
        format!("let {name} = check!(r.{kind}()); ")
    } else {
        "check!(r.skip()); ".to_string()
    }
}

/// Applies the function of a `do` row to the operands on the stack.
fn computation(op: &Op) -> String {
    let function = &op.function;
    let used: Vec<&str> = op
        .immediates
        .iter()
        .map(|immediate| immediate.name.as_str())
        .filter(|name| op.facts.names.iter().any(|used| used == name))
        .collect();
    let operands = &["a", "b", "c", "d"][..op.params().len()];
    let arguments: Vec<&str> = used.iter().chain(operands).copied().collect();
    let call = format!("semantics::{function}({})", arguments.join(", "));
    // As it stands, if it gives a result that may be a trap and takes nothing but operands.
    let f = if op.facts.may_trap && used.is_empty() {
        format!("semantics::{function}")
    } else if op.facts.may_trap {
        format!("|{}| {call}", operands.join(", "))
    } else {
        format!("|{}| Ok({call})", operands.join(", "))
    };
    match operands {
        ["a"] => format!("check!(r.unary(slots, {f}))"),
        ["a", "b"] => format!("check!(r.binary(slots, {f}))"),
        operands => {
            let pops: String = operands
                .iter()
                .rev()
                .map(|name| format!("let {name} = check!(r.pop(slots)); "))
                .collect();
            let value = if op.facts.may_trap {
                format!("check!({call})")
            } else {
                call
            };
            let push = format!("check!(r.push(slots, {value}))");
            if pops.is_empty() {
                push
            } else {
                format!("{{ {pops}{push} }}")
            }
        }
    }
}

/// The function of a `hand` row: immediates, operands, result.
fn hand(op: &Op, module: &str, function: &str) -> TokenStream {
    let (name, doc) = (ident(&op.function), format!("`{}`", op.key));
    let (module, function) = (ident(module), ident(&names::function(function)));
    let reads = op.immediates.iter().map(|immediate| {
        let (name, rust) = (ident(&immediate.name), ident(immediate.rust()));
        quote! { let #name = #rust(r.u32()?); }
    });
    let immediates = op.immediates.iter().map(|immediate| ident(&immediate.name));
    let operands: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .take(op.params().len())
        .map(|name| ident(name))
        .collect();
    let count = operands.len();
    let take = (count > 0).then(|| quote! { let [#(#operands),*] = *r.operands(slots)?; });
    let values = operands
        .iter()
        .map(|operand| quote! { Value::from_bits(#operand) });
    let call = quote! { #module::#function(m #(, #immediates)* #(, #values)*) };
    let drop = (count > 0).then(|| quote! { r.drop(#count); });
    let slots = match (count, op.results().len()) {
        (0, 0) => quote! { _ },
        _ => quote! { slots },
    };
    let body = match op.results().first() {
        None => quote! { #call?; #drop },
        Some(item) => {
            let narrowed = narrowed(op, item);
            quote! { let value = #call?; #drop r.push(slots, #narrowed)?; }
        }
    };
    quote! {
        #[doc = #doc]
        #[inline(never)]
        fn #name<'m>(
            m: &mut Core<'m, '_>,
            #slots: &mut [u64],
            r: &mut Registers<'m>,
        ) -> Result<(), Stop> {
            #(#reads)*
            #take
            #body
            Ok(())
        }
    }
}

/// A result of the type of addresses of `x` is as wide as these.
fn narrowed(op: &Op, item: &TypeItem) -> TokenStream {
    let TypeItem::Function { name, arguments } = item else {
        return quote! { value };
    };
    let object = arguments
        .first()
        .and_then(|argument| op.immediate(argument));
    match object {
        Some(object) if name == "at" => {
            let (method, x) = (
                ident(&format!("{}_address", object.kind)),
                ident(&object.name),
            );
            quote! { m.#method(#x, value) }
        }
        _ => quote! { value },
    }
}
