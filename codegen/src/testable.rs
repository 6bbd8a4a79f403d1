//! Rows that can be tried by themselves: numbers in, numbers out, and at most a memory.
//!
//! Tests of rows, of a vendored runtime and of the project, are made of these: a module of one
//! function that applies the row to its parameters. A row that needs a table, a block or a function
//! is tried by the official scripts instead.

use crate::model::{Immediate, ImmediateKind, NumberType, Op, TypeFunction, TypeItem, ValueType};

/// What it takes to try a row.
pub struct Testable {
    /// Immediates on the wire, the smallest of their kind.
    pub immediates: Vec<u8>,
    /// Types of the operands.
    pub operands: Vec<Number>,
    /// Types of the results.
    pub results: Vec<Number>,
}

/// A number type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
}

/// A row as a testable one; nothing for rows that need more around them.
pub fn testable(op: &Op) -> Option<Testable> {
    let signature = op.signature.as_ref()?;
    if signature.diverges || !op.predicates.is_empty() {
        return None;
    }
    let types = |items: &[TypeItem]| -> Option<Vec<Number>> {
        items.iter().map(|item| number(op, item)).collect()
    };
    let immediates: Option<Vec<Vec<u8>>> = op.immediates.iter().map(bytes).collect();
    Some(Testable {
        immediates: immediates?.concat(),
        operands: types(&signature.params)?,
        results: types(&signature.results)?,
    })
}

impl Number {
    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Number::I32 => "i32",
            Number::I64 => "i64",
            Number::F32 => "f32",
            Number::F64 => "f64",
        }
    }

    /// The bits of a literal: decimal or hexadecimal integers, signed or not, and floats as Rust
    /// writes them; nothing if it is none of this type.
    pub fn bits(self, literal: &str) -> Option<u64> {
        let literal = literal.replace('_', "");
        let integer = || -> Option<i128> {
            let digits = literal.strip_prefix('-').unwrap_or(&literal);
            if !digits.starts_with(|first: char| first.is_ascii_digit()) {
                return None;
            }
            let value = match digits.strip_prefix("0x") {
                Some(digits) => i128::from(u64::from_str_radix(digits, 16).ok()?),
                None => digits.parse().ok()?,
            };
            Some(if digits == literal { value } else { -value })
        };
        match self {
            Number::I32 => {
                let value = integer()?;
                let fits = (i32::MIN.into()..=u32::MAX.into()).contains(&value);
                fits.then_some(u64::from(value as u32))
            }
            Number::I64 => {
                let value = integer()?;
                let fits = (i64::MIN.into()..=u64::MAX.into()).contains(&value);
                fits.then_some(value as u64)
            }
            Number::F32 => literal
                .parse()
                .ok()
                .map(|value: f32| value.to_bits().into()),
            Number::F64 => literal.parse().ok().map(f64::to_bits),
        }
    }
}

/// A number type; addresses are those of a 32-bit memory.
fn number(op: &Op, item: &TypeItem) -> Option<Number> {
    let of_memory = |name: &String| {
        let kind = op.immediate(name).map(|immediate| immediate.kind);
        matches!(kind, Some(ImmediateKind::MemArg | ImmediateKind::Memory))
    };
    match item {
        TypeItem::Value(ValueType::Number(number)) => match number {
            NumberType::I32 => Some(Number::I32),
            NumberType::I64 => Some(Number::I64),
            NumberType::F32 => Some(Number::F32),
            NumberType::F64 => Some(Number::F64),
            NumberType::V128 => None,
        },
        TypeItem::Function {
            function,
            arguments,
        } => match function {
            TypeFunction::At | TypeFunction::MinAt => {
                arguments.iter().all(of_memory).then_some(Number::I32)
            }
            TypeFunction::Local
            | TypeFunction::Global
            | TypeFunction::Elem
            | TypeFunction::Elems
            | TypeFunction::Field
            | TypeFunction::Fields
            | TypeFunction::Params
            | TypeFunction::Results
            | TypeFunction::Return
            | TypeFunction::Label
            | TypeFunction::Tag => None,
        },
        TypeItem::Value(ValueType::Reference(_))
        | TypeItem::Reference { .. }
        | TypeItem::AnyReference => None,
    }
}

/// The smallest immediate of its kind.
fn bytes(immediate: &Immediate) -> Option<Vec<u8>> {
    let natural = immediate.number.unwrap_or(1).trailing_zeros() as u8;
    match immediate.kind {
        ImmediateKind::Memory | ImmediateKind::I32 | ImmediateKind::I64 => Some(vec![0]),
        ImmediateKind::MemArg => Some(vec![natural, 0]),
        ImmediateKind::F32 => Some(vec![0; 4]),
        ImmediateKind::F64 => Some(vec![0; 8]),
        // They name something that the module would have to have, or are no numbers.
        ImmediateKind::Label
        | ImmediateKind::Labels
        | ImmediateKind::Local
        | ImmediateKind::Global
        | ImmediateKind::Func
        | ImmediateKind::Type
        | ImmediateKind::Table
        | ImmediateKind::Data
        | ImmediateKind::Elem
        | ImmediateKind::Tag
        | ImmediateKind::Field
        | ImmediateKind::Block
        | ImmediateKind::Catches
        | ImmediateKind::Heap
        | ImmediateKind::ValTypes
        | ImmediateKind::Atomic
        | ImmediateKind::Lane
        | ImmediateKind::Lanes
        | ImmediateKind::V128
        | ImmediateKind::U32 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Number::{F32, I32, I64};

    #[test]
    fn literals() {
        assert_eq!(I32.bits("-2"), Some(0xFFFF_FFFE));
        assert_eq!(I32.bits("0xFFFF_FFFE"), Some(0xFFFF_FFFE));
        assert_eq!(I32.bits("0x1_0000_0000"), None);
        assert_eq!(I32.bits("-2147483649"), None);
        assert_eq!(I64.bits("-1"), Some(u64::MAX));
        assert_eq!(I64.bits("1.5"), None);
        assert_eq!(F32.bits("1.5"), Some(0x3FC0_0000));
        assert_eq!(F32.bits("-inf"), Some(0xFF80_0000));
        assert_eq!(F32.bits("--"), None);
        assert_eq!(I32.bits("--1"), None);
        assert_eq!(I32.bits("0x-1"), None);
    }
}
