//! `<tier>/execute.rs`: the match of the compact engine, for the smallest tier.
//!
//! A row with `do` is one line that applies its function of `semantics.rs` to the slots; a row with
//! `control` calls the function of its name in `runtime/src/compact/control.rs`; a row with `hand`
//! gets a function that reads immediates and operands and calls the one that all engines share.

use super::Source;
use super::decode::hex;
use super::source::aligned;
use crate::model::{
    FieldType, Immediate, ImmediateKind, Meaning, Model, NumberType, Op, TierId, TypeItem,
};
use crate::names::{self, constant, ident, variant};
use proc_macro2::TokenStream;
use quote::quote;

/// The file, for the tier that extends no other: all others have it, too.
pub fn emit(model: &Model, tier: TierId) -> Option<Source> {
    if model.tier(tier).extends.is_some() {
        return None;
    }
    let mut source = Source::new(
        "spec/instructions/",
        "The compact engine: what each opcode does, in place.",
    );
    let rows = || model.ops.iter();
    source.item(imports(model, rows()));
    let mut prefixes: Vec<u8> = rows().filter_map(|op| op.code.prefix).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    source.line(HEAD);
    let plain: Vec<&Op> = rows().filter(|op| op.code.prefix.is_none()).collect();
    let mut arms = Vec::new();
    for op in &plain {
        let shape = Shape::of(model, op);
        match kin(model, shape, &plain).as_slice() {
            [] => arms.push(row(model, op)),
            [first, ..] if first.key != op.key => {}
            kin => arms.push(group(model, shape, kin)),
        }
    }
    write(&mut source, arms, "                ");
    for prefix in &prefixes {
        let own = rows().filter(|op| op.code.prefix == Some(*prefix));
        let own = own.filter(|op| Shape::of(model, op) == Shape::Own);
        let own = own.map(|op| {
            let body = format!("=> {{ r = own; {} }},", paid(model, op));
            vec![[pattern(model, op), body]]
        });
        let mut arms: Vec<_> = own.collect();
        let head = format!("                0x{prefix:02X} => ");
        let rest = format!(
            "check!(r.away(|r| {}::<P>(m, slots, r))),",
            prefixed(*prefix)
        );
        if arms.is_empty() {
            source.line(&format!("{head}{rest}"));
            continue;
        }
        source.line(&format!(
            "{head}{{ let (at, mut own) = (m.at(&r), r.clone()); match check!(own.u32()) {{"
        ));
        arms.push(vec![["_".to_string(), format!("=> {rest}")]]);
        write(&mut source, arms, "                    ");
        source.line("                }},");
    }
    source.line(&format!(
        "                {} => {ILLEGAL}",
        others(model, &plain, &prefixes)
    ));
    source.line(TAIL);
    for shape in [Shape::Unary, Shape::Binary, Shape::Hand] {
        let (head, tail) = away(shape);
        let kin = kin(model, shape, &plain);
        if kin.is_empty() {
            continue;
        }
        source.line(head);
        write(
            &mut source,
            kin.iter().map(|op| outside(model, op)).collect(),
            "        ",
        );
        source.line(tail);
    }
    for prefix in &prefixes {
        let own = rows().filter(|op| op.code.prefix == Some(*prefix));
        let own = own.filter(|op| Shape::of(model, op) != Shape::Own);
        source.line(&format!(
            "/// What follows the prefix {prefix:#04X}.\n#[inline(never)]\n#[rustfmt::skip]\n\
             fn {}<'m, P: Profile>(\n    m: &mut Core<'m, '_, P>,\n    slots: &mut [u64],\n    \
             r: &mut Registers<'m>,\n) -> Result<(), Stop> {{\n    \
             macro_rules! check {{\n        ($done:expr) => {{ $done? }};\n    }}\n    \
             m.hand(m.at(r), r, |m, r| {{\n        match r.index()? {{",
            prefixed(*prefix)
        ));
        write(
            &mut source,
            own.map(|op| inside(model, op)).collect(),
            "            ",
        );
        source.line(
            "            _ => return Err(ASTRAY.into()),\n        }\n        Ok(())\n    })\n}\n",
        );
    }
    for op in rows() {
        if let Meaning::Hand { module, function } = &op.meaning {
            source.item(hand(model, op, module, function));
        }
    }
    Some(source)
}

const ILLEGAL: &str = "break 'astray,";

const HEAD: &str = "\
/// Runs from where the registers are until something stops it.
#[allow(clippy::manual_range_patterns, reason = \"a range would be compared, a list is looked up\")]
#[rustfmt::skip]
pub(crate) fn execute<'m, P: Profile>(
    m: &mut Core<'m, '_, P>,
    slots: &mut [u64],
) -> Stop {
    let mut r = m.registers.clone();
    let mut left = m.tank.draw();
    let mut opcode;
    let stop = 'run: {
    'astray: {
        macro_rules! check {
            ($done:expr) => {
                match $done {
                    Ok(value) => value,
                    Err(stop) => match Stop::from(stop) {
                        // Nearly all checks end here: apart, so that they have nothing to say.
                        Stop::Trap(ASTRAY) => break 'astray,
                        stop => break 'run stop,
                    }
                }
            };
        }
        // Pays for the next instruction and reads its opcode. Nearly all cost one.
        macro_rules! next {
            () => {{
                if P::METERED {
                    left = left.wrapping_sub(1);
                    if left == 0 && costs_something(r.code.as_slice()) {
                        left = m.tank.refill(left).wrapping_sub(1);
                        if left == 0 {
                            break 'run m.stop(Exit::Fuel);
                        }
                    }
                }
                check!(r.u8())
            }};
        }
        // What costs nothing leaves what has been paid to the instruction behind it.
        macro_rules! free {
            ($done:expr) => {{
                if let Err(stop) = $done {
                    left = left.wrapping_add(1);
                    break 'run stop.into();
                }
                if left != 0 {
                    opcode = check!(r.u8());
                    continue;
                }
                left = Tank::EMPTY;
            }};
        }
        #[allow(unused_macros, reason = \"no opcode may cost more\")]
        macro_rules! dear {
            ($at:expr, $more:expr, $done:expr) => {{
                if !P::METERED || left > $more {
                    left = left.wrapping_sub($more);
                    $done
                } else {
                    let at = $at;
                    m.rewind(&mut r, at);
                    left = m.tank.refill(left.wrapping_add(1));
                    if left <= $more + Tank::EMPTY {
                        break 'run m.stop(Exit::Fuel);
                    }
                }
            }};
        }
        opcode = next!();
        loop {
            match opcode {";

const TAIL: &str = "            }
            opcode = next!();
        }
    }
    astray()
    };
    m.registers = r;
    m.tank.restore(left);
    stop
}
";

fn imports<'m>(model: &Model, rows: impl Iterator<Item = &'m Op>) -> TokenStream {
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
    let rate = (!model.costs.rates.is_empty()).then(|| quote! { use crate::rate::Rate; });
    quote! {
        use crate::capability;
        use crate::compact::control;
        use crate::compact::core::Core;
        use crate::compact::exit::Exit;
        use crate::compact::fuel::{Tank, costs_something};
        use crate::compact::registers::{ASTRAY, Registers, astray};
        use crate::exec::machine::Stop;
        use crate::exec::slot::Value;
        use crate::exec::{#(#modules),*};
        use crate::generated::shared::semantics;
        use crate::profile::Profile;
        #rate
        use crate::spec::{Proposal, Trap};
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

/// What rows share in the loop: the reading of operands and the writing of results, because that
/// makes the code much smaller, and leaves the loop what is most of what runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Nothing.
    Own,
    /// One arm, with a match on how wide the access is.
    Load,
    Store,
    /// A function outside of the loop for all that have one operand, two, or any.
    Unary,
    Binary,
    Hand,
}

impl Shape {
    /// Computations on `i32` alone stand for themselves, because they are most of what runs.
    fn of(model: &Model, op: &Op) -> Self {
        if super::opcode::fuel(model, op) != 1 {
            return Self::Own;
        }
        match &op.meaning {
            Meaning::Control(_) => return Self::Own,
            Meaning::Hand { .. } => return Self::Hand,
            Meaning::Do(_) => {}
        }
        let (params, results) = (op.params(), op.results());
        if is_access(op) {
            return match results {
                [] => Self::Store,
                _ => Self::Load,
            };
        }
        let small = |item: &TypeItem| item.number() == Some(NumberType::I32);
        let hot = op.code.prefix.is_none() && params.iter().chain(results).all(small);
        match params.len() {
            _ if hot || !op.immediates.is_empty() => Self::Own,
            1 => Self::Unary,
            2 => Self::Binary,
            _ => Self::Own,
        }
    }
}

/// The rows of a shape that share something.
fn kin<'m>(model: &Model, shape: Shape, rows: &[&'m Op]) -> Vec<&'m Op> {
    let own = rows.iter().copied();
    own.filter(|op| shape != Shape::Own && Shape::of(model, op) == shape)
        .collect()
}

fn is_access(op: &Op) -> bool {
    op.immediates
        .iter()
        .any(|immediate| immediate.kind.is_accessor())
}

/// The arm of the rows of a shape.
fn group(model: &Model, shape: Shape, kin: &[&Op]) -> Vec<[String; 2]> {
    let codes: Vec<String> = kin
        .iter()
        .map(|op| hex(op.code.value).to_string())
        .collect();
    let codes = codes.join(" | ");
    let (head, astray, close) = match shape {
        Shape::Load => (
            "=> check!(r.load::<P>(m, slots, |m, a| Ok(match opcode {",
            "=> return Err(ASTRAY),",
            "}))),",
        ),
        Shape::Store => (
            "=> check!(r.store::<P>(m, slots, |m, a, b| match opcode {",
            "=> Err(ASTRAY),",
            "})),",
        ),
        Shape::Unary => {
            let body = "=> check!(unary::<P>(opcode, check!(r.operands(slots)))),";
            return vec![[codes, body.to_string()]];
        }
        Shape::Binary => {
            let body = "=> { check!(binary::<P>(opcode, check!(r.operands(slots)))); r.drop(1); },";
            return vec![[codes, body.to_string()]];
        }
        Shape::Own | Shape::Hand => {
            let body = "=> check!(r.away(|r| hand::<P>(opcode, m, slots, r))),";
            return vec![[codes, body.to_string()]];
        }
    };
    let mut arm = vec![[codes, head.to_string()]];
    for op in kin {
        arm.push([pattern(model, op), format!("=> {},", access(op).1)]);
    }
    arm.push(["_".to_string(), astray.to_string()]);
    arm.push([String::new(), close.to_string()]);
    arm
}

/// The function outside of the loop for a shape, without its arms.
fn away(shape: Shape) -> (&'static str, &'static str) {
    match shape {
        Shape::Unary => (
            "/// Computations with one operand, but for those on `i32` alone.
#[cfg_attr(small, cold)]
#[inline(never)]
#[rustfmt::skip]
fn unary<P: Profile>(opcode: u8, operands: &mut [u64; 1]) -> Result<(), Trap> {
    let [a] = *operands;
    *operands = [match opcode {",
            "        _ => return Err(ASTRAY),\n    }];\n    Ok(())\n}\n",
        ),
        Shape::Binary => (
            "/// Computations with two operands, but for those on `i32` alone. The result is the first.
#[cfg_attr(small, cold)]
#[inline(never)]
#[rustfmt::skip]
fn binary<P: Profile>(opcode: u8, operands: &mut [u64; 2]) -> Result<(), Trap> {
    let [a, b] = *operands;
    let [result, _] = operands;
    *result = match opcode {",
            "        _ => return Err(ASTRAY),\n    };\n    Ok(())\n}\n",
        ),
        _ => (
            "/// What touches state.
#[inline(never)]
#[rustfmt::skip]
fn hand<'m, P: Profile>(
    opcode: u8,
    m: &mut Core<'m, '_, P>,
    slots: &mut [u64],
    r: &mut Registers<'m>,
) -> Result<(), Stop> {
    m.hand(m.at(r), r, |m, r| match opcode {",
            "        _ => Err(ASTRAY.into()),\n    })\n}\n",
        ),
    }
}

/// The arm of a row in the function of its shape.
fn outside(model: &Model, op: &Op) -> Vec<[String; 2]> {
    let function = &op.function;
    let trap = if op.facts.may_trap { "?" } else { "" };
    let body = match (&op.meaning, op.params().len()) {
        (Meaning::Do(_), 1) => {
            format!("semantics::{function}(Value::from_bits(a)){trap}.into_bits()")
        }
        (Meaning::Do(_), _) => format!(
            "semantics::{function}(Value::from_bits(a), Value::from_bits(b)){trap}.into_bits()"
        ),
        _ => format!("{function}(m, slots, r)"),
    };
    vec![[pattern(model, op), format!("=> {body},")]]
}

/// The arm of a row behind a prefix.
fn inside(model: &Model, op: &Op) -> Vec<[String; 2]> {
    let body = match &op.meaning {
        Meaning::Do(_) => arm(op),
        _ => format!("check!({}(m, slots, r))", op.function),
    };
    vec![[pattern(model, op), format!("=> {body},")]]
}

/// The name of the function for what follows a prefix.
fn prefixed(prefix: u8) -> String {
    format!("prefix_{prefix:02x}")
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
        let always = |op: &&&Op| op.code.value == byte && !pattern(model, op).contains(" if ");
        rows.iter()
            .any(|op| always(&op) || (op.code.value == byte && Shape::of(model, op) != Shape::Own))
            || prefixes.iter().any(|prefix| u32::from(*prefix) == byte)
    };
    let bytes: Vec<String> = (0..=u32::from(u8::MAX))
        .filter(|byte| !sure(*byte))
        .map(|byte| hex(byte).to_string())
        .collect();
    bytes.join(" | ")
}

/// The code, if profile and build have what the row needs.
fn pattern(model: &Model, op: &Op) -> String {
    let code = match op.code.prefix {
        None => hex(op.code.value).to_string(),
        Some(_) => op.code.value.to_string(),
    };
    let mut conditions = Vec::new();
    let proposal = model.proposal(op.proposal);
    if !proposal.is_base() {
        let proposal = variant(&proposal.key);
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
    vec![[pattern(model, op), format!("=> {},", paid(model, op))]]
}

/// What a row does, and what is paid for it.
fn paid(model: &Model, op: &Op) -> String {
    let body = arm(op);
    match (super::opcode::fuel(model, op), &op.meaning) {
        (0, Meaning::Control(name)) => format!("free!({})", control(name)),
        (0, _) => format!("free!(Ok::<(), Stop>({body}))"),
        (1, _) => body,
        (more, _) => format!("dear!({}, {}, {body})", at(op), more - 1),
    }
}

/// The offset of an instruction of which only the opcode has been read.
fn at(op: &Op) -> &'static str {
    if op.code.prefix.is_some() {
        "at"
    } else {
        "m.at(&r)"
    }
}

fn arm(op: &Op) -> String {
    let function = &op.function;
    match &op.meaning {
        Meaning::Control(name) => format!("check!({})", control(name)),
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
            format!("check!(r.{method}::<P>(m, slots, |{operands}| {body}))")
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

fn control(name: &str) -> String {
    format!("control::{}(m, slots, &mut r)", names::function(name))
}

/// Reads an immediate of a `do` row, or passes over it.
fn read(op: &Op, immediate: &Immediate) -> String {
    let Immediate { name, kind, .. } = immediate;
    if op.facts.names.contains(name) {
        format!("let {name} = check!(r.{kind}()); ")
    } else if is_one_number(*kind) {
        "check!(r.skip()); ".to_string()
    } else {
        format!("check!(r.{kind}()); ")
    }
}

/// Whether an immediate is one number in LEB128, which can be passed over.
fn is_one_number(kind: ImmediateKind) -> bool {
    match kind {
        ImmediateKind::Label
        | ImmediateKind::Local
        | ImmediateKind::Global
        | ImmediateKind::Func
        | ImmediateKind::Type
        | ImmediateKind::Table
        | ImmediateKind::Memory
        | ImmediateKind::Data
        | ImmediateKind::Elem
        | ImmediateKind::Tag
        | ImmediateKind::Field
        | ImmediateKind::Heap
        | ImmediateKind::I32
        | ImmediateKind::I64
        | ImmediateKind::U32 => true,
        ImmediateKind::Labels
        | ImmediateKind::Block
        | ImmediateKind::Catches
        | ImmediateKind::ValTypes
        | ImmediateKind::MemArg
        | ImmediateKind::Atomic
        | ImmediateKind::Lane
        | ImmediateKind::Lanes
        | ImmediateKind::F32
        | ImmediateKind::F64
        | ImmediateKind::V128 => false,
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
fn hand(model: &Model, op: &Op, module: &str, function: &str) -> TokenStream {
    let (name, doc) = (ident(&op.function), format!("`{}`", op.key));
    let (module, function) = (ident(module), ident(&names::function(function)));
    let reads = op.immediates.iter().map(|immediate| {
        let name = ident(&immediate.name);
        match immediate.kind.field() {
            FieldType::Index(rust) => {
                let rust = ident(rust);
                quote! { let #name = #rust(r.index()?); }
            }
            FieldType::ByHand(_) | FieldType::Borrowing(_) | FieldType::Primitive(_) => {
                let read = ident(immediate.kind.word());
                quote! { let #name = r.#read()?; }
            }
        }
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
    let rate = super::opcode::rate(model, op);
    let call = quote! { #module::#function(m #(, #immediates)* #(, #values)* #rate) };
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
        fn #name<'m, P: Profile>(
            m: &mut Core<'m, '_, P>,
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
    let object = item.arguments().first();
    match object.and_then(|argument| op.immediate(argument)) {
        Some(object) if item.is_address() => {
            let (method, x) = (
                ident(&format!("{}_address", object.kind)),
                ident(&object.name),
            );
            quote! { m.#method(#x, value) }
        }
        _ => quote! { value },
    }
}
