//! Types of Rust that stand for types of the guest.
//!
//! [`WasmTy`] is one value, [`WasmTyList`] a list of parameters or results, [`WasmRet`] what a
//! closure returns. Each knows its type, and stands for a value of the machine, whose trait
//! [`Value`] says how it lies in slots. References are names of a store, so whoever writes or reads
//! slots has the store and compares.

use super::Func;
use crate::api::externref::ExternRef;
use crate::error::{Error, Result};
use crate::exec::slot::{Row, Value};
use crate::store::inner::StoreInner;
use crate::types::{HeapType, Ref as RawRef, RefType, V128, ValType};

/// Writes the slots of a call, one value behind the other.
#[doc(hidden)]
pub struct SlotWriter<'a> {
    slots: &'a mut [u64],
    store: &'a StoreInner,
}

impl<'a> SlotWriter<'a> {
    /// Writes slots of a call in this store. What finds no slot any more is not written.
    pub(crate) fn new(slots: &'a mut [u64], store: &'a StoreInner) -> Self {
        Self { slots, store }
    }

    /// Whose references are written.
    pub(crate) fn store(&self) -> &'a StoreInner {
        self.store
    }

    /// Writes the next value.
    #[inline]
    pub(crate) fn put<V: Value>(&mut self, value: V) {
        if let Some((row, rest)) = V::Slots::split_mut(core::mem::take(&mut self.slots)) {
            *row = value.into_slots();
            self.slots = rest;
        }
    }
}

/// Reads the slots of a call, one value behind the other.
#[doc(hidden)]
pub struct SlotReader<'a> {
    slots: &'a [u64],
    store: &'a StoreInner,
}

impl<'a> SlotReader<'a> {
    /// Reads slots of a call in this store.
    pub(crate) fn new(slots: &'a [u64], store: &'a StoreInner) -> Self {
        Self { slots, store }
    }

    /// Whose references are read.
    pub(crate) fn store(&self) -> &'a StoreInner {
        self.store
    }

    /// The next value, if there are slots for one.
    #[inline]
    pub(crate) fn take<V: Value>(&mut self) -> Option<V> {
        let (row, rest) = V::Slots::split(self.slots)?;
        self.slots = rest;
        Some(V::from_slots(*row))
    }
}

/// What can be written to slots and read from them: one value or a list.
#[doc(hidden)]
pub trait InSlots: Sized + Send {
    /// How many slots it takes.
    const SLOTS: usize;

    /// Writes the next slots; an error for a reference of another store.
    fn write(self, to: &mut SlotWriter<'_>) -> Result<()>;

    /// Reads the next slots; nothing for a null where there can be none.
    fn read(from: &mut SlotReader<'_>) -> Option<Self>;
}

/// A type of Rust that stands for a type of the guest: `i32 u32 i64 u64 f32 f64`, [`V128`],
/// [`Func`], [`ExternRef`] and the options of these two.
pub trait WasmTy: InSlots {
    /// The guest's type.
    #[doc(hidden)]
    const TYPE: ValType;
}

macro_rules! numbers {
    ($($ty:ty = $wasm:ident;)*) => {$(
        impl WasmTy for $ty {
            const TYPE: ValType = ValType::$wasm;
        }

        impl InSlots for $ty {
            const SLOTS: usize = <$ty as Value>::Slots::LEN;

            #[inline]
            fn write(self, to: &mut SlotWriter<'_>) -> Result<()> {
                to.put(self);
                Ok(())
            }

            #[inline]
            fn read(from: &mut SlotReader<'_>) -> Option<Self> {
                from.take()
            }
        }
    )*};
}

numbers! {
    i32 = I32;
    u32 = I32;
    i64 = I64;
    u64 = I64;
    f32 = F32;
    f64 = F64;
    V128 = V128;
}

macro_rules! references {
    ($($ty:ty = $heap:ident;)*) => {$(
        impl WasmTy for $ty {
            const TYPE: ValType = ValType::reference(RefType::new(false, HeapType::$heap));
        }

        impl InSlots for $ty {
            const SLOTS: usize = <RawRef as Value>::Slots::LEN;

            fn write(self, to: &mut SlotWriter<'_>) -> Result<()> {
                Some(self).write(to)
            }

            fn read(from: &mut SlotReader<'_>) -> Option<Self> {
                Option::<Self>::read(from)?
            }
        }

        impl WasmTy for Option<$ty> {
            const TYPE: ValType = ValType::reference(RefType::new(true, HeapType::$heap));
        }

        impl InSlots for Option<$ty> {
            const SLOTS: usize = <$ty>::SLOTS;

            fn write(self, to: &mut SlotWriter<'_>) -> Result<()> {
                let raw = self.map_or(Ok(RawRef::NULL), |value| value.to_raw(to.store));
                to.put(raw?);
                Ok(())
            }

            fn read(from: &mut SlotReader<'_>) -> Option<Self> {
                let raw = from.take()?;
                Some(<$ty>::from_raw(raw, from.store))
            }
        }
    )*};
}

references! {
    Func = Func;
    ExternRef = Extern;
}

/// No value, one value, or a tuple of up to 16.
pub trait WasmTyList: InSlots {
    /// The guest's types.
    #[doc(hidden)]
    const TYPES: &'static [ValType];
}

impl<T: WasmTy> WasmTyList for T {
    const TYPES: &'static [ValType] = &[T::TYPE];
}

macro_rules! tuples {
    ($($ty:ident)*) => {
        impl<$($ty: WasmTy),*> WasmTyList for ($($ty,)*) {
            const TYPES: &'static [ValType] = &[$($ty::TYPE),*];
        }

        impl<$($ty: WasmTy),*> InSlots for ($($ty,)*) {
            const SLOTS: usize = 0 $(+ $ty::SLOTS)*;

            #[inline]
            #[allow(non_snake_case, unused_variables)]
            fn write(self, to: &mut SlotWriter<'_>) -> Result<()> {
                let ($($ty,)*) = self;
                $($ty.write(to)?;)*
                Ok(())
            }

            #[inline]
            #[allow(unused_variables)]
            fn read(from: &mut SlotReader<'_>) -> Option<Self> {
                Some(($($ty::read(from)?,)*))
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
