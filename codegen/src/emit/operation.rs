//! The operations of the fast engine: rows and instructions of its own, with their handlers.
//!
//! Emits nothing itself; [`super::dispatch`] and [`super::translate`] read it.

use crate::model::{EngineInstruction, FormClass, Meaning, Model, Op, Shape, TypeItem, shape};
use crate::names::variant;

/// One operation.
pub struct Operation<'m> {
    /// `I32Load8S`, `I32Load8SAny64`, `Move`
    pub variant: String,
    /// Where it comes from.
    pub source: Origin<'m>,
    /// The cell that its forms come from, if it has places.
    pub shape: Option<&'m Shape>,
    /// Its forms, as strings of letters, in the order of its handlers.
    pub forms: Vec<String>,
    /// Name of the static that holds the forms.
    pub class: String,
    /// How many operands it takes in places, or on the stack for a `hand` row.
    pub operands: usize,
    /// `Int`, `F32`, `F64`
    pub result: Option<&'static str>,
    /// It yields a truth value.
    pub truth: bool,
    /// It can trap or call.
    pub placed: bool,
    /// Variant with swapped operands.
    pub swapped: Option<String>,
    /// Variant with the opposite result.
    pub negation: Option<String>,
}

impl Operation<'_> {
    /// Key of the row that it comes from.
    pub fn key(&self) -> &str {
        match self.source {
            Origin::Row(op) | Origin::Memory(op, _) | Origin::Hand(op) => &op.key,
            Origin::Engine(own) => &own.key,
        }
    }
}

/// Where an operation comes from.
#[derive(Clone, Copy)]
pub enum Origin<'m> {
    /// A row with `do`; its operands are in places.
    Row(&'m Op),
    /// A row with `do` that accesses a memory of a kind.
    Memory(&'m Op, &'m str),
    /// A row with `hand`.
    Hand(&'m Op),
    /// An instruction of the engine's own.
    Engine(&'m EngineInstruction),
}

/// Kinds of memory, with what the operation's name gets and the type in instructions.
pub const MEMORIES: [(&str, &str, &str); 4] = [
    ("32", "", "M32"),
    ("64", "64", "M64"),
    ("any", "Any", "Any<u32>"),
    ("any 64", "Any64", "Any<u64>"),
];

/// All operations of a tier, in order.
pub fn operations<'m>(model: &'m Model, tier: &str) -> Vec<Operation<'m>> {
    let mut operations = Vec::new();
    for op in &model.ops {
        match &op.meaning {
            Meaning::Do(_) if is_constant(op) => {}
            Meaning::Do(_) => operations.extend(row(model, op, tier)),
            Meaning::Hand { .. } => operations.push(hand(op)),
            Meaning::Control(_) => {}
        }
    }
    let engine = &model.forms.engine;
    operations.extend(engine.iter().filter_map(|own| self::engine(own, tier)));
    operations
}

/// How many handlers a tier is made of, fused ones included.
pub fn handlers(model: &Model, tier: &str) -> usize {
    let own: usize = operations(model, tier)
        .iter()
        .map(|operation| operation.forms.len())
        .sum();
    own + model.forms.fusions.len()
}

/// Whether a row is a constant: no operands, and no memory.
pub fn is_constant(op: &Op) -> bool {
    op.params().is_empty()
}

/// The class of registers of an operand or result.
pub fn kind(item: &TypeItem) -> &'static str {
    match item.rust() {
        Some("f32") => "F32",
        Some("f64") => "F64",
        _ => "Int",
    }
}

fn row<'m>(model: &'m Model, op: &'m Op, tier: &str) -> Vec<Operation<'m>> {
    let mut operations: Vec<Operation<'m>> = Vec::new();
    for class in model.forms.classes.iter().filter(|class| fits(class, op)) {
        let kind = class.memory.as_deref();
        let (suffix, source) = match kind {
            None => ("", Origin::Row(op)),
            Some(kind) => (suffix(kind), Origin::Memory(op, kind)),
        };
        let variant = format!("{}{suffix}", op.variant);
        let taken = operations
            .iter()
            .any(|operation| operation.variant == variant);
        let Some(shape) = shape(&class.tiers, tier).filter(|_| !taken) else {
            continue;
        };
        let mirror = |key: &String| model.op(key).map(|op| op.variant.clone());
        let swapped = match op.commutes {
            true => Some(op.variant.clone()),
            false => op.facts.swapped.as_ref().and_then(mirror),
        };
        let mut name = class.key.to_uppercase();
        if swapped.is_some() {
            name.push_str("_MIRRORED");
        }
        operations.push(Operation {
            variant,
            source,
            shape: Some(shape),
            forms: forms(shape, swapped.is_some()),
            class: name,
            operands: shape.operands.len(),
            result: op.results().first().map(self::kind),
            truth: op.facts.truth,
            placed: op.facts.may_trap,
            swapped,
            negation: op.facts.negation.as_ref().and_then(mirror),
        });
    }
    operations
}

fn suffix(kind: &str) -> &'static str {
    MEMORIES
        .iter()
        .find(|(key, _, _)| *key == kind)
        .map_or("", |(_, suffix, _)| suffix)
}

/// Whether a row belongs to a class.
fn fits(class: &FormClass, op: &Op) -> bool {
    let name = op.key.rsplit('.').next().unwrap_or(&op.key);
    let named = class.rows.is_empty() || class.rows.iter().any(|row| row == name);
    let touches = op.facts.loads || op.facts.stores;
    let result = match (op.facts.truth, op.results().first()) {
        (true, _) => Some("truth"),
        (false, item) => item.map(kind_key),
    };
    let alike = |wanted: &str, got: &str| wanted == got || wanted == "any" && got != "truth";
    named
        && touches == class.memory.is_some()
        && class.operands.len() == op.params().len()
        && class
            .operands
            .iter()
            .zip(op.params())
            .all(|(wanted, item)| alike(wanted, kind_key(item)))
        && match (&class.result, result) {
            (Some(wanted), Some(got)) => alike(wanted, got),
            (None, None) => true,
            _ => false,
        }
}

fn kind_key(item: &TypeItem) -> &'static str {
    match (item, item.rust()) {
        (TypeItem::Function { name, .. }, _) if name == "at" => "at",
        (_, Some("f32")) => "f32",
        (_, Some("f64")) => "f64",
        _ => "int",
    }
}

fn hand(op: &Op) -> Operation<'_> {
    Operation {
        variant: op.variant.clone(),
        source: Origin::Hand(op),
        shape: None,
        forms: vec![String::new()],
        class: "FIXED".to_string(),
        operands: op.params().len(),
        result: op.results().first().map(kind),
        truth: false,
        placed: true,
        swapped: None,
        negation: None,
    }
}

fn engine<'m>(own: &'m EngineInstruction, tier: &str) -> Option<Operation<'m>> {
    let shape = shape(&own.tiers, tier)?;
    let forms = forms(shape, false);
    let fixed = forms.len() == 1 && forms[0].is_empty();
    Some(Operation {
        variant: variant(&own.key),
        source: Origin::Engine(own),
        shape: Some(shape),
        forms,
        class: if fixed {
            "FIXED".to_string()
        } else {
            own.key.to_uppercase()
        },
        operands: shape.operands.len(),
        result: own.result.as_deref().map(|result| match result {
            "f32" => "F32",
            "f64" => "F64",
            _ => "Int",
        }),
        truth: false,
        placed: own.traps,
        swapped: None,
        negation: None,
    })
}

/// All combinations of a shape's letters; of two that differ by the order of their operands only
/// one, if they mirror each other.
fn forms(shape: &Shape, mirrored: bool) -> Vec<String> {
    let mut forms = vec![String::new()];
    let result = (!shape.result.is_empty()).then_some(&shape.result);
    for letters in shape.operands.iter().chain(result) {
        let extended = forms
            .iter()
            .flat_map(|form| letters.chars().map(move |l| format!("{form}{l}")));
        forms = extended.collect();
    }
    let rank = |form: &String, at: usize| "SAPQI".find(form.chars().nth(at).unwrap_or('S'));
    if mirrored {
        forms.retain(|form| rank(form, 0) <= rank(form, 1));
    }
    forms
}

/// The type of a handler's instruction.
pub fn instruction(operation: &Operation<'_>, form: &str) -> String {
    let letters: Vec<String> = form.chars().map(String::from).collect();
    let (operands, to) = letters.split_at(operation.operands.min(letters.len()));
    let name = &operation.variant;
    match operation.source {
        Origin::Hand(_) => format!("CallHand<{name}>"),
        Origin::Engine(own) => {
            let mut letters = letters.into_iter();
            let mut spelt = String::new();
            for part in own.instruction.split_inclusive('_') {
                match part.strip_suffix('_') {
                    Some(before) => {
                        spelt.push_str(&(before.to_string() + &letters.next().unwrap_or_default()))
                    }
                    None => spelt.push_str(part),
                }
            }
            spelt
        }
        Origin::Memory(op, kind) => {
            let memory = MEMORIES
                .iter()
                .find(|(key, _, _)| *key == kind)
                .map_or("", |found| found.2);
            let class = if op.facts.stores { "Store" } else { "Load" };
            format!("{class}<{}, {memory}, {}>", op.variant, letters.join(", "))
        }
        Origin::Row(_) => {
            let operands = operands.join(", ");
            let two = operation.operands == 2;
            match (two, to.first().map(String::as_str)) {
                (true, Some("J")) => format!("Branch<{name}, {operands}>"),
                (true, Some("N")) => format!("BranchNot<{name}, {operands}>"),
                (true, Some(to)) => format!("Binary<{name}, {operands}, {to}>"),
                (false, Some("J")) => format!("Test<{name}, {operands}>"),
                (false, Some("N")) => format!("TestNot<{name}, {operands}>"),
                (false, Some(to)) => format!("Unary<{name}, {operands}, {to}>"),
                (_, None) => String::new(),
            }
        }
    }
}
