//! The operands of a body in the caller's bytes.
//!
//! It is a list like the others, but each instruction pushes and pops, so here the place is known
//! and what depends on it folds away: nothing lies behind operands.

use core::cmp::Ordering;

use super::arena::{Arena, ArenaList, Place, most_items};
use super::item::Item;
use super::storage::{Full, List};
use crate::reject::Reject;
use crate::spec::Limit;
use crate::types::ValType;

/// Types of operands, in an arena.
#[derive(Debug)]
pub struct Operands<'s> {
    arena: &'s Arena<'s>,
}

const PLACE: Place = Place::Values;
const SIZE: usize = ValType::SIZE;

impl<'s> Operands<'s> {
    pub(super) fn new(arena: &'s Arena<'s>) -> Self {
        Self { arena }
    }

    /// The same as any other list.
    fn list(&self) -> ArenaList<'s, ValType, { PLACE as u8 }> {
        self.arena.list()
    }

    #[inline(always)]
    fn offset(&self, index: usize) -> usize {
        self.arena.offset(PLACE, index, SIZE)
    }
}

impl List<ValType> for Operands<'_> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.arena.region(PLACE).len.get()
    }

    #[inline(always)]
    fn get(&self, index: usize) -> Option<ValType> {
        (index < self.len()).then(|| ValType::get(self.arena.bytes, self.offset(index)))
    }

    #[inline(always)]
    fn set(&mut self, index: usize, item: ValType) {
        if index < self.len() {
            item.store(self.arena.bytes, self.offset(index));
        }
    }

    #[inline(always)]
    fn push(&mut self, item: ValType, most: u64) -> Result<(), Full> {
        let most = most_items(most);
        let cells = self.arena.extend_here(PLACE, SIZE, most);
        if cells.len() < SIZE {
            return Err(self.arena.full(PLACE, SIZE, most));
        }
        item.store(cells, 0);
        Ok(())
    }

    #[inline(always)]
    fn add(&mut self, item: ValType, limit: Limit, most: u64, at: usize) -> Result<(), Reject> {
        let most = most_items(most);
        let cells = self.arena.extend_here(PLACE, SIZE, most);
        if cells.len() < SIZE {
            return Err(self.arena.refuse(PLACE, SIZE, most, limit, at));
        }
        item.store(cells, 0);
        Ok(())
    }

    #[inline(always)]
    fn truncate(&mut self, len: usize) {
        if let Some(fewer) = self.len().checked_sub(len) {
            self.arena.shrink(PLACE, len, fewer * SIZE);
        }
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<ValType> {
        let index = self.len().checked_sub(1)?;
        let item = ValType::get(self.arena.bytes, self.offset(index));
        self.arena.shrink(PLACE, index, SIZE);
        Some(item)
    }

    fn partition_point(&self, first: impl FnMut(ValType) -> bool) -> usize {
        self.list().partition_point(first)
    }

    fn sort(&mut self, compare: impl FnMut(&ValType, &ValType) -> Ordering) {
        self.list().sort(compare);
    }
}
