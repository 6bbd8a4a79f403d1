//! Values that go in and out.
//!
//! Slots have no types; the host has. A [`Value`] is given as the bits of its type and read by the
//! type that the function declares. References are numbers that mean something in one store, or to
//! the host. Standard: section 4.2, "Runtime Structure", "Values".

use super::address::FuncAddr;
use crate::exec::slot::Value as _;
use crate::types::{Ref, ValType};

/// A value of a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value {
    /// A number of 32 bits.
    I32(i32),
    /// A number of 64 bits.
    I64(i64),
    /// The bits of an `f32`.
    F32(u32),
    /// The bits of an `f64`.
    F64(u64),
    /// A function, or null.
    FuncRef(Option<FuncAddr>),
    /// A number of the host, which is not the largest, or null.
    ExternRef(Option<u32>),
}

impl Value {
    /// As a slot holds it.
    pub(crate) fn into_slot(self) -> u64 {
        match self {
            Self::I32(value) => value.into_slot(),
            Self::I64(value) => value.into_slot(),
            Self::F32(bits) => bits.into_slot(),
            Self::F64(bits) => bits.into_slot(),
            Self::FuncRef(func) => func.map_or(Ref::NULL, FuncAddr::into_ref).into_slot(),
            Self::ExternRef(number) => number.map_or(Ref::NULL, Ref::from_number).into_slot(),
        }
    }

    /// What a slot of this type holds.
    pub(crate) fn from_slot(ty: ValType, slot: u64) -> Self {
        match ty {
            ValType::I32 => Self::I32(i32::from_slot(slot)),
            ValType::I64 => Self::I64(i64::from_slot(slot)),
            ValType::F32 => Self::F32(u32::from_slot(slot)),
            ValType::F64 => Self::F64(u64::from_slot(slot)),
            ty if ty.is_external() => Self::ExternRef(Ref::from_slot(slot).number()),
            _ => Self::FuncRef(FuncAddr::from_ref(Ref::from_slot(slot))),
        }
    }
}

macro_rules! from {
    ($($ty:ty, $variant:ident, |$value:ident| $bits:expr;)*) => {$(
        impl From<$ty> for Value {
            fn from($value: $ty) -> Self {
                Self::$variant($bits)
            }
        }
    )*};
}

from! {
    i32, I32, |value| value;
    u32, I32, |value| value as i32;
    i64, I64, |value| value;
    u64, I64, |value| value as i64;
    f32, F32, |value| value.to_bits();
    f64, F64, |value| value.to_bits();
}
