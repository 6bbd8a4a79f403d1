//! Values that can be compared between engines.
//!
//! References are numbers that mean something in one store only, so all that is compared of them is
//! whether they are null; all NaNs count as one, as the standard allows.

use tabwasm::Val;
use tabwasm::compact::Value as Slot;
use tabwasm::types::{HeapType, RefType, ValType};

/// A value; NaN is always the same one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    I32(i32),
    I64(i64),
    /// Bits.
    F32(u32),
    /// Bits.
    F64(u64),
    /// Bits.
    V128(u128),
    /// Whether there is a function.
    Func(bool),
    /// Whether there is something of the host.
    Extern(bool),
}

impl Value {
    /// A value of a type, if there is one that a host can make.
    pub(crate) fn any(ty: ValType, seed: u64) -> Option<Self> {
        let number = integer(seed);
        Some(match ty {
            ValType::I32 => Self::I32(number as i32),
            ValType::I64 => Self::I64(number),
            ValType::F32 => Self::f32(float(number).to_bits() as u32),
            ValType::F64 => Self::f64(float(number).to_bits()),
            ValType::V128 => Self::V128(u128::from(number as u64) << 64 | u128::from(seed)),
            ty if ty.is_defaultable() => Self::null(ty),
            _ => return None,
        })
    }

    /// Zero or null.
    pub(crate) fn zero(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32(0),
            ValType::I64 => Self::I64(0),
            ValType::F32 => Self::F32(0),
            ValType::F64 => Self::F64(0),
            ValType::V128 => Self::V128(0),
            ty => Self::null(ty),
        }
    }

    fn null(ty: ValType) -> Self {
        match ty.as_ref_type().map(RefType::heap) {
            Some(HeapType::Extern | HeapType::NoExtern) => Self::Extern(false),
            _ => Self::Func(false),
        }
    }

    fn f32(bits: u32) -> Self {
        let nan = f32::from_bits(bits).is_nan();
        Self::F32(if nan { f32::NAN.to_bits() } else { bits })
    }

    fn f64(bits: u64) -> Self {
        let nan = f64::from_bits(bits).is_nan();
        Self::F64(if nan { f64::NAN.to_bits() } else { bits })
    }
}

/// Numbers of the kind at which mistakes are made.
fn integer(seed: u64) -> i64 {
    let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = mixed ^ mixed >> 29;
    match mixed % 8 {
        0..4 => (mixed >> 8) as i64 % 40,
        4 => i64::from((mixed >> 8) as i32),
        5 => 1 << ((mixed >> 8) % 64),
        6 => [i64::MIN, i64::MAX, i32::MIN.into(), i32::MAX.into()][(mixed >> 8) as usize % 4],
        _ => mixed as i64,
    }
}

fn float(number: i64) -> f64 {
    number as f64 / 8.0
}

impl From<Value> for Val {
    fn from(value: Value) -> Self {
        match value {
            Value::I32(value) => Self::I32(value),
            Value::I64(value) => Self::I64(value),
            Value::F32(bits) => Self::F32(bits),
            Value::F64(bits) => Self::F64(bits),
            Value::V128(bits) => Self::V128(bits.into()),
            Value::Func(_) => Self::FuncRef(None),
            Value::Extern(_) => Self::ExternRef(None),
        }
    }
}

impl From<Val> for Value {
    fn from(val: Val) -> Self {
        match val {
            Val::I32(value) => Self::I32(value),
            Val::I64(value) => Self::I64(value),
            Val::F32(bits) => Self::f32(bits),
            Val::F64(bits) => Self::f64(bits),
            Val::V128(value) => Self::V128(value.as_u128()),
            Val::FuncRef(func) => Self::Func(func.is_some()),
            Val::ExternRef(reference) => Self::Extern(reference.is_some()),
            val => unreachable!("no module of both engines has {val:?}"),
        }
    }
}

impl From<Value> for Slot {
    fn from(value: Value) -> Self {
        match value {
            Value::I32(value) => Self::I32(value),
            Value::I64(value) => Self::I64(value),
            Value::F32(bits) => Self::F32(bits),
            Value::F64(bits) => Self::F64(bits),
            Value::V128(bits) => Self::V128(bits.into()),
            Value::Func(_) => Self::FuncRef(None),
            Value::Extern(_) => Self::ExternRef(None),
        }
    }
}

impl From<Slot> for Value {
    fn from(slot: Slot) -> Self {
        match slot {
            Slot::I32(value) => Self::I32(value),
            Slot::I64(value) => Self::I64(value),
            Slot::F32(bits) => Self::f32(bits),
            Slot::F64(bits) => Self::f64(bits),
            Slot::V128(value) => Self::V128(value.as_u128()),
            Slot::FuncRef(func) => Self::Func(func.is_some()),
            Slot::ExternRef(number) => Self::Extern(number.is_some()),
        }
    }
}
