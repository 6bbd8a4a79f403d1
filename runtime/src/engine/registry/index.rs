//! Groups in the order of their keys, to find them again.
//!
//! Blocks of few thousand bytes, each sorted, in order: finding is two binary searches, and
//! adding moves the rest of a block. Nothing depends on chance: no input makes it slow.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::Entry;
use super::record::Record;
use super::words::{RecordAddr, Words};
use crate::allocation::OutOfMemory;
use crate::types::TypeId;

/// The first types of all groups.
#[derive(Default)]
pub(super) struct Index {
    /// None is empty.
    blocks: Vec<Vec<TypeId>>,
}

/// Where a group would stand.
#[derive(Clone, Copy)]
pub(super) struct Gap {
    block: usize,
    item: usize,
}

impl Index {
    /// The most groups of a block.
    const BLOCK: usize = 512;

    /// The group that is equal to a record of this many words, or where it is to stand.
    pub(super) fn find(
        &self,
        place: RecordAddr,
        size: usize,
        words: &Words,
        entries: &[Entry],
    ) -> Result<TypeId, Gap> {
        match self.search(place, size, words, entries) {
            (Some(first), _) => Ok(first),
            (None, gap) => Err(gap),
        }
    }

    fn search(
        &self,
        place: RecordAddr,
        size: usize,
        words: &Words,
        entries: &[Entry],
    ) -> (Option<TypeId>, Gap) {
        let record = Record::at(words, place);
        let (length, key) = record.key();
        let key = key.get(..size - record.head()).unwrap_or(key);
        let order = |first: &TypeId| {
            let entry = entries.get(first.0 as usize);
            let place = entry.map_or(RecordAddr::NOWHERE, |entry| entry.record);
            let (other, words) = Record::at(words, place).key();
            let words = words.get(..key.len()).unwrap_or(words);
            other.cmp(&length).then_with(|| words.cmp(key))
        };
        let before = |block: &Vec<TypeId>| {
            let first = block.first().map(order);
            first.is_some_and(Ordering::is_le)
        };
        let block = self.blocks.partition_point(before).saturating_sub(1);
        let items = self.blocks.get(block).map(Vec::as_slice);
        let items = items.unwrap_or_default();
        match items.binary_search_by(order) {
            Ok(item) => (items.get(item).copied(), Gap { block, item }),
            Err(item) => (None, Gap { block, item }),
        }
    }

    /// Adds a group where it is to stand.
    pub(super) fn insert(&mut self, gap: Gap, first: TypeId) -> Result<(), OutOfMemory> {
        if self.blocks.is_empty() {
            self.blocks.try_reserve(1).map_err(|_| OutOfMemory)?;
            self.blocks.push(Vec::new());
        }
        let full = self.blocks.get(gap.block).map(Vec::len) == Some(Self::BLOCK);
        let Gap { block, item } = if full { self.split(gap)? } else { gap };
        let items = self.blocks.get_mut(block).ok_or(OutOfMemory)?;
        if items.len() == items.capacity() {
            let ahead = items.len().max(4).min(Self::BLOCK - items.len());
            items.try_reserve_exact(ahead).map_err(|_| OutOfMemory)?;
        }
        items.insert(item.min(items.len()), first);
        Ok(())
    }

    /// Makes two blocks of a full one; the gap may be in another then.
    fn split(&mut self, gap: Gap) -> Result<Gap, OutOfMemory> {
        let Gap { block, item } = gap;
        // What comes in order leaves full blocks behind.
        let at_end = block + 1 == self.blocks.len() && item == Self::BLOCK;
        let half = if at_end { item } else { Self::BLOCK / 2 };
        let mut upper = Vec::new();
        upper
            .try_reserve_exact(Self::BLOCK)
            .map_err(|_| OutOfMemory)?;
        self.blocks.try_reserve(1).map_err(|_| OutOfMemory)?;
        if let Some(items) = self.blocks.get_mut(block) {
            upper.extend(items.drain(half..));
        }
        self.blocks.insert(block + 1, upper);
        Ok(match item.checked_sub(half) {
            Some(item) if at_end || item > 0 => Gap {
                block: block + 1,
                item,
            },
            _ => gap,
        })
    }

    /// Takes out the group whose record is here, with this many words.
    pub(super) fn remove(
        &mut self,
        place: RecordAddr,
        size: usize,
        words: &Words,
        entries: &[Entry],
    ) {
        let (found, Gap { block, item }) = self.search(place, size, words, entries);
        let Some(items) = self.blocks.get_mut(block) else {
            return;
        };
        if found.is_some() && item < items.len() {
            items.remove(item);
        }
        if items.is_empty() {
            self.blocks.remove(block);
        } else if items.len() < Self::BLOCK / 4 {
            self.merge(block);
            if let Some(before) = block.checked_sub(1) {
                self.merge(before);
            }
        }
    }

    /// Puts the items of the next block behind those of a block that is almost empty, if there is
    /// room and memory.
    fn merge(&mut self, block: usize) {
        let Ok([items, next]) = self.blocks.get_disjoint_mut([block, block + 1]) else {
            return;
        };
        let both = items.len() + next.len();
        if both > Self::BLOCK / 2 || items.try_reserve_exact(next.len()).is_err() {
            return;
        }
        items.append(next);
        self.blocks.remove(block + 1);
    }
}
