//! Where the validator keeps its lists.
//!
//! The rules are written once, against lists that can be full. With [`Heap`] they are vectors,
//! whose growth may fail; in an arena they share the bytes that the caller gave. In both a list
//! that cannot grow is a rejection which names the limit that it serves.

use core::cmp::Ordering;

use super::environment::Environment;
use super::item::Item;
use super::stack::Scratch;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Limit};
use crate::types::ValType;

/// Gives lists for the tables of a module and for the validator's stacks.
pub trait Storage: Sized {
    /// A list, which lies at this place.
    type List<T: Item, const PLACE: u8>: List<T>;

    /// The list of operands.
    type Operands: List<ValType>;

    /// How many types of locals are kept one by one, for speed.
    const SPELLED: usize;

    /// All lists, empty.
    fn open(self) -> (Environment<Self>, Scratch<Self>);
}

/// A list that can be full.
pub trait List<T: Copy> {
    /// How many items there are.
    fn len(&self) -> usize;

    /// An item.
    fn get(&self, index: usize) -> Option<T>;

    /// Replaces an item; there is no effect if there is none.
    fn set(&mut self, index: usize, item: T);

    /// Adds an item unless there would be more than `most`.
    fn push(&mut self, item: T, most: u64) -> Result<(), Full>;

    /// The same; if there is no room, the rejection names the limit that the list serves.
    fn add(&mut self, item: T, limit: Limit, most: u64, at: usize) -> Result<(), Reject> {
        let there = self.len();
        let push = self.push(item, most);
        push.map_err(|full| full.reject(limit, there, at))
    }

    /// Drops all items behind the first `len`.
    fn truncate(&mut self, len: usize);

    /// Sorts the items.
    fn sort(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Makes room for this many items more, if that is possible.
    fn reserve(&mut self, more: usize) {
        let _ = more;
    }

    /// All items in a row, where the storage keeps them so: then many are compared and copied at
    /// once.
    #[inline(always)]
    fn row(&self) -> Option<&[T]> {
        None
    }

    /// Adds items if there is room for all of them already, and says whether there was.
    #[inline(always)]
    fn extend_within(&mut self, items: &[T], most: u64) -> bool {
        let _ = (items, most);
        false
    }

    /// Drops all items, and their memory if it is the list's.
    fn release(&mut self) {
        self.truncate(0);
    }

    /// Whether there is none.
    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The last item.
    #[inline(always)]
    fn last(&self) -> Option<T> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Replaces the last item, if there is one.
    fn set_last(&mut self, item: T) {
        self.set(self.len().wrapping_sub(1), item);
    }

    /// Takes the last item away.
    #[inline(always)]
    fn pop(&mut self) -> Option<T> {
        let last = self.last();
        self.truncate(self.len().saturating_sub(1));
        last
    }

    /// Whether the last items are these; if so, the first `R` of them become `results`, and the
    /// others are dropped. `R` is not more than `P`.
    #[inline(always)]
    fn replace_top<const P: usize, const R: usize>(
        &mut self,
        params: [T; P],
        results: [T; R],
    ) -> bool
    where
        T: PartialEq,
    {
        let Some(start) = self.len().checked_sub(P) else {
            return false;
        };
        for (index, param) in (start..).zip(params) {
            if self.get(index) != Some(param) {
                return false;
            }
        }
        for (index, result) in (start..).zip(results) {
            self.set(index, result);
        }
        self.truncate(start + R);
        true
    }

    /// How many of the first items satisfy a condition that those behind them do not.
    fn partition_point(&self, first: impl FnMut(T) -> bool) -> usize;
}

/// Why a list takes no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Full {
    /// It has as many items as it may have.
    Limit,
    /// The allocator has no memory.
    Memory,
    /// The caller's memory would have to have this many bytes.
    Arena(usize),
}

impl Full {
    /// As a rejection: the limit that the list serves, and the length it would need.
    #[cold]
    #[inline(never)]
    pub(crate) fn reject(self, limit: Limit, length: usize, at: usize) -> Reject {
        let at_least = length as u64 + 1;
        match self {
            Self::Limit => Reject::limit(limit, at_least, at),
            Self::Memory => Reject::with(
                ErrorCode::OutOfMemory,
                at,
                Detail::Limit { limit, at_least },
            ),
            Self::Arena(bytes) => Reject::limit(Limit::Arena, bytes as u64, at),
        }
    }
}

/// Lists in growing vectors.
#[cfg(feature = "alloc")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Heap;

#[cfg(feature = "alloc")]
impl Storage for Heap {
    type List<T: Item, const PLACE: u8> = alloc::vec::Vec<T>;
    type Operands = alloc::vec::Vec<ValType>;

    const SPELLED: usize = 64;

    fn open(self) -> (Environment<Self>, Scratch<Self>) {
        Default::default()
    }
}

#[cfg(feature = "alloc")]
impl<T: Copy> List<T> for alloc::vec::Vec<T> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.len()
    }

    #[inline(always)]
    fn get(&self, index: usize) -> Option<T> {
        self.as_slice().get(index).copied()
    }

    #[inline(always)]
    fn set(&mut self, index: usize, item: T) {
        if let Some(place) = self.get_mut(index) {
            *place = item;
        }
    }

    #[inline(always)]
    fn push(&mut self, item: T, most: u64) -> Result<(), Full> {
        if self.len() == self.capacity() {
            grow(self, most)?;
        }
        // There is room now: this neither allocates nor aborts.
        self.push(item);
        Ok(())
    }

    #[inline(always)]
    fn truncate(&mut self, len: usize) {
        self.truncate(len);
    }

    fn sort(&mut self, compare: impl FnMut(&T, &T) -> Ordering) {
        self.sort_unstable_by(compare);
    }

    fn partition_point(&self, mut first: impl FnMut(T) -> bool) -> usize {
        self.as_slice().partition_point(|item| first(*item))
    }

    #[inline(always)]
    fn row(&self) -> Option<&[T]> {
        Some(self)
    }

    fn extend_within(&mut self, items: &[T], most: u64) -> bool {
        let length = self.len() + items.len();
        let fits = length <= self.capacity() && length as u64 <= most;
        if fits {
            // There is room: this neither allocates nor aborts.
            self.extend_from_slice(items);
        }
        fits
    }

    fn release(&mut self) {
        *self = Self::new();
    }

    fn reserve(&mut self, more: usize) {
        // Without memory now, `push` will say so.
        let _ = self.try_reserve_exact(more);
    }

    #[inline(always)]
    fn replace_top<const P: usize, const R: usize>(
        &mut self,
        params: [T; P],
        results: [T; R],
    ) -> bool
    where
        T: PartialEq,
    {
        let len = self.len();
        match self.as_mut_slice().last_chunk_mut::<P>() {
            Some(top) if *top == params => {
                for (slot, result) in top.iter_mut().zip(results) {
                    *slot = result;
                }
                self.truncate(len - (P - R));
                true
            }
            _ => false,
        }
    }
}

/// Doubles the capacity, within the limit.
#[cfg(feature = "alloc")]
#[cold]
#[inline(never)]
fn grow<T>(list: &mut alloc::vec::Vec<T>, most: u64) -> Result<(), Full> {
    const FIRST: usize = 16;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let wanted = list.len().saturating_mul(2).max(FIRST).min(most);
    match wanted.checked_sub(list.len()) {
        None | Some(0) => Err(Full::Limit),
        Some(more) => list.try_reserve_exact(more).map_err(|_| Full::Memory),
    }
}
