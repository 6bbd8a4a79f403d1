//! Types of Rust that stand for types of the guest, without a store.
//!
//! Typed functions of the host and typed calls convert through [`Value`], the value type of the
//! compact engine, because this must work without an allocator. The traits of the full runtime
//! (`WasmTy`) write to slots of a store instead.

use crate::compact::{FuncAddr, Value};
use crate::spec::Trap;
use crate::types::{V128, ValType};

/// A type of Rust that stands for a type of the guest: `i32 u32 i64 u64 f32 f64`, [`V128`]; in the
/// compact engine also functions and the host's numbers for external values, or null.
pub trait Number: Copy {
    /// The guest's type.
    const TYPE: ValType;

    /// The value, if it is of this type.
    fn from_value(value: Value) -> Option<Self>;

    /// As a value of this type.
    fn into_value(self) -> Value;
}

macro_rules! numbers {
    ($($ty:ty = $wasm:ident $variant:ident, |$value:ident| $from:expr, |$own:ident| $into:expr;)*) => {$(
        impl Number for $ty {
            const TYPE: ValType = ValType::$wasm;

            #[inline]
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant($value) => Some($from),
                    _ => None,
                }
            }

            #[inline]
            fn into_value(self) -> Value {
                let $own = self;
                Value::$variant($into)
            }
        }
    )*};
}

numbers! {
    i32 = I32 I32, |value| value, |own| own;
    u32 = I32 I32, |value| value as u32, |own| own as i32;
    i64 = I64 I64, |value| value, |own| own;
    u64 = I64 I64, |value| value as u64, |own| own as i64;
    f32 = F32 F32, |value| f32::from_bits(value), |own| own.to_bits();
    f64 = F64 F64, |value| f64::from_bits(value), |own| own.to_bits();
    V128 = V128 V128, |value| value, |own| own;
    Option<FuncAddr> = FUNCREF FuncRef, |value| value, |own| own;
    Option<u32> = EXTERNREF ExternRef, |value| value, |own| own;
}

/// Results of a function: nothing, one value, or a tuple.
pub trait Results: Sized {
    /// The guest's types.
    const TYPES: &'static [ValType];

    /// The values, if they are of these types.
    fn from_values(values: &mut dyn Iterator<Item = Value>) -> Option<Self>;

    /// Writes the values to the front of a list.
    fn into_values(self, to: &mut [Value]);
}

impl<T: Number> Results for T {
    const TYPES: &'static [ValType] = &[T::TYPE];

    fn from_values(values: &mut dyn Iterator<Item = Value>) -> Option<Self> {
        T::from_value(values.next()?)
    }

    fn into_values(self, to: &mut [Value]) {
        if let Some(to) = to.first_mut() {
            *to = self.into_value();
        }
    }
}

macro_rules! tuples {
    ($(($($name:ident)*))*) => {$(
        impl<$($name: Number),*> Results for ($($name,)*) {
            const TYPES: &'static [ValType] = &[$($name::TYPE),*];

            #[allow(unused_variables)]
            fn from_values(values: &mut dyn Iterator<Item = Value>) -> Option<Self> {
                Some(($($name::from_value(values.next()?)?,)*))
            }

            #[allow(non_snake_case, unused_variables, unused_mut)]
            fn into_values(self, to: &mut [Value]) {
                let ($($name,)*) = self;
                let mut to = to.iter_mut();
                $(if let Some(to) = to.next() {
                    *to = $name.into_value();
                })*
            }
        }
    )*};
}

tuples! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

/// What a function of the host may give: [`Results`], plain or in a [`Result`] whose error
/// becomes a trap.
pub trait Outcome {
    /// The results.
    type Results: Results;

    /// The results, or the trap.
    fn into_result(self) -> Result<Self::Results, Trap>;
}

impl<R: Results> Outcome for R {
    type Results = R;

    fn into_result(self) -> Result<R, Trap> {
        Ok(self)
    }
}

impl<R: Results, E: Into<Trap>> Outcome for Result<R, E> {
    type Results = R;

    fn into_result(self) -> Result<R, Trap> {
        self.map_err(Into::into)
    }
}
