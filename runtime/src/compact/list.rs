//! Lists in the caller's memory: a slice, of which the first items are in use.
//!
//! The slice is as long as the caller made it and never grows; a list that is full is an error
//! which says the length that would do. Functions are small because each is linked once for each
//! type of item.

use super::error::{Capacity, Failure};
use crate::exec::shift;

/// A slice, of which the first items are in use.
#[derive(Debug, Default)]
pub(crate) struct List<'s, T> {
    pub(crate) items: &'s mut [T],
    pub(crate) len: usize,
}

impl<'s, T> List<'s, T> {
    pub(crate) fn new(items: &'s mut [T]) -> Self {
        Self { items, len: 0 }
    }

    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        self.items.get(index)
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        self.items.get_mut(index)
    }

    /// The items in use.
    pub(crate) fn used(&mut self) -> &mut [T] {
        self.items.get_mut(..self.len).unwrap_or_default()
    }

    /// Adds an item, if there is room.
    pub(crate) fn push(&mut self, item: T, list: Capacity) -> Result<(), Failure> {
        let Some(place) = self.items.get_mut(self.len) else {
            // Made here: what comes from a function would be asked again whether it is an error.
            return Err(Failure::capacity(list, self.len.wrapping_add(1)));
        };
        *place = item;
        self.len += 1;
        Ok(())
    }
}

impl<'s, T: Copy> List<'s, T> {
    /// Adds items that are equal, if there is room for all of them.
    pub(crate) fn extend(&mut self, more: u64, item: T, list: Capacity) -> Result<(), Failure> {
        let end = more.saturating_add(self.len as u64);
        let end = usize::try_from(end).unwrap_or(usize::MAX);
        let Some(places) = self.items.get_mut(self.len..end) else {
            return Err(Failure::capacity(list, end));
        };
        places.fill(item);
        self.len = end;
        Ok(())
    }

    /// Makes room for items at an index, and moves those from there on up.
    pub(crate) fn insert(&mut self, at: usize, more: usize, item: T) -> Option<()> {
        let len = self
            .len
            .checked_add(more)
            .filter(|len| *len <= self.items.len())?;
        let behind = self.items.get_mut(at..len)?;
        shift(behind, 0..behind.len().checked_sub(more)?, more);
        behind.get_mut(..more)?.fill(item);
        self.len = len;
        Some(())
    }

    /// Takes other memory in place of what it has; what is in use is copied.
    pub(crate) fn replace(&mut self, items: &'s mut [T], list: Capacity) -> Result<(), Failure> {
        let (to, from) = (items.get_mut(..self.len), self.items.get(..self.len));
        let (Some(to), Some(from)) = (to, from) else {
            return Err(Failure::capacity(list, self.len));
        };
        to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        self.items = items;
        Ok(())
    }
}
