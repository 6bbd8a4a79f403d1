//! Which locals are read before they are set, so that they must be zero when a function begins.
//!
//! Compilers declare many locals and set nearly all of them before they read them. A local that was set is
//! so as long as the block is open in which that happened: what follows there, in the order of the text, is
//! reached through it. A loop is left at its end only, and a block without branches to it, too; so their
//! ends change nothing.

use alloc::vec::Vec;
use core::ops::Range;

use super::Translator;
use super::block::BlockKind;
use crate::allocation::{OutOfMemory, reserve};

/// Locals behind these are never known to be set: a body of a few bytes may declare many.
const KNOWN: usize = 1024;

/// How many blocks are looked at around the one where a local is set.
const DEEPEST: usize = 16;

/// A block: its place among those that are open, and its number among all of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    at: u32,
    number: u32,
}

/// The locals that are read before they are set, by their slots.
#[derive(Default)]
pub(super) struct Unset {
    /// For each of the first locals the block where it was set, if it was.
    set: Vec<Option<Scope>>,
    /// From the first to the last of those that are read.
    read: Range<u32>,
    /// Blocks so far.
    blocks: u32,
}

impl Unset {
    /// Forgets all, for a function with this many slots of locals.
    pub(super) fn begin(&mut self, slots: usize) -> Result<(), OutOfMemory> {
        let known = slots.min(KNOWN);
        self.set.clear();
        reserve(&mut self.set, known)?;
        self.set.resize(known, None);
        (self.read, self.blocks) = (0..0, 0);
        Ok(())
    }

    /// A number for a block that begins.
    pub(super) fn number(&mut self) -> u32 {
        self.blocks += 1;
        self.blocks
    }

    /// The slots that must be zero at first, and perhaps some between them.
    pub(super) fn read(&self) -> Range<u32> {
        self.read.clone()
    }
}

impl Translator<'_> {
    /// Notes that a local is read.
    #[inline]
    pub(super) fn reads(&mut self, slot: u32) {
        if slot >= self.params.slots as u32 && !self.is_set(slot) {
            let end = slot + self.locals.kind(slot).slots() as u32;
            let read = &mut self.unset.read;
            *read = match read.end {
                0 => slot..end,
                behind => read.start.min(slot)..behind.max(end),
            };
        }
    }

    /// Notes that a local is set.
    #[inline]
    pub(super) fn sets(&mut self, slot: u32) {
        if !self.is_set(slot) {
            let scope = self.scope();
            if let Some(set) = self.unset.set.get_mut(slot as usize) {
                *set = scope;
            }
        }
    }

    /// Whether a local has been set wherever this is reached.
    #[inline]
    fn is_set(&self, slot: u32) -> bool {
        let set = self.unset.set.get(slot as usize);
        set.copied().flatten().is_some_and(|scope| {
            let block = self.blocks.get(scope.at as usize);
            block.is_some_and(|block| block.number == scope.number)
        })
    }

    /// The outermost block that can be left through this place only, as far as has been seen of it.
    fn scope(&self) -> Option<Scope> {
        let mut scope = None;
        for (at, block) in self.blocks.iter().enumerate().rev().take(DEEPEST) {
            let number = block.number;
            scope = Some(Scope {
                at: at as u32,
                number,
            });
            let is_passed = match block.kind {
                BlockKind::Loop => true,
                BlockKind::Block => !self.code.is_used(block.label) && block.exit.is_none(),
                BlockKind::Function | BlockKind::If(_) | BlockKind::Else => false,
            };
            if !is_passed {
                break;
            }
        }
        scope
    }
}
