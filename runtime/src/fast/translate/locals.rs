//! The locals of a function, by slot.
//!
//! A local of Wasm is a number; in the frame it is a slot, or two for a vector. As long as no vector is
//! among the locals, both are the same number.

use alloc::vec::Vec;
use core::ops::Range;

use crate::allocation::{OutOfMemory, reserve};
use crate::fast::register::RegisterClass;
use crate::types::LocalIdx;
use crate::validate::LocalRun;

/// The slots of all locals.
#[derive(Default)]
pub(super) struct Locals {
    /// The class of what stands in each slot; of a vector twice.
    slots: Vec<RegisterClass>,
    /// The locals that are vectors, by number.
    vectors: Vec<Range<u32>>,
    /// The first local behind those that were added.
    end: u32,
}

impl Locals {
    /// Forgets all locals, and keeps their memory for others.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.vectors.clear();
        self.end = 0;
    }

    /// Adds locals of one type.
    pub(super) fn extend(&mut self, run: LocalRun) -> Result<(), OutOfMemory> {
        let kind = RegisterClass::of(run.ty);
        let added = run.end.saturating_sub(self.end) as usize * kind.slots();
        reserve(&mut self.slots, added)?;
        if kind == RegisterClass::V128 {
            reserve(&mut self.vectors, 1)?;
            self.vectors.push(self.end..run.end);
        }
        self.slots.resize(self.slots.len() + added, kind);
        self.end = run.end;
        Ok(())
    }

    /// The first slot of a local.
    pub(super) fn slot(&self, local: LocalIdx) -> u32 {
        let below = |run: &Range<u32>| local.0.min(run.end).saturating_sub(run.start);
        // Runs of vectors are few: a function declares most of its locals of a type at once.
        local.0 + self.vectors.iter().map(below).sum::<u32>()
    }

    /// The class of the value that begins at a slot.
    pub(super) fn kind(&self, slot: u32) -> RegisterClass {
        self.slots[slot as usize]
    }

    /// How many slots they take.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }
}
