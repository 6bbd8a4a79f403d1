//! The operands of a body in the caller's bytes.
//!
//! It is a list like the others, but each instruction pushes and pops. Nothing lies behind operands
//! in the arena, so nothing has to give way when they grow; with the list's place known at compile
//! time, all that depends on it is removed.

use core::cmp::Ordering;

use super::arena::{Arena, ArenaList, ListName, most_items};
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

const PLACE: ListName = ListName::Values;
const SIZE: usize = ValType::SIZE;

impl<'s> Operands<'s> {
    pub(super) fn new(arena: &'s Arena<'s>) -> Self {
        Self { arena }
    }

    /// The same as any other list.
    fn list(&self) -> ArenaList<'s, ValType, { PLACE as u8 }> {
        self.arena.list()
    }
}

impl List<ValType> for Operands<'_> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.arena.len(PLACE, SIZE)
    }

    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.arena.is_empty(PLACE)
    }

    #[inline(always)]
    fn get(&self, index: usize) -> Option<ValType> {
        self.list().get(index)
    }

    #[inline(always)]
    fn set(&mut self, index: usize, item: ValType) {
        self.list().set(index, item);
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
        self.arena.truncate_here(PLACE, len, SIZE);
    }

    #[inline(always)]
    fn pop(&mut self) -> Option<ValType> {
        self.arena.pop(PLACE)
    }

    fn partition_point(&self, first: impl FnMut(ValType) -> bool) -> usize {
        self.list().partition_point(first)
    }

    fn sort(&mut self, compare: impl FnMut(&ValType, &ValType) -> Ordering) {
        self.list().sort(compare);
    }
}
