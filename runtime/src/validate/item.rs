//! What lists in a byte arena hold: fixed sizes, least significant byte first.
//!
//! The bytes are the same on every machine, so that a table made on one serves on another. Reading
//! never fails: bytes that are not there are zero, so that a table that was made wrongly cannot
//! make the library panic.

use core::cell::Cell;

use crate::read::Span;
use crate::types::{GlobalType, MemoryType, RefType, TableType, ValType};

/// Something with a fixed number of bytes.
pub trait Item: Copy {
    /// How many.
    const SIZE: usize;

    /// Reads an item; what is not there is zero.
    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self;

    /// Reads an item with one look at whether it is there; if not as a whole, it is zero.
    #[inline(always)]
    fn record(bytes: &[u8], at: usize) -> Self {
        Self::get(bytes, at)
    }

    /// The same of cells.
    #[inline(always)]
    fn load(cells: &[Cell<u8>], at: usize) -> Self {
        Self::get(cells, at)
    }

    /// Writes the item, as far as there is room.
    fn put(self, bytes: &[Cell<u8>], at: usize);

    /// Writes the item with one look at whether there is room for all of it.
    #[inline(always)]
    fn store(self, cells: &[Cell<u8>], at: usize) {
        self.put(cells, at);
    }
}

/// Bytes that items are read from; those that are not there are zero.
pub trait Bytes {
    /// One.
    fn byte(&self, at: usize) -> u8;
    /// Two, if both are there.
    fn half(&self, at: usize) -> u16;
    /// Four, if all are there.
    fn word(&self, at: usize) -> u32;
}

// The patterns are spelled out because compilers make a single load of them, at any level.

impl Bytes for [u8] {
    #[inline(always)]
    fn byte(&self, at: usize) -> u8 {
        self.get(at).copied().unwrap_or(0)
    }

    #[cfg_attr(small, inline(never))]
    fn half(&self, at: usize) -> u16 {
        match self.get(at..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u16::from_le_bytes(*bytes),
            None => 0,
        }
    }

    #[cfg_attr(small, inline(never))]
    fn word(&self, at: usize) -> u32 {
        match self.get(at..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u32::from_le_bytes(*bytes),
            None => 0,
        }
    }
}

impl<const N: usize> Bytes for [u8; N] {
    #[inline(always)]
    fn byte(&self, at: usize) -> u8 {
        self.get(at).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn half(&self, at: usize) -> u16 {
        let bytes = self.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u16::from_le_bytes(*bytes))
    }

    #[inline(always)]
    fn word(&self, at: usize) -> u32 {
        let bytes = self.get(at..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

impl Bytes for [Cell<u8>] {
    #[inline(always)]
    fn byte(&self, at: usize) -> u8 {
        self.get(at).map_or(0, Cell::get)
    }

    #[inline(always)]
    fn half(&self, at: usize) -> u16 {
        match self.get(at..) {
            Some([a, b, ..]) => u16::from_le_bytes([a.get(), b.get()]),
            _ => 0,
        }
    }

    #[inline(always)]
    fn word(&self, at: usize) -> u32 {
        match self.get(at..) {
            Some([a, b, c, d, ..]) => u32::from_le_bytes([a.get(), b.get(), c.get(), d.get()]),
            _ => 0,
        }
    }
}

impl<const N: usize> Bytes for [Cell<u8>; N] {
    #[inline(always)]
    fn byte(&self, at: usize) -> u8 {
        self.as_slice().byte(at)
    }

    #[inline(always)]
    fn half(&self, at: usize) -> u16 {
        self.as_slice().half(at)
    }

    #[inline(always)]
    fn word(&self, at: usize) -> u32 {
        self.as_slice().word(at)
    }
}

impl Item for u8 {
    const SIZE: usize = 1;

    #[inline(always)]
    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        bytes.byte(at)
    }

    #[inline(always)]
    fn put(self, bytes: &[Cell<u8>], at: usize) {
        if let Some(cell) = bytes.get(at) {
            cell.set(self);
        }
    }
}

impl Item for u16 {
    const SIZE: usize = 2;

    #[inline(always)]
    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        bytes.half(at)
    }

    #[inline(always)]
    fn put(self, bytes: &[Cell<u8>], at: usize) {
        if let Some([a, b, ..]) = bytes.get(at..) {
            let [x, y] = self.to_le_bytes();
            a.set(x);
            b.set(y);
        }
    }
}

impl Item for u32 {
    const SIZE: usize = 4;

    #[inline(always)]
    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        bytes.word(at)
    }

    #[cfg_attr(small, inline(never))]
    fn put(self, bytes: &[Cell<u8>], at: usize) {
        self.store(bytes, at);
    }

    #[inline(always)]
    fn store(self, cells: &[Cell<u8>], at: usize) {
        if let Some([a, b, c, d, ..]) = cells.get(at..) {
            let [w, x, y, z] = self.to_le_bytes();
            a.set(w);
            b.set(x);
            c.set(y);
            d.set(z);
        }
    }
}

impl Item for u64 {
    const SIZE: usize = 8;

    #[inline(always)]
    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        u64::from(bytes.word(at)) | u64::from(bytes.word(at + u32::SIZE)) << u32::BITS
    }

    #[inline(always)]
    fn put(self, bytes: &[Cell<u8>], at: usize) {
        (self as u32).put(bytes, at);
        ((self >> u32::BITS) as u32).put(bytes, at + u32::SIZE);
    }

    #[inline(always)]
    fn store(self, cells: &[Cell<u8>], at: usize) {
        (self as u32).store(cells, at);
        ((self >> u32::BITS) as u32).store(cells, at + u32::SIZE);
    }
}

/// Items that are stored as others.
macro_rules! stored_as {
    ($($ty:ty as $other:ty: |$value:ident| $to:expr, |$stored:ident| $from:expr;)*) => {$(
        impl $crate::validate::item::Item for $ty {
            const SIZE: usize = <$other as $crate::validate::item::Item>::SIZE;

            fn get(bytes: &(impl $crate::validate::item::Bytes + ?Sized), at: usize) -> Self {
                let $stored = <$other as $crate::validate::item::Item>::get(bytes, at);
                $from
            }

            fn put(self, bytes: &[core::cell::Cell<u8>], at: usize) {
                let $value = self;
                <$other as $crate::validate::item::Item>::put($to, bytes, at);
            }

            #[inline(always)]
            fn store(self, cells: &[core::cell::Cell<u8>], at: usize) {
                let $value = self;
                <$other as $crate::validate::item::Item>::store($to, cells, at);
            }
        }
    )*};
}

stored_as! {
    bool as u8: |value| value.into(), |stored| stored != 0;
    usize as u64: |value| value as u64, |stored| usize::try_from(stored).unwrap_or(usize::MAX);
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

            #[inline(always)]
            fn record(bytes: &[u8], at: usize) -> Self {
                use $crate::validate::item::Item;
                let record = bytes.get(at..).and_then(<[u8]>::first_chunk);
                let Some::<&[u8; <$ty as Item>::SIZE]>(record) = record else {
                    return Self::get(&[0_u8; 0], 0);
                };
                Self::get(record, 0)
            }

            #[inline(always)]
            fn load(cells: &[core::cell::Cell<u8>], at: usize) -> Self {
                use $crate::validate::item::Item;
                let record = cells.get(at..).and_then(<[core::cell::Cell<u8>]>::first_chunk);
                let Some::<&[core::cell::Cell<u8>; <$ty as Item>::SIZE]>(record) = record else {
                    return Self::get(&[0_u8; 0], 0);
                };
                Self::get(record, 0)
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

            #[inline]
            fn store(self, bytes: &[core::cell::Cell<u8>], at: usize) {
                use $crate::validate::item::Item;
                let record = bytes.get(at..).and_then(<[core::cell::Cell<u8>]>::first_chunk);
                let Some::<&[core::cell::Cell<u8>; <$ty as Item>::SIZE]>(record) = record else {
                    return;
                };
                let (bytes, mut end) = (record.as_slice(), 0);
                $(
                    let start = end;
                    end += <$of as $crate::validate::item::Item>::SIZE;
                    <$of>::from(self.$field).store(bytes, start);
                )*
                let _ = end;
            }
        }
    )*};
}
pub(crate) use {fields, stored_as};

impl<const N: usize> Item for [u32; N] {
    const SIZE: usize = N * u32::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        core::array::from_fn(|index| u32::get(bytes, at + index * u32::SIZE))
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        for (word, index) in self.into_iter().zip(0..) {
            word.put(bytes, at + index * u32::SIZE);
        }
    }
}

/// A slot of 128 bits.
impl Item for [u64; 2] {
    const SIZE: usize = 2 * u64::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        [u64::get(bytes, at), u64::get(bytes, at + u64::SIZE)]
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        let [low, high] = self;
        low.put(bytes, at);
        high.put(bytes, at + u64::SIZE);
    }
}

impl Item for Option<u64> {
    const SIZE: usize = bool::SIZE + u64::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        bool::get(bytes, at).then(|| u64::get(bytes, at + bool::SIZE))
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        self.is_some().put(bytes, at);
        self.unwrap_or(0).put(bytes, at + bool::SIZE);
    }

    #[inline(always)]
    fn store(self, cells: &[Cell<u8>], at: usize) {
        self.is_some().store(cells, at);
        self.unwrap_or(0).store(cells, at + bool::SIZE);
    }
}

stored_as! {
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
    TableType { element: RefType, min: u64, max: Option<u64>, is_64: bool }
    MemoryType { min: u64, max: Option<u64>, is_64: bool, shared: bool, page_size_log2: u8 }
    GlobalType { content: ValType, mutable: bool }
}
