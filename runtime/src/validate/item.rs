//! What lists in a byte arena hold: fixed sizes, least significant byte first.
//!
//! The bytes are the same on every machine, so that a table made on one serves on another.

use core::cell::Cell;

use crate::read::Span;
use crate::types::{GlobalType, MemoryType, RefType, TableType, ValType};

/// Something with a fixed number of bytes.
pub trait Item: Copy {
    /// How many.
    const SIZE: usize;

    /// Reads an item; what is not there is zero.
    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self;

    /// Writes the item, as far as there is room.
    fn put(self, bytes: &[Cell<u8>], at: usize);
}

/// Bytes that items are read from.
pub trait Bytes {
    /// `N` bytes from `at` on; zeros, if they are not all there.
    fn chunk<const N: usize>(&self, at: usize) -> [u8; N];
}

impl Bytes for [u8] {
    #[inline(always)]
    fn chunk<const N: usize>(&self, at: usize) -> [u8; N] {
        let bytes = self.get(at..).and_then(<[u8]>::first_chunk);
        bytes.copied().unwrap_or([0; N])
    }
}

impl Bytes for [Cell<u8>] {
    #[inline(always)]
    fn chunk<const N: usize>(&self, at: usize) -> [u8; N] {
        match self.get(at..).and_then(<[Cell<u8>]>::first_chunk::<N>) {
            Some(cells) => cells.each_ref().map(Cell::get),
            None => [0; N],
        }
    }
}

macro_rules! integers {
    ($($ty:ident)*) => {$(
        impl Item for $ty {
            const SIZE: usize = size_of::<$ty>();

            #[inline(always)]
            fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
                Self::from_le_bytes(bytes.chunk(at))
            }

            #[inline(always)]
            fn put(self, bytes: &[Cell<u8>], at: usize) {
                let cells = bytes.get(at..).and_then(<[Cell<u8>]>::first_chunk::<{ Self::SIZE }>);
                if let Some(cells) = cells {
                    for (cell, byte) in cells.iter().zip(self.to_le_bytes()) {
                        cell.set(byte);
                    }
                }
            }
        }
    )*};
}

integers!(u8 u16 u32 u64);

/// Items that are stored as others.
macro_rules! stored_as {
    ($($ty:ty as $other:ty: |$value:ident| $to:expr, |$stored:ident| $from:expr;)*) => {$(
        impl Item for $ty {
            const SIZE: usize = <$other>::SIZE;

            #[inline(always)]
            fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
                let $stored = <$other>::get(bytes, at);
                $from
            }

            #[inline(always)]
            fn put(self, bytes: &[Cell<u8>], at: usize) {
                let $value = self;
                <$other>::put($to, bytes, at);
            }
        }
    )*};
}

stored_as! {
    bool as u8: |value| value.into(), |stored| stored != 0;
    ValType as u32: |value| value.bits(), |stored| ValType::from_bits(stored);
    RefType as u32: |value| value.bits(), |stored| RefType::from_bits(stored).unwrap_or(RefType::FUNCREF);
}

/// Structures: their fields, one after the other.
macro_rules! fields {
    ($($ty:ident { $($field:ident: $of:ty),* $(,)? })*) => {$(
        impl $crate::validate::item::Item for $ty {
            const SIZE: usize = 0 $(+ <$of as $crate::validate::item::Item>::SIZE)*;

            #[inline]
            fn get(bytes: &(impl $crate::validate::item::Bytes + ?Sized), at: usize) -> Self {
                let mut end = at;
                $(
                    let start = end;
                    end += <$of as $crate::validate::item::Item>::SIZE;
                    let $field = <$of as $crate::validate::item::Item>::get(bytes, start);
                )*
                let _ = end;
                Self { $($field: $field.into()),* }
            }

            #[inline]
            fn put(self, bytes: &[core::cell::Cell<u8>], at: usize) {
                let mut end = at;
                $(
                    let start = end;
                    end += <$of as $crate::validate::item::Item>::SIZE;
                    <$of>::from(self.$field).put(bytes, start);
                )*
                let _ = end;
            }
        }
    )*};
}
pub(crate) use fields;

/// A size that need not be there: no size is the largest number.
#[derive(Clone, Copy, Default)]
struct Maximum(u64);

impl From<Option<u64>> for Maximum {
    fn from(max: Option<u64>) -> Self {
        Self(max.unwrap_or(u64::MAX))
    }
}

impl From<Maximum> for Option<u64> {
    fn from(Maximum(max): Maximum) -> Self {
        (max != u64::MAX).then_some(max)
    }
}

stored_as! {
    Maximum as u64: |value| value.0, |stored| Maximum(stored);
    Offset as u32: |value| value.0, |stored| Offset(stored);
}

/// An offset in a module.
#[derive(Clone, Copy, Default)]
struct Offset(u32);

impl From<usize> for Offset {
    fn from(offset: usize) -> Self {
        // No module is larger: its size was compared with a limit of 32 bits.
        Self(offset as u32)
    }
}

impl From<Offset> for usize {
    fn from(Offset(offset): Offset) -> Self {
        offset as usize
    }
}

fields! {
    Span { start: Offset, end: Offset }
    TableType { element: RefType, min: u64, max: Maximum, is_64: bool }
    MemoryType { min: u64, max: Maximum, is_64: bool, shared: bool, page_size_log2: u8 }
    GlobalType { content: ValType, mutable: bool }
}
