//! The operations of the fast engine: rows and instructions of its own, with their handlers.
//!
//! Forms of a class are expanded here for each row of a tier, and numbered in the order in which
//! their handlers stand. Emits nothing itself; [`super::dispatch`] and [`super::translate`] read
//! it.

use super::fusion::{Pairs, pairs};
use crate::model::{
    EngineInstruction, Form, FormClass, Meaning, MemoryKind, Model, NumberType, Op, OperandClass,
    Place, RegisterClass, ResultClass, Shape, TierId, TypeItem, ValueType, shape,
};
use crate::names::variant;

/// One operation.
pub struct Operation<'m> {
    /// `I32Load8S`, `I32Load8SAny64`, `Move`
    pub variant: String,
    /// Where it comes from.
    pub source: Origin<'m>,
    /// The cell that its forms come from, if it has places.
    pub shape: Option<&'m Shape>,
    /// Its forms, in the order of its handlers.
    pub forms: Vec<Form>,
    /// Name of the static that holds the forms.
    pub class: String,
    /// How many operands it takes in places, or on the stack for a `hand` row.
    pub operands: usize,
    /// The registers of its results, which are all of one class.
    pub result: Option<RegisterClass>,
    /// How many results it has.
    pub results: usize,
    /// It yields a truth value.
    pub truth: bool,
    /// It can trap or call.
    pub placed: bool,
    /// Variant with swapped operands.
    pub swapped: Option<String>,
    /// Variant with the opposite result.
    pub negation: Option<String>,
    /// Variant of one operand that gives the same where the second is zero.
    pub with_zero: Option<String>,
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
    Memory(&'m Op, MemoryKind),
    /// A row with `hand`.
    Hand(&'m Op),
    /// An instruction of the engine's own.
    Engine(&'m EngineInstruction),
}

/// All operations of a tier, in order.
pub fn operations<'m>(model: &'m Model, tier: TierId) -> Vec<Operation<'m>> {
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
    let engine = engine.iter().filter(|own| is_wanted(model, own));
    operations.extend(engine.filter_map(|own| self::engine(own, tier)));
    operations
}

/// Whether there is a row that an instruction of the engine stands for, if it stands for one.
fn is_wanted(model: &Model, own: &EngineInstruction) -> bool {
    let row = own.stands_for.as_ref();
    row.is_none_or(|key| model.op(key).is_some())
}

/// How many handlers a tier is made of, fused ones included.
pub fn handlers(model: &Model, tier: TierId) -> usize {
    let operations = operations(model, tier);
    let own: usize = operations.iter().map(|own| own.forms.len()).sum();
    let fused = pairs(model, tier, &operations);
    own + fused.iter().map(Pairs::count).sum::<usize>()
}

/// Whether a row is a constant: no operands, and no memory.
pub fn is_constant(op: &Op) -> bool {
    op.params().is_empty()
}

/// The class of registers of an operand or result.
pub fn kind(item: &TypeItem) -> RegisterClass {
    match item {
        TypeItem::Value(ValueType::Number(number)) => match number {
            NumberType::F32 => RegisterClass::F32,
            NumberType::F64 => RegisterClass::F64,
            NumberType::V128 => RegisterClass::V128,
            NumberType::I32 | NumberType::I64 => RegisterClass::Int,
        },
        // References and addresses; where an immediate decides, the row has no places.
        TypeItem::Value(ValueType::Reference(_))
        | TypeItem::Reference { .. }
        | TypeItem::AnyReference
        | TypeItem::Function { .. } => RegisterClass::Int,
    }
}

/// The name of a class of registers in the translator.
pub fn register(class: RegisterClass) -> &'static str {
    match class {
        RegisterClass::Int => "RegisterClass::Int",
        RegisterClass::F32 => "RegisterClass::F32",
        RegisterClass::F64 => "RegisterClass::F64",
        RegisterClass::V128 => "RegisterClass::V128",
    }
}

fn row<'m>(model: &'m Model, op: &'m Op, tier: TierId) -> Vec<Operation<'m>> {
    let mut operations: Vec<Operation<'m>> = Vec::new();
    for class in model.forms.classes.iter().filter(|class| fits(class, op)) {
        let (suffix, source) = match class.memory {
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
            results: op.results().len(),
            truth: op.facts.truth,
            placed: op.facts.may_trap,
            swapped,
            negation: op.facts.negation.as_ref().and_then(mirror),
            with_zero: op.facts.with_zero.as_ref().and_then(mirror),
        });
    }
    operations
}

/// What the name of an operation gets behind it that accesses such a memory.
pub fn suffix(kind: MemoryKind) -> &'static str {
    match kind {
        MemoryKind::First32 => "",
        MemoryKind::First64 => "64",
        MemoryKind::Any32 => "Any",
        MemoryKind::Any64 => "Any64",
    }
}

/// The type of such a memory in instructions.
fn memory(kind: MemoryKind) -> &'static str {
    match kind {
        MemoryKind::First32 => "M32",
        MemoryKind::First64 => "M64",
        MemoryKind::Any32 => "Any<u32>",
        MemoryKind::Any64 => "Any<u64>",
    }
}

/// Whether a row belongs to a class.
fn fits(class: &FormClass, op: &Op) -> bool {
    let name = op.key.rsplit('.').next().unwrap_or(&op.key);
    let named = class.rows.is_empty() || class.rows.iter().any(|row| row == name);
    let touches = op.facts.loads || op.facts.stores;
    let mut operands = class.operands.iter().zip(op.params());
    named
        && touches == class.memory.is_some()
        && class.operands.len() == op.params().len()
        && operands.all(|(wanted, item)| takes(*wanted, item))
        && match (class.result, op.results().first()) {
            (Some(wanted), Some(item)) => gives(wanted, op, item),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
}

/// Whether an operand is of a class.
fn takes(class: OperandClass, item: &TypeItem) -> bool {
    match class {
        OperandClass::Any => kind(item) != RegisterClass::V128,
        OperandClass::At => item.is_address(),
        OperandClass::Int => !item.is_address() && kind(item) == RegisterClass::Int,
        OperandClass::F32 => kind(item) == RegisterClass::F32,
        OperandClass::F64 => kind(item) == RegisterClass::F64,
        OperandClass::V128 => kind(item) == RegisterClass::V128,
    }
}

/// Whether the result of a row is of a class.
fn gives(class: ResultClass, op: &Op, item: &TypeItem) -> bool {
    match class {
        ResultClass::Truth => op.facts.truth,
        ResultClass::Any => !op.facts.truth && kind(item) != RegisterClass::V128,
        ResultClass::Int => {
            !op.facts.truth && !item.is_address() && kind(item) == RegisterClass::Int
        }
        ResultClass::F32 => kind(item) == RegisterClass::F32,
        ResultClass::F64 => kind(item) == RegisterClass::F64,
        ResultClass::V128 => kind(item) == RegisterClass::V128,
    }
}

fn hand(op: &Op) -> Operation<'_> {
    Operation {
        variant: op.variant.clone(),
        source: Origin::Hand(op),
        shape: None,
        forms: vec![Form::default()],
        class: "FIXED".to_string(),
        operands: op.params().len(),
        result: op.results().first().map(kind),
        results: op.results().len(),
        truth: false,
        placed: true,
        swapped: None,
        negation: None,
        with_zero: None,
    }
}

fn engine<'m>(own: &'m EngineInstruction, tier: TierId) -> Option<Operation<'m>> {
    let shape = shape(&own.tiers, tier)?;
    let forms = forms(shape, false);
    let fixed = forms.len() == 1 && forms[0].0.is_empty();
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
        result: own.result,
        results: own.result.iter().count(),
        truth: false,
        placed: own.traps,
        swapped: None,
        negation: None,
        with_zero: None,
    })
}

/// All combinations of a shape's places; of two that differ by the order of their operands only
/// one, if they mirror each other.
fn forms(shape: &Shape, mirrored: bool) -> Vec<Form> {
    let mut forms = vec![Form::default()];
    let result = (!shape.result.is_empty()).then_some(&shape.result);
    for places in shape.operands.iter().chain(result) {
        let extended = forms.iter().flat_map(|Form(form)| {
            let longer = |place: &Place| Form([form.as_slice(), &[*place]].concat());
            places.iter().map(longer)
        });
        forms = extended.collect();
    }
    if mirrored {
        forms.retain(|Form(form)| match form.as_slice() {
            [first, second, ..] => rank(*first) <= rank(*second),
            _ => true,
        });
    }
    forms
}

/// Of a form and its mirror image the one is made whose first operand comes first here.
fn rank(place: Place) -> Option<u8> {
    match place {
        Place::Slot => Some(0),
        Place::Accumulator => Some(1),
        Place::Pinned => Some(2),
        Place::SecondPinned => Some(3),
        Place::Immediate => Some(4),
        // Not places of operands.
        Place::Both | Place::Jump | Place::JumpNot | Place::Again | Place::AgainNot => None,
    }
}

/// The type of a handler's instruction.
pub fn instruction(operation: &Operation<'_>, form: &Form) -> String {
    let letters: Vec<&str> = form.0.iter().map(|place| place.word()).collect();
    let name = &operation.variant;
    match operation.source {
        Origin::Hand(_) => format!("CallHand<{name}>"),
        Origin::Engine(own) => {
            let mut letters = letters.into_iter();
            let mut spelt = String::new();
            for part in own.instruction.split_inclusive('_') {
                match part.strip_suffix('_') {
                    Some(before) => {
                        spelt.push_str(before);
                        spelt.push_str(letters.next().unwrap_or_default());
                    }
                    None => spelt.push_str(part),
                }
            }
            spelt
        }
        Origin::Memory(op, kind) => {
            let class = match (op.facts.stores, op.params().len()) {
                (true, _) => "Store",
                (false, 1) => "Load",
                (false, _) => "LoadLane",
            };
            let (row, memory) = (&op.variant, memory(kind));
            format!("{class}<{row}, {memory}, {}>", letters.join(", "))
        }
        Origin::Row(_) => row_instruction(operation, form, &letters),
    }
}

/// The type of an instruction that computes: by the number of its operands, and whether it jumps.
fn row_instruction(operation: &Operation<'_>, form: &Form, letters: &[&str]) -> String {
    let name = &operation.variant;
    let class = match operation.operands {
        1 => "Unary",
        2 => "Binary",
        _ => "Ternary",
    };
    let all = letters.join(", ");
    match form.0.get(operation.operands) {
        Some(to) if to.is_jump() && operation.operands == 2 => format!("Branch<{name}, {all}>"),
        Some(to) if to.is_jump() => format!("Test<{name}, {all}>"),
        Some(_) => format!("{class}<{name}, {all}>"),
        None => String::new(),
    }
}
