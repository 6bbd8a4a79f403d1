//! Rows that compute, as the tables state them: with numbers and vectors, also in memory.
//!
//! All that is known of an instruction here (bytes, immediates, types, NaNs) comes from its row, so that
//! a new one is compared without a change.

use std::fmt;

use tabwasm_codegen::model::{Code, Immediate, ImmediateKind, NanShape, NumberType, Op, TypeItem};
use tabwasm_codegen::{Tree, diag, disk};
use wasm_encoder::Encode;

use super::guest::Shape;
use super::operands::{self, Values};
use crate::Error;

/// A row.
pub struct Row {
    /// Its key.
    pub key: String,
    code: Code,
    immediates: Vec<Immediate>,
    /// What it takes.
    pub operands: Vec<Operand>,
    /// What it gives; nothing if it stores.
    pub results: Vec<NumberType>,
    /// What of the result may be a NaN of any payload.
    pub nans: Option<NanShape>,
}

/// What an operand is.
#[derive(Clone, Copy, PartialEq)]
pub enum Operand {
    /// A number or a vector.
    Value(NumberType),
    /// Where in memory something is loaded from or stored to.
    Address,
}

/// An instruction: the row with its immediates.
pub struct Instruction {
    /// All its bytes.
    pub bytes: Vec<u8>,
    immediates: Vec<u8>,
}

/// Choices of immediates, where there are too many for all of them.
const CHOICES: usize = 64;

/// All rows that compute.
pub fn all() -> Result<Vec<Row>, Error> {
    let workspace = disk::workspace(env!("CARGO_PKG_NAME"))
        .ok_or("the tables are read from a clone of the project, and this is outside of one")?;
    let tree = Tree::read(&workspace)?;
    let model = tabwasm_codegen::model(&tree)
        .map_err(|report| diag::render(&tree, &report, false).to_string())?;
    Ok(model.ops.iter().filter_map(Row::of).collect())
}

impl Row {
    /// None if it does something else, such as to branch or to grow a memory.
    fn of(op: &Op) -> Option<Self> {
        let signature = op.signature.as_ref()?;
        let operands = signature.params.iter().map(Operand::of);
        let operands: Vec<_> = operands.collect::<Option<_>>()?;
        let results = signature.results.iter().map(TypeItem::number);
        let results: Vec<_> = results.collect::<Option<_>>()?;
        let computes = op.immediates.iter().all(|immediate| {
            use ImmediateKind as Kind;
            let kind = immediate.kind;
            matches!(kind, Kind::I32 | Kind::I64 | Kind::F32 | Kind::F64)
                || matches!(kind, Kind::V128 | Kind::MemArg | Kind::Lane | Kind::Lanes)
        });
        let stores = results.is_empty() && operands.contains(&Operand::Address);
        let row = Self {
            key: op.key.clone(),
            code: op.code,
            immediates: op.immediates.clone(),
            operands,
            results,
            nans: op.nans,
        };
        (computes && (stores || !row.results.is_empty())).then_some(row)
    }

    /// The row with immediates of several kinds: all lanes, and some of everything else.
    pub fn instructions(&self, values: &mut Values) -> Vec<Instruction> {
        let mut choices: Vec<Vec<u8>> = vec![Vec::new()];
        for immediate in &self.immediates {
            let more = immediate_bytes(immediate, values);
            choices = choices
                .iter()
                .flat_map(|before| more.iter().map(move |bytes| [before, &bytes[..]].concat()))
                .collect();
        }
        let choices = choices.into_iter();
        choices
            .map(|immediates| self.instruction(immediates))
            .collect()
    }

    fn instruction(&self, immediates: Vec<u8>) -> Instruction {
        let mut bytes: Vec<u8> = self.code.prefix.into_iter().collect();
        match self.code.prefix {
            None => bytes.push(self.code.value as u8),
            Some(_) => self.code.value.encode(&mut bytes),
        }
        bytes.extend(&immediates);
        Instruction { bytes, immediates }
    }

    /// The shapes in which it is applied to everything.
    pub fn shapes(&self) -> Vec<Shape> {
        let mut shapes = vec![Shape::Stack, Shape::Locals];
        if let [Operand::Value(first), rest @ ..] = &self.operands[..]
            && rest.contains(&Operand::Value(*first))
        {
            shapes.push(Shape::Aliased);
        }
        if self.results == [NumberType::I32] {
            shapes.push(Shape::Condition);
        }
        shapes
    }

    /// The shapes with a constant: for each operand, each of some edge values.
    pub fn constants(&self) -> Vec<Shape> {
        let mut shapes = Vec::new();
        for (place, operand) in self.operands.iter().enumerate() {
            let Operand::Value(number) = operand else {
                continue;
            };
            let edges = operands::edges(*number);
            let step = edges.len().div_ceil(CHOICES);
            let edges = edges.into_iter().step_by(step);
            shapes.extend(edges.map(|value| Shape::Constant { place, value }));
        }
        shapes
    }
}

impl Operand {
    fn of(item: &TypeItem) -> Option<Self> {
        match item.number() {
            Some(number) => Some(Self::Value(number)),
            None => item.is_address().then_some(Self::Address),
        }
    }
}

/// Choices of an immediate.
fn immediate_bytes(immediate: &Immediate, values: &mut Values) -> Vec<Vec<u8>> {
    let number = immediate.number.unwrap_or(1);
    match immediate.kind {
        ImmediateKind::Lane => (0..number as u8).map(|lane| vec![lane]).collect(),
        ImmediateKind::Lanes => (0..CHOICES)
            .map(|_| (0..16).map(|_| values.below(number) as u8).collect())
            .collect(),
        // Aligned, and not.
        ImmediateKind::MemArg => vec![vec![number.trailing_zeros() as u8, 0], vec![0, 1]],
        ImmediateKind::I32 => constants(NumberType::I32, values, |bits, bytes| {
            (bits as i32).encode(bytes);
        }),
        ImmediateKind::I64 => constants(NumberType::I64, values, |bits, bytes| {
            (bits as i64).encode(bytes);
        }),
        ImmediateKind::F32 => constants(NumberType::F32, values, |bits, bytes| {
            bytes.extend((bits as u32).to_le_bytes());
        }),
        ImmediateKind::F64 => constants(NumberType::F64, values, |bits, bytes| {
            bytes.extend((bits as u64).to_le_bytes());
        }),
        ImmediateKind::V128 => constants(NumberType::V128, values, |bits, bytes| {
            bytes.extend(bits.to_le_bytes());
        }),
        kind => unreachable!("no row with an immediate `{kind}` computes"),
    }
}

/// Edge values, and random ones.
fn constants(
    number: NumberType,
    values: &mut Values,
    encode: impl Fn(u128, &mut Vec<u8>),
) -> Vec<Vec<u8>> {
    let mut all = operands::edges(number);
    all.extend((0..CHOICES).map(|_| values.number(number)));
    all.into_iter()
        .map(|bits| {
            let mut bytes = Vec::new();
            encode(bits, &mut bytes);
            bytes
        })
        .collect()
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.immediates.is_empty() {
            return Ok(());
        }
        write!(f, " {:02x?}", self.immediates)
    }
}
