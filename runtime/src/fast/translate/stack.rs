//! The operand stack of a translation.
//!
//! There is an entry for each slot: a vector has two, of which the first says where it is.
//! Most values are in the slot at their height; the others are *notes*: of a local that has not been
//! assigned since, or of a constant. The heights of notes stand in lists of their own, so that
//! getting the stack ready for a branch or a call looks at notes only, and at each once, however
//! many values there are.

use alloc::vec::Vec;
use core::ops::{Deref, Range};

use super::operand::{At, Operand};
use crate::allocation::{OutOfMemory, reserve};
use crate::exec::slot;
use crate::fast::register::RegisterClass;
use crate::types::ValType;

/// Notes of more locals than these do not wait: an assignment looks at all of them.
const LOCALS: usize = 32;

/// Most values that an instruction pushes besides results of calls and blocks.
const AT_ONCE: usize = 4;

/// Values that there is room for at first: most functions have no more at once.
const FIRST: usize = 16;

/// Values, the last on top.
#[derive(Default)]
pub(super) struct Stack {
    values: Vec<Operand>,
    /// Heights of notes, ascending; some of values that have got their slots meanwhile.
    notes: Vec<u32>,
    /// Heights of notes of locals, ascending.
    locals: Vec<u32>,
    /// The most values at once.
    most: usize,
}

impl Deref for Stack {
    type Target = [Operand];

    fn deref(&self) -> &[Operand] {
        &self.values
    }
}

impl Stack {
    /// Forgets all values, and keeps their memory for others.
    pub(super) fn clear(&mut self) {
        self.truncate(0);
        self.most = 0;
    }

    /// Makes room for what one instruction pushes.
    #[inline]
    pub(super) fn reserve(&mut self) -> Result<(), OutOfMemory> {
        self.make_room(AT_ONCE)
    }

    /// Makes room for so many values more, and for notes of as many values as there is room for: so there
    /// is one question at each instruction.
    #[inline]
    fn make_room(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.values.capacity() - self.values.len() >= more {
            return Ok(());
        }
        self.grow(more)
    }

    #[cold]
    fn grow(&mut self, more: usize) -> Result<(), OutOfMemory> {
        reserve(&mut self.values, more.max(FIRST))?;
        for notes in [&mut self.notes, &mut self.locals] {
            reserve(notes, self.values.capacity() - notes.len())?;
        }
        Ok(())
    }

    /// Pushes a value. Inlined, it is written where it stays: a copy would wait for its parts.
    #[inline(always)]
    pub(super) fn push(&mut self, value: Operand) {
        let height = self.values.len() as u32;
        match value.at {
            At::Temp | At::Open | At::Rest => {}
            At::Const(_) => self.notes.push(height),
            At::Local(_) => {
                self.notes.push(height);
                self.locals.push(height);
            }
        }
        self.values.push(value);
        if let Some(rest) = rest(value.kind) {
            self.values.push(rest);
        }
        self.most = self.most.max(self.values.len());
    }

    /// Pushes values of these types, in their slots.
    pub(super) fn extend(&mut self, types: &[ValType]) -> Result<(), OutOfMemory> {
        self.make_room(slot::count(types))?;
        let at = At::Temp;
        for &ty in types {
            let kind = RegisterClass::of(ty);
            self.values.push(Operand { kind, at });
            self.values.extend(rest(kind));
        }
        self.most = self.most.max(self.values.len());
        Ok(())
    }

    /// The height below so many values on top.
    pub(super) fn below(&self, count: usize) -> usize {
        (0..count).fold(self.values.len(), |height, _| {
            let top = height.checked_sub(1).and_then(|top| self.values.get(top));
            let slots = top.map_or(0, |value| value.kind.slots());
            height.saturating_sub(slots)
        })
    }

    /// Takes the value on top.
    pub(super) fn pop(&mut self) -> Option<Operand> {
        let mut value = self.values.pop();
        if value.is_some_and(|value| value.at == At::Rest) {
            value = self.values.pop();
        }
        self.forget();
        value
    }

    /// Drops the values from a height on.
    pub(super) fn truncate(&mut self, height: usize) {
        self.values.truncate(height);
        self.forget();
    }

    /// Notes that a value is in its slot now.
    pub(super) fn settle(&mut self, height: usize) {
        let Some(value) = self.values.get_mut(height) else {
            return;
        };
        if let At::Local(_) = value.at {
            self.locals.retain(|&local| local as usize != height);
        }
        value.at = At::Temp;
    }

    /// The lowest note of a local, below a height.
    pub(super) fn lowest_local(&self, below: usize) -> Option<usize> {
        let lowest = self.locals.first().map(|&height| height as usize);
        lowest.filter(|&height| height < below)
    }

    /// The lowest note of this local.
    pub(super) fn note_of(&self, local: u32) -> Option<usize> {
        let mut heights = self.locals.iter().map(|&height| height as usize);
        heights.find(|&height| self.values[height].at == At::Local(local))
    }

    /// The lowest note of a local, if there are too many for it to stay one.
    pub(super) fn overdue(&self) -> Option<usize> {
        let full = self.locals.len() >= LOCALS;
        self.lowest_local(usize::MAX).filter(|_| full)
    }

    /// The places of the notes in a range of heights, for [`note`](Self::note).
    pub(super) fn notes(&self, heights: Range<usize>) -> Range<usize> {
        let place = |end| {
            self.notes
                .partition_point(|&height| (height as usize) < end)
        };
        place(heights.start)..place(heights.end)
    }

    /// The height of a note.
    pub(super) fn note(&self, place: usize) -> usize {
        self.notes[place] as usize
    }

    /// Forgets notes whose values are in their slots now.
    pub(super) fn forget_notes(&mut self, places: Range<usize>) {
        self.notes.drain(places);
    }

    /// The most values that there were at once.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Forgets notes of values that are gone.
    fn forget(&mut self) {
        let len = self.values.len() as u32;
        while self.notes.last().is_some_and(|&height| height >= len) {
            self.notes.pop();
        }
        while self.locals.last().is_some_and(|&height| height >= len) {
            self.locals.pop();
        }
    }
}

/// The entry of a value's second slot, if it has one.
fn rest(kind: RegisterClass) -> Option<Operand> {
    let at = At::Rest;
    (kind.slots() > 1).then_some(Operand { kind, at })
}
