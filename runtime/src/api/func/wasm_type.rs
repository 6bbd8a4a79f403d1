//! Types of Rust that stand for types of the guest.
//!
//! [`WasmTy`] is one value, [`WasmTyList`] a list of parameters or results, [`WasmRet`] what a
//! closure returns. Each knows its type and how it is written to a slot and read from one.
//! References are names of a store, so conversions get a view of it and compare.

use super::Func;
use crate::api::externref::ExternRef;
use crate::error::{Error, Result};
use crate::store::inner::StoreInner;
use crate::types::{HeapType, Ref as RawRef, RefType, ValType};

/// A store, for conversions only.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct StoreView<'a>(pub(crate) &'a StoreInner);

/// A type of Rust that stands for a type of the guest: `i32 u32 i64 u64 f32 f64`, [`Func`],
/// [`ExternRef`] and the options of these two.
pub trait WasmTy: Sized + Send {
    /// The guest's type.
    #[doc(hidden)]
    const TYPE: ValType;

    /// To a slot.
    #[doc(hidden)]
    fn into_slot(self, store: StoreView<'_>) -> Result<u64>;

    /// From a slot of this type; nothing for a null where there can be none.
    #[doc(hidden)]
    fn from_slot(slot: u64, store: StoreView<'_>) -> Option<Self>;
}

macro_rules! numbers {
    ($($ty:ty = $wasm:ident, |$value:ident| $into:expr, |$slot:ident| $from:expr;)*) => {$(
        impl WasmTy for $ty {
            const TYPE: ValType = ValType::$wasm;

            #[inline]
            fn into_slot(self, _: StoreView<'_>) -> Result<u64> {
                let $value = self;
                Ok($into)
            }

            #[inline]
            fn from_slot($slot: u64, _: StoreView<'_>) -> Option<Self> {
                Some($from)
            }
        }
    )*};
}

numbers! {
    i32 = I32, |value| (value as u32).into(), |slot| slot as i32;
    u32 = I32, |value| value.into(), |slot| slot as u32;
    i64 = I64, |value| value as u64, |slot| slot as i64;
    u64 = I64, |value| value, |slot| slot;
    f32 = F32, |value| value.to_bits().into(), |slot| f32::from_bits(slot as u32);
    f64 = F64, |value| value.to_bits(), |slot| f64::from_bits(slot);
}

macro_rules! references {
    ($($ty:ty = $heap:ident;)*) => {$(
        impl WasmTy for $ty {
            const TYPE: ValType = ValType::reference(RefType::new(false, HeapType::$heap));

            fn into_slot(self, store: StoreView<'_>) -> Result<u64> {
                Ok(self.to_slot(store.0)?.0.into())
            }

            fn from_slot(slot: u64, store: StoreView<'_>) -> Option<Self> {
                <$ty>::from_slot(RawRef(slot as u32), store.0)
            }
        }

        impl WasmTy for Option<$ty> {
            const TYPE: ValType = ValType::reference(RefType::new(true, HeapType::$heap));

            fn into_slot(self, store: StoreView<'_>) -> Result<u64> {
                self.map_or(Ok(0), |value| value.into_slot(store))
            }

            fn from_slot(slot: u64, store: StoreView<'_>) -> Option<Self> {
                Some(<$ty>::from_slot(RawRef(slot as u32), store.0))
            }
        }
    )*};
}

references! {
    Func = Func;
    ExternRef = Extern;
}

/// No value, one value, or a tuple of up to 16.
pub trait WasmTyList: Sized + Send {
    /// The guest's types.
    #[doc(hidden)]
    const TYPES: &'static [ValType];

    /// How many slots they take.
    #[doc(hidden)]
    const SLOTS: usize;

    /// To slots.
    #[doc(hidden)]
    fn into_slots(self, slots: &mut [u64], store: StoreView<'_>) -> Result<()>;

    /// From slots; nothing for a null where there can be none.
    #[doc(hidden)]
    fn from_slots(slots: &[u64], store: StoreView<'_>) -> Option<Self>;
}

impl<T: WasmTy> WasmTyList for T {
    const TYPES: &'static [ValType] = <(T,)>::TYPES;

    const SLOTS: usize = 1;

    #[inline]
    fn into_slots(self, slots: &mut [u64], store: StoreView<'_>) -> Result<()> {
        (self,).into_slots(slots, store)
    }

    #[inline]
    fn from_slots(slots: &[u64], store: StoreView<'_>) -> Option<Self> {
        <(T,)>::from_slots(slots, store).map(|(value,)| value)
    }
}

macro_rules! tuples {
    ($($ty:ident)*) => {
        impl<$($ty: WasmTy),*> WasmTyList for ($($ty,)*) {
            const TYPES: &'static [ValType] = &[$($ty::TYPE),*];

            const SLOTS: usize = 0 $(+ { let _ = $ty::TYPE; 1 })*;

            #[inline]
            #[allow(non_snake_case, unused_mut, unused_variables)]
            fn into_slots(self, slots: &mut [u64], store: StoreView<'_>) -> Result<()> {
                let ($($ty,)*) = self;
                let mut slots = slots.iter_mut();
                $(if let Some(slot) = slots.next() {
                    *slot = $ty.into_slot(store)?;
                })*
                Ok(())
            }

            #[inline]
            #[allow(unused_mut, unused_variables)]
            fn from_slots(slots: &[u64], store: StoreView<'_>) -> Option<Self> {
                let mut slots = slots.iter();
                Some(($($ty::from_slot(*slots.next()?, store)?,)*))
            }
        }
    };
}

/// Calls a macro with each number of names from none to 16.
macro_rules! each_arity {
    ($then:ident) => {
        each_arity!(@ $then [] A B C D E F G H I J K L M N O P);
    };
    (@ $then:ident [$($done:ident)*] $next:ident $($rest:ident)*) => {
        $then!($($done)*);
        each_arity!(@ $then [$($done)* $next] $($rest)*);
    };
    (@ $then:ident [$($done:ident)*]) => {
        $then!($($done)*);
    };
}
pub(crate) use each_arity;

each_arity!(tuples);

/// Parameters of a function: nothing, one value, or a tuple.
pub trait WasmParams: WasmTyList {}
impl<L: WasmTyList> WasmParams for L {}

/// Results of a function: nothing, one value, or a tuple.
pub trait WasmResults: WasmTyList {}
impl<L: WasmTyList> WasmResults for L {}

/// What a host function may return: [`WasmResults`], plain or in a [`Result`].
pub trait WasmRet {
    /// The results.
    #[doc(hidden)]
    type Results: WasmResults;

    /// The results or the error.
    #[doc(hidden)]
    fn into_result(self) -> Result<Self::Results>;
}

impl<L: WasmTyList> WasmRet for L {
    type Results = L;

    #[inline]
    fn into_result(self) -> Result<L> {
        Ok(self)
    }
}

impl<L: WasmTyList> WasmRet for Result<L, Error> {
    type Results = L;

    #[inline]
    fn into_result(self) -> Self {
        self
    }
}
