//! An append-only arena whose items never move.
//!
//! Invariant of this module: a [`Block`] owns the boxed slice that it was made from, and frees it
//! when it is dropped. Its items are handed out only one by one, as [`NonNull`] or as a reference
//! bound to the arena's own borrow. `items` points at the items of all blocks, in order. Whoever
//! keeps a `NonNull` must keep the arena alive.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ptr::NonNull;

use crate::allocation::{self, OutOfMemory};

/// Items of one kind, numbered in order of creation.
pub(crate) struct Arena<T> {
    items: Vec<NonNull<T>>,
    blocks: Vec<Block<T>>,
}

/// Items that lie together. A type of its own, so that the other blocks are dropped even if the
/// `Drop` of an item, which may hold a closure of the host, panics.
struct Block<T>(NonNull<[T]>);

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            blocks: Vec::new(),
        }
    }
}

// SAFETY: the arena owns its items as `Vec<Box<[T]>>` does, which is `Send` if `T` is: its pointers
// lead to nothing else.
unsafe impl<T: Send> Send for Arena<T> {}
// SAFETY: whoever shares the arena gets shared references to items, for which `T` is `Sync`, or their
// addresses, which take unsafe code to follow.
unsafe impl<T: Sync> Sync for Arena<T> {}

impl<T> Arena<T> {
    /// Adds an item and gives its number.
    pub(crate) fn push(&mut self, item: T) -> Result<u32, OutOfMemory> {
        let mut block = Vec::new();
        block.try_reserve_exact(1).map_err(|_| OutOfMemory)?;
        block.push(item);
        self.append(block)
    }

    /// Adds items that lie together, and gives the number of the first.
    pub(crate) fn append(&mut self, block: Vec<T>) -> Result<u32, OutOfMemory> {
        let first = u32::try_from(self.items.len()).map_err(|_| OutOfMemory)?;
        // References in slots are numbers plus one.
        u32::try_from(self.items.len() + block.len() + 1).map_err(|_| OutOfMemory)?;
        allocation::reserve(&mut self.items, block.len())?;
        allocation::reserve(&mut self.blocks, 1)?;
        let block = NonNull::from(Box::leak(block.into_boxed_slice()));
        self.blocks.push(Block(block));
        let start = block.cast::<T>();
        // SAFETY: `place` is below the block's length, so each is an item of it.
        self.items
            .extend((0..block.len()).map(|place| unsafe { start.add(place) }));
        Ok(first)
    }

    /// The item with this number.
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        // SAFETY: `items` points at items of the blocks, which live as long as the arena; it is
        // borrowed for as long as the result, so nobody has an item exclusively by way of it.
        self.items
            .get(number as usize)
            .map(|item| unsafe { item.as_ref() })
    }

    /// The item with this number.
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        // SAFETY: `items` points at items of the blocks, which live as long as the arena; it is
        // borrowed exclusively for as long as the result.
        self.items
            .get_mut(number as usize)
            .map(|item| unsafe { item.as_mut() })
    }

    /// Two items; nothing if they are one.
    pub(crate) fn two(&mut self, one: u32, other: u32) -> Option<(&T, &mut T)> {
        if one == other {
            return None;
        }
        let (one, mut other) = (self.address(one)?, self.address(other)?);
        // SAFETY: `items` points at items of the blocks, which live as long as the arena; it is
        // borrowed exclusively for as long as the results, which are different items.
        Some(unsafe { (one.as_ref(), other.as_mut()) })
    }

    /// The address of the item with this number, stable for the life of the arena.
    pub(crate) fn address(&self, number: u32) -> Option<NonNull<T>> {
        self.items.get(number as usize).copied()
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// The addresses of all items, in order.
    pub(crate) fn addresses(&self) -> &[NonNull<T>] {
        &self.items
    }
}

impl<T> Drop for Block<T> {
    fn drop(&mut self) {
        // SAFETY: the pointer came from leaking a box in `Arena::append`, which put it into this
        // block only; a block is dropped once, and the arena that lent its items out with it.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn items_stay_where_they_are() {
        let mut arena = Arena::default();
        assert_eq!(arena.push(7), Ok(0));
        let address = arena.address(0);
        assert_eq!(arena.append(vec![8, 9, 10]), Ok(1));
        assert_eq!(arena.append(vec![]), Ok(4));
        assert_eq!(arena.address(0), address);
        assert_eq!(arena.get(3), Some(&10));
        assert_eq!((arena.get(4), arena.len()), (None, 4));
    }
}
