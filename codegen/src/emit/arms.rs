//! `woven/arms.rs`: the arms of the compact engine.
//!
//! The loop, what it pays, and the words that arms are written in stand in
//! `runtime/src/compact/interpreter.rs`. A row with `do` is one line that applies its function of
//! `semantics.rs` to the slots; a row with `control` calls the function of its name in
//! `runtime/src/compact/control.rs`; a row with `hand` gets a function that reads immediates and
//! operands and calls the one that all engines share. Behind a prefix, rows that reach their operands
//! in the same way do so once for all.

mod row;

use self::row::{apart, arm, called, control, hand, is_apart};
use super::Source;
use super::decode::hex;
use super::source::aligned;
use crate::model::{ImmediateKind, Meaning, Model, NumberType, Op, TypeItem};
use crate::names::{constant, ident, variant};
use proc_macro2::TokenStream;
use quote::quote;

/// The file.
pub fn emit(model: &Model) -> Source {
    let mut source = Source::new(
        "spec/instructions/",
        "The arms of the compact engine: what each opcode does, in place.",
    );
    source.item(imports(model));
    let mut prefixes: Vec<u8> = model.ops.iter().filter_map(|op| op.code.prefix).collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    let without_prefix: Vec<&Op> = behind(model, None).collect();
    let doc = "What each opcode does in the loop, or where that stands.";
    let lines = of_loop(model, &without_prefix, &prefixes);
    arms_of(&mut source, doc, "arms", "$opcode, $m, $slots, $r", lines);
    for shape in [Shape::Load, Shape::Store, Shape::Unary, Shape::Binary] {
        let kin = kin(model, shape, &without_prefix);
        let arms: Vec<Vec<String>> = kin.iter().map(|op| outside(model, shape, op)).collect();
        let mut lines = aligned(&arms);
        lines.push("_ => return Err(ASTRAY),".to_string());
        let (doc, name, arguments) = shape.apart();
        arms_of(&mut source, doc, name, arguments, lines);
    }
    let (computing, mixed): (Vec<u8>, Vec<u8>) = prefixes
        .iter()
        .partition(|prefix| computes(model, **prefix));
    let lines = of_hands(model, &without_prefix, &mixed);
    let (doc, name, arguments) = Shape::Hand.apart();
    arms_of(&mut source, doc, name, arguments, lines);
    let lines = of_hands(model, &[], &computing);
    let doc = "What follows a prefix behind which all rows only compute, load and store.";
    arms_of(&mut source, doc, "computations", arguments, lines);
    for op in &model.ops {
        if let Meaning::Hand { module, function } = &op.meaning {
            source.item(hand(model, op, module, function));
        } else if is_apart(op) {
            source.item(apart(op));
        }
    }
    source
}

/// A macro that matches its first argument by these arms.
fn arms_of(source: &mut Source, doc: &str, name: &str, arguments: &str, lines: Vec<String>) {
    let arguments: Vec<&str> = arguments.split(", ").collect();
    source.line(&format!(
        "/// {doc}\n#[rustfmt::skip]\nmacro_rules! {name} {{\n    ({}:ident) => {{\n        match {} {{",
        arguments.join(":ident, "),
        arguments[0]
    ));
    for line in lines {
        source.line(&format!("            {line}"));
    }
    source.line("        }\n    };\n}\n");
    source.line(&format!("pub(crate) use {name};\n"));
}

/// The arms of the loop.
fn of_loop(model: &Model, without_prefix: &[&Op], prefixes: &[u8]) -> Vec<String> {
    let (mut lines, mut arms) = (Vec::new(), Vec::new());
    for op in without_prefix {
        let shape = Shape::of(model, op);
        match kin(model, shape, without_prefix).as_slice() {
            [] => arms.push(vec![pattern(model, op), format!("=> {},", paid(model, op))]),
            [first, ..] if first.key != op.key || shape == Shape::Hand => {}
            kin => {
                lines.extend(aligned(&std::mem::take(&mut arms)));
                let codes: Vec<String> = kin.iter().map(|op| byte(op.code.value)).collect();
                lines.extend(alternatives(&codes, &format!("=> {}!(),", shape.word())));
            }
        }
    }
    lines.extend(aligned(&arms));
    let hands = kin(model, Shape::Hand, without_prefix);
    let mut codes: Vec<String> = hands.iter().map(|op| byte(op.code.value)).collect();
    let mut computing = Vec::new();
    for prefix in prefixes {
        let ahead = ahead(model, *prefix);
        if ahead.is_empty() {
            let codes = match computes(model, *prefix) {
                true => &mut computing,
                false => &mut codes,
            };
            codes.push(byte((*prefix).into()));
        }
        lines.extend(ahead);
    }
    for (codes, word) in [(codes, Shape::Hand.word()), (computing, COMPUTATION)] {
        if !codes.is_empty() {
            lines.extend(alternatives(&codes, &format!("=> {word}!(),")));
        }
    }
    let others = others(model, without_prefix, prefixes);
    lines.extend(alternatives(&others, "=> astray!(),"));
    lines
}

/// The arm of a prefix behind which rows cost more or less than one; nothing for others.
fn ahead(model: &Model, prefix: u8) -> Vec<String> {
    let own = behind(model, Some(prefix)).filter(|op| stays(model, op));
    let arms: Vec<Vec<String>> = own
        .map(|op| {
            let body = format!("=> {{ $r = own; {} }},", paid(model, op));
            vec![pattern(model, op), body]
        })
        .collect();
    if arms.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!("{} => ahead!(at, own, {{", byte(prefix.into()))];
    lines.extend(aligned(&arms).iter().map(|line| format!("    {line}")));
    let word = match computes(model, prefix) {
        true => COMPUTATION,
        false => Shape::Hand.word(),
    };
    lines.push(format!("    _ => {word}!(),"));
    lines.push("}),".to_string());
    lines
}

/// The word for rows behind a prefix that [`computes`], in the arms of the loop.
const COMPUTATION: &str = "computation";

/// Whether all rows behind a prefix only compute, load and store: they need nothing of what rows
/// with `hand` need.
fn computes(model: &Model, prefix: u8) -> bool {
    behind(model, Some(prefix)).all(|op| matches!(op.meaning, Meaning::Do(_)))
}

/// Whether a row behind a prefix stays in the loop, which pays for it or goes on elsewhere.
fn stays(model: &Model, op: &Op) -> bool {
    super::opcode::fuel(model, op) != 1 || matches!(op.meaning, Meaning::Control(_))
}

/// The arms of what touches state, and of what follows a prefix.
fn of_hands(model: &Model, without_prefix: &[&Op], prefixes: &[u8]) -> Vec<String> {
    let hands = kin(model, Shape::Hand, without_prefix);
    let arms: Vec<Vec<String>> = hands.iter().map(|op| inside(model, op)).collect();
    let mut lines = aligned(&arms);
    for prefix in prefixes {
        let rows: Vec<&Op> = behind(model, Some(*prefix))
            .filter(|op| !stays(model, op))
            .collect();
        lines.push(format!(
            "{}{} => match $r.index()? {{",
            byte((*prefix).into()),
            match computes(model, *prefix) {
                true => any_of(model, &rows),
                false => String::new(),
            }
        ));
        let mut own: Vec<&Op> = Vec::new();
        let groups = [None].into_iter().chain(Group::ALL.map(Some));
        for group in groups {
            let rows = rows.iter().copied().filter(|op| Group::of(op) == group);
            let rows: Vec<&Op> = rows.collect();
            match (group, rows.len()) {
                (Some(group), 2..) => {
                    let shared = shared(model, group, &rows);
                    lines.extend(shared.iter().map(|line| format!("    {line}")));
                }
                _ => own.extend(rows),
            }
        }
        let arms: Vec<Vec<String>> = own.iter().map(|op| inside(model, op)).collect();
        lines.extend(aligned(&arms).iter().map(|line| format!("    {line}")));
        lines.push("    _ => return Err(ASTRAY.into()),".to_string());
        lines.push("},".to_string());
    }
    lines.push("_ => return Err(ASTRAY.into()),".to_string());
    lines
}

/// What rows behind a prefix reach in the same way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    /// Memory, by an address.
    Load,
    Store,
    /// Memory and one lane of a vector.
    LoadLane,
    StoreLane,
    /// Operands, of which a result takes the place.
    Unary,
    Binary,
    Ternary,
}

impl Group {
    const ALL: [Self; 7] = [
        Self::Load,
        Self::Store,
        Self::LoadLane,
        Self::StoreLane,
        Self::Unary,
        Self::Binary,
        Self::Ternary,
    ];

    /// That of a row, if it shares something.
    fn of(op: &Op) -> Option<Self> {
        if !matches!(op.meaning, Meaning::Do(_)) {
            return None;
        }
        if is_access(op) {
            let kinds: Vec<ImmediateKind> = op.immediates.iter().map(|it| it.kind).collect();
            let gives = !op.results().is_empty();
            return Some(match (kinds.as_slice(), gives) {
                ([_, ImmediateKind::Lane], true) => Self::LoadLane,
                ([_, ImmediateKind::Lane], false) => Self::StoreLane,
                (_, true) => Self::Load,
                (_, false) => Self::Store,
            });
        }
        match (op.immediates.as_slice(), op.params().len()) {
            ([], 1) => Some(Self::Unary),
            ([], 2) => Some(Self::Binary),
            ([], 3) => Some(Self::Ternary),
            _ => None,
        }
    }

    /// The method of the registers that reaches it, and what that gives to a row.
    fn access(self) -> (&'static str, &'static str) {
        match self {
            Self::Load => ("load::<P>($m, ", "m, a"),
            Self::Store => ("store::<P>($m, ", "m, a, b"),
            Self::LoadLane => ("load_lane::<P>($m, ", "m, l, a, b"),
            Self::StoreLane => ("store_lane::<P>($m, ", "m, l, a, b"),
            Self::Unary => ("replace(", "[a]"),
            Self::Binary => ("replace(", "[a, b]"),
            Self::Ternary => ("replace(", "[a, b, c]"),
        }
    }

    /// What a row does with it, as a result that may be a trap.
    fn does(self, op: &Op) -> String {
        let function = &op.function;
        let call = |arguments: &str| called(op, arguments);
        match self {
            Self::Load => format!("Ok(Slot::hold({}))", call("m, a")),
            Self::Store => format!("semantics::{function}(m, a, b.value())"),
            Self::LoadLane => format!("Ok(Slot::hold({}))", call("m, l, a, b.value()")),
            Self::StoreLane => format!("semantics::{function}(m, l, a, b.value())"),
            Self::Unary => format!("Ok(Slot::hold({}))", call("a.value()")),
            Self::Binary => format!("Ok(Slot::hold({}))", call("a.value(), b.value()")),
            Self::Ternary => format!(
                "Ok(Slot::hold({}))",
                call("a.value(), b.value(), c.value()")
            ),
        }
    }
}

/// The arm of rows behind a prefix that share the access to their operands.
fn shared(model: &Model, group: Group, rows: &[&Op]) -> Vec<String> {
    let last = rows.len().saturating_sub(1);
    let codes: Vec<String> = (0..)
        .zip(rows)
        .map(|(place, op)| {
            let open = if place == 0 { "number @ (" } else { "" };
            let close = if place == last { ")" } else { "" };
            format!("{open}{}{close}", op.code.value)
        })
        .collect();
    let (method, given) = group.access();
    let body = format!("=> check!($r.{method}$slots, |{given}| match number {{");
    let mut lines = alternatives(&codes, &body);
    let arms = rows.iter().map(|op| {
        let body = format!("=> {},", group.does(op));
        vec![pattern(model, op), body]
    });
    let arms: Vec<Vec<String>> = arms.collect();
    lines.extend(aligned(&arms).iter().map(|line| format!("    {line}")));
    lines.push("    _ => Err(ASTRAY),".to_string());
    lines.push("})),".to_string());
    lines
}

/// The condition of a prefix: that the profile has a proposal of one of its rows.
fn any_of(model: &Model, rows: &[&Op]) -> String {
    let mut proposals: Vec<String> = Vec::new();
    for op in rows {
        match of_proposal(model, op) {
            None => return String::new(),
            Some(condition) if !proposals.contains(&condition) => proposals.push(condition),
            Some(_) => {}
        }
    }
    match proposals.is_empty() {
        true => String::new(),
        false => format!(" if {}", proposals.join(" || ")),
    }
}

fn byte(value: u32) -> String {
    hex(value).to_string()
}

fn imports(model: &Model) -> TokenStream {
    let mut modules: Vec<&str> = Vec::new();
    for op in &model.ops {
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
        use crate::compact::state::State;
        use crate::compact::registers::Registers;
        use crate::exec::machine::Stop;
        use crate::exec::slot::{Slot, Value};
        use crate::exec::{#(#modules),*};
        use crate::generated::woven::semantics;
        use crate::profile::Profile;
        #rate
        use crate::types::*;
    }
}

/// The rows behind a prefix, or without one.
fn behind(model: &Model, prefix: Option<u8>) -> impl Iterator<Item = &Op> {
    model.ops.iter().filter(move |op| op.code.prefix == prefix)
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
    /// The arms of its rows outside of the loop: what they do, their macro, and its arguments.
    fn apart(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Load => ("Loads from the address `a`.", "loads", "$opcode, $m, $a"),
            Self::Store => (
                "Stores of `b` to the address `a`.",
                "stores",
                "$opcode, $m, $a, $b",
            ),
            Self::Unary => (
                "Computations with one operand, but for those on `i32` alone.",
                "unaries",
                "$opcode, $a",
            ),
            Self::Binary => (
                "Computations with two operands, but for those on `i32` alone.",
                "binaries",
                "$opcode, $a, $b",
            ),
            Self::Own | Self::Hand => (
                "What touches state, and what follows a prefix.",
                "hands",
                "$opcode, $m, $slots, $r",
            ),
        }
    }

    /// The word for what its rows have in common, in the arms of the loop.
    fn word(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Store => "store",
            Self::Unary => "unary",
            Self::Binary => "binary",
            Self::Own | Self::Hand => "hand",
        }
    }

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

/// An arm of many codes, sixteen a line.
fn alternatives(codes: &[String], body: &str) -> Vec<String> {
    let rows: Vec<String> = codes.chunks(16).map(|row| row.join(" | ")).collect();
    let last = rows.len().saturating_sub(1);
    let line = |(place, row): (usize, String)| {
        let bar = if place > 0 { "    | " } else { "" };
        let body = if place == last { body } else { "" };
        format!("{bar}{row} {body}").trim_end().to_string()
    };
    rows.into_iter().enumerate().map(line).collect()
}

/// The arm of a row apart from the loop.
fn outside(model: &Model, shape: Shape, op: &Op) -> Vec<String> {
    let function = &op.function;
    let (a, b) = ("$a.value()", "$b.value()");
    let body = match shape {
        Shape::Load => format!("Slot::hold(semantics::{function}($m, $a)?)"),
        Shape::Store => format!("semantics::{function}($m, $a, {b})"),
        Shape::Unary => format!("Slot::hold({})", called(op, a)),
        Shape::Binary => format!("Slot::hold({})", called(op, &format!("{a}, {b}"))),
        Shape::Own | Shape::Hand => format!("{function}($m, $slots, $r)"),
    };
    vec![pattern(model, op), format!("=> {body},")]
}

/// The arm of a row behind a prefix.
fn inside(model: &Model, op: &Op) -> Vec<String> {
    let body = match &op.meaning {
        Meaning::Do(_) => arm(op),
        Meaning::Hand { .. } | Meaning::Control(_) => {
            format!("check!({}($m, $slots, $r))", op.function)
        }
    };
    vec![pattern(model, op), format!("=> {body},")]
}

/// All bytes that are no opcode, or not always, so that no others are left.
fn others(model: &Model, rows: &[&Op], prefixes: &[u8]) -> Vec<String> {
    let sure = |byte: u32| {
        let always = |op: &&&Op| op.code.value == byte && !pattern(model, op).contains(" if ");
        rows.iter()
            .any(|op| always(&op) || (op.code.value == byte && Shape::of(model, op) != Shape::Own))
            || prefixes.iter().any(|prefix| u32::from(*prefix) == byte)
    };
    (0..=u32::from(u8::MAX))
        .filter(|byte| !sure(*byte))
        .map(|byte| hex(byte).to_string())
        .collect()
}

/// The code, if profile and build have what the row needs.
fn pattern(model: &Model, op: &Op) -> String {
    let code = match op.code.prefix {
        None => hex(op.code.value).to_string(),
        Some(_) => op.code.value.to_string(),
    };
    match condition(model, op) {
        condition if condition.is_empty() => code,
        condition => format!("{code} if {condition}"),
    }
}

/// That profile and build have what the row needs, if it needs anything.
fn condition(model: &Model, op: &Op) -> String {
    let need = op.needs.as_ref();
    let need = need.map(|need| format!("capability::{}", constant(need)));
    let conditions: Vec<String> = of_proposal(model, op).into_iter().chain(need).collect();
    conditions.join(" && ")
}

/// That the profile has the row's proposal, if it may not.
fn of_proposal(model: &Model, op: &Op) -> Option<String> {
    let proposal = model.proposal(op.proposal);
    let name = variant(&proposal.key);
    (!proposal.is_base()).then(|| format!("P::PROPOSALS.contains(Proposal::{name})"))
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
        "$m.at(&$r)"
    }
}
