//! Where a table keeps its values: entries with a generation, in a slice, an array or a vector.
//!
//! Free entries form a list through their own `next`, so that taking and freeing one are one step
//! each and need no other memory. Only a vector grows, and only while memory can be had; the table
//! asks for one entry more when none is free.

/// A place for a value.
#[derive(Clone, Copy, Debug)]
pub struct Entry<T> {
    /// How often its value has been dropped.
    pub(super) generation: u32,
    pub(super) state: State<T>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum State<T> {
    /// `next`: one above the index of the entry that was freed before, or 0.
    Vacant {
        next: u32,
    },
    Occupied(T),
}

impl<T> Entry<T> {
    /// Without a value.
    pub const VACANT: Self = Self {
        generation: 0,
        state: State::Vacant { next: 0 },
    };
}

/// Entries in a row.
pub trait Entries: AsRef<[Entry<Self::Item>]> + AsMut<[Entry<Self::Item>]> {
    /// A value.
    type Item;

    /// Adds an entry, or gives false where that cannot be.
    fn extend(&mut self) -> bool;
}

/// A slice of the caller; it does not grow.
impl<T> Entries for &mut [Entry<T>] {
    type Item = T;

    fn extend(&mut self) -> bool {
        false
    }
}

/// An array; it does not grow.
impl<T, const N: usize> Entries for [Entry<T>; N] {
    type Item = T;

    fn extend(&mut self) -> bool {
        false
    }
}

/// A vector; it grows while there is memory.
#[cfg(feature = "alloc")]
impl<T> Entries for alloc::vec::Vec<Entry<T>> {
    type Item = T;

    fn extend(&mut self) -> bool {
        let reserved = self.try_reserve(1).is_ok();
        if reserved {
            self.push(Entry::VACANT);
        }
        reserved
    }
}
