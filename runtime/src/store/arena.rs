//! An append-only arena whose items never move.
//!
//! Invariant of this module: every pointer in `items` came from `Box::into_raw`, is freed once,
//! in `drop`, and is handed out only as [`NonNull`] or as a reference bound to the arena's own
//! borrow. Whoever keeps a `NonNull` must keep the arena alive.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ptr::NonNull;

/// Items of one kind, numbered in order of creation.
pub(crate) struct Arena<T> {
    items: Vec<NonNull<T>>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

// SAFETY: the arena owns its items, as `Vec<Box<T>>` would.
unsafe impl<T: Send> Send for Arena<T> {}
// SAFETY: shared access to the arena gives shared access to items only.
unsafe impl<T: Sync> Sync for Arena<T> {}

impl<T> Arena<T> {
    /// Adds an item and gives its number.
    pub(crate) fn push(&mut self, item: T) -> u32 {
        let number = self.items.len() as u32;
        self.items.push(NonNull::from(Box::leak(Box::new(item))));
        number
    }

    /// The item with this number.
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        // SAFETY: pointers in `items` are live until `drop`; the borrow is the arena's.
        self.items.get(number as usize).map(|item| unsafe { item.as_ref() })
    }

    /// The item with this number.
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        // SAFETY: as in `get`, and the arena is borrowed exclusively.
        self.items.get_mut(number as usize).map(|item| unsafe { item.as_mut() })
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

impl<T> Drop for Arena<T> {
    fn drop(&mut self) {
        for item in self.items.drain(..) {
            // SAFETY: the pointer came from `Box` in `push` and is dropped only here.
            drop(unsafe { Box::from_raw(item.as_ptr()) });
        }
    }
}
