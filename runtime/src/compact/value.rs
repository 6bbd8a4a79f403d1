//! Values that go in and out.
//!
//! Slots have no types; the host has. A [`Value`] is given as the bits of its type and read by the
//! type that the function declares. References are numbers that mean something in one store, or to
//! the host. Standard: section 4.2, "Runtime Structure", "Values".

use super::address::FuncAddr;
use crate::exec::slot::Slot;
use crate::types::{Ref, V128, ValType};

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
    /// A vector.
    V128(V128),
    /// A function, or null.
    FuncRef(Option<FuncAddr>),
    /// A number of the host, which is not the largest, or null.
    ExternRef(Option<u32>),
}

impl Value {
    /// As a slot holds it.
    pub(crate) fn into_slot<S: Slot>(self) -> S {
        match self {
            Self::I32(value) => S::hold(value),
            Self::I64(value) => S::hold(value),
            Self::F32(bits) => S::hold(bits),
            Self::F64(bits) => S::hold(bits),
            Self::V128(value) if size_of::<S>() == size_of::<V128>() => S::hold(value),
            // No module has vectors where slots do not hold them.
            Self::V128(_) => S::ZERO,
            Self::FuncRef(func) => S::hold(func.map_or(Ref::NULL, FuncAddr::into_ref)),
            Self::ExternRef(number) => S::hold(number.map_or(Ref::NULL, Ref::from_number)),
        }
    }

    /// What a slot of this type holds.
    pub(crate) fn from_slot<S: Slot>(ty: ValType, slot: S) -> Self {
        match ty {
            ValType::I32 => Self::I32(slot.value()),
            ValType::I64 => Self::I64(slot.value()),
            ValType::F32 => Self::F32(slot.value()),
            ValType::F64 => Self::F64(slot.value()),
            ValType::V128 if size_of::<S>() == size_of::<V128>() => Self::V128(slot.value()),
            ty if ty.is_external() => Self::ExternRef(slot.value::<Ref>().number()),
            _ => Self::FuncRef(FuncAddr::from_ref(slot.value())),
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
    V128, V128, |value| value;
}
