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
    arms(
        &mut source,
        rows().filter(|op| op.code.prefix.is_none()),
        "            ",
    );
    for prefix in prefixes {
        source.line(&format!("            0x{prefix:02X} => {{"));
        source.line("                let number = r.u32();");
        source.line(&format!(
            "                charge!(const {{ costs(Some(0x{prefix:02X})) }}, number as u8);"
        ));
        source.line("                match number {");
        arms(
            &mut source,
            rows().filter(|op| op.code.prefix == Some(prefix)),
            "                    ",
        );
        source.line(&format!("                    {ILLEGAL}"));
        source.line("                }");
        source.line("            }");
    }
    source.line(&format!("            {ILLEGAL}"));
    source.line(TAIL);
    for op in rows() {
        if let Meaning::Hand { module, function } = &op.meaning {
            source.item(hand(op, module, function));
        }
    }
    Some(source)
}

const ILLEGAL: &str = "_ => break Trap::UnreachableCodeReached.into(),";

const HEAD: &str = "\
/// Runs from where the registers are until something stops it.
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
                if let Err(stop) = $done {
                    break stop.into();
                }
            };
        }
        macro_rules! charge {
            ($costs:expr, $opcode:expr) => {
                if P::METERED {
                    match left.checked_sub($costs[usize::from($opcode)].into()) {
                        Some(rest) => left = rest,
                        None => {
                            r.ip = r.at;
                            left = fuel.refill(left);
                            if left == 0 {
                                break m.stop(Exit::Fuel);
                            }
                            continue;
                        }
                    }
                }
            };
        }
        r.at = r.ip;
        let opcode = r.u8();
        charge!(const { costs(None) }, opcode);
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
        use crate::compact::fuel::{Tank, costs};
        use crate::compact::registers::Registers;
        use crate::exec::machine::Stop;
        use crate::exec::slot::Value;
        use crate::exec::{#(#modules),*};
        use crate::generated::shared::semantics;
        use crate::profile::Profile;
        use crate::spec::{Proposal, Trap};
        use crate::types::*;
    }
}

fn arms<'m>(source: &mut Source, rows: impl Iterator<Item = &'m Op>, indent: &str) {
    let rows: Vec<Vec<String>> = rows
        .map(|op| vec![pattern(op), format!("=> {},", arm(op))])
        .collect();
    for line in aligned(&rows) {
        source.line(&format!("{indent}{line}"));
    }
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

fn arm(op: &Op) -> String {
    let function = &op.function;
    match &op.meaning {
        Meaning::Control(name) => {
            format!(
                "check!(control::{}(m, slots, &mut r))",
                names::function(name)
            )
        }
        Meaning::Hand { .. } => format!("check!(m.hand(&mut r, |m, r| {function}(m, slots, r)))"),
        Meaning::Do(_) if op.immediates.iter().any(|i| i.kind == "memarg") => {
            let (operands, method) = match op.params().len() {
                1 => ("a", "load"),
                _ => ("a, b", "store"),
            };
            format!(
                "check!(m.{method}(slots, &mut r, |m, {operands}| semantics::{function}(m, {operands})))"
            )
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
        format!("let {name} = r.{kind}(); ")
    } else {
        "r.skip(); ".to_string()
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
    let trap = op.facts.may_trap;
    match (op.params().len(), used.as_slice()) {
        (1, []) if trap => format!("check!(r.try_unary(slots, semantics::{function}))"),
        (1, []) => format!("r.unary(slots, semantics::{function})"),
        (2, []) if trap => format!("check!(r.try_binary(slots, semantics::{function}))"),
        (2, []) => format!("r.binary(slots, semantics::{function})"),
        (count, _) => {
            let operands = &["a", "b", "c", "d"][..count];
            let pops: String = operands
                .iter()
                .rev()
                .map(|name| format!("let {name} = r.pop(slots); "))
                .collect();
            let arguments: Vec<&str> = used.iter().chain(operands).copied().collect();
            let call = format!("semantics::{function}({})", arguments.join(", "));
            if trap {
                return format!(
                    "{{ {pops}match {call} {{ Ok(value) => r.push(slots, value), Err(trap) => break trap.into() }} }}"
                );
            }
            if pops.is_empty() {
                return format!("r.push(slots, {call})");
            }
            format!("{{ {pops}r.push(slots, {call}) }}")
        }
    }
}

/// The function of a `hand` row: immediates, operands, result.
fn hand(op: &Op, module: &str, function: &str) -> TokenStream {
    let (name, doc) = (ident(&op.function), format!("`{}`", op.key));
    let (module, function) = (ident(module), ident(&names::function(function)));
    let reads = op.immediates.iter().map(|immediate| {
        let (name, rust) = (ident(&immediate.name), ident(immediate.rust()));
        quote! { let #name = #rust(r.u32()); }
    });
    let immediates = op.immediates.iter().map(|immediate| ident(&immediate.name));
    let operands: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .take(op.params().len())
        .map(|name| ident(name))
        .collect();
    let count = operands.len();
    let take = (count > 0).then(|| quote! { let [#(#operands),*] = r.operands(slots); });
    let values = operands
        .iter()
        .map(|operand| quote! { Value::from_bits(#operand) });
    let call = quote! { #module::#function(m #(, #immediates)* #(, #values)*) };
    let drop = (count > 0).then(|| quote! { r.sp = r.sp.wrapping_sub(#count); });
    let slots = match (count, op.results().len()) {
        (0, 0) => quote! { _ },
        _ => quote! { slots },
    };
    let body = match op.results().first() {
        None => quote! { #call?; #drop },
        Some(item) => {
            let narrowed = narrowed(op, item);
            quote! { let value = #call?; #drop r.push(slots, #narrowed); }
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
