//! The function that runs: where its code goes on, and its branches.
//!
//! The state that calls save and returns restore, apart from the registers that change with each
//! instruction. Where a branch goes is in the module's table; entering and leaving functions, also
//! those of other instances, is here. Standard: section 4.6, "Instructions", "Control
//! Instructions".

use super::address::FuncAddr;
use super::branch::Branch;
use super::registers::{ASTRAY, Registers};
use super::state::State;
use super::table::Body;
use crate::exec::machine::Stop;
use crate::exec::slot::Slot;
use crate::profile::Profile;
use crate::spec::{Rate, Trap};
use crate::types::MemoryIdx;
use crate::validate::item::Item;

/// The state of the function that runs, but for what changes with each instruction.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Activation {
    pub(crate) func: FuncAddr,
    /// The slot of the first local.
    pub(crate) base: usize,
    /// Where the next branch is in the table.
    pub(crate) branch: usize,
    /// Offset of its first instruction.
    start: usize,
    /// How many bytes of the module follow its last `end`.
    tail: usize,
    /// Where memory 0 begins and ends.
    pub(crate) memory: (usize, usize),
}

impl Activation {
    /// A constant expression: the first `end` is its last one.
    pub(crate) const CONSTANT: Self = Self {
        func: FuncAddr::CONSTANT,
        base: 0,
        branch: 0,
        start: 0,
        tail: usize::MAX,
        memory: (0, 0),
    };
}

impl<'m, P: Profile> State<'m, '_, P> {
    /// Offset of what is read next.
    #[inline(always)]
    pub(crate) fn position(&self, r: &Registers<'m>) -> usize {
        self.current.module.wasm.len().wrapping_sub(r.code.len())
    }

    /// Offset of an instruction whose opcode has just been read.
    #[inline(always)]
    pub(crate) fn at(&self, r: &Registers<'m>) -> usize {
        self.position(r).wrapping_sub(1)
    }

    /// Goes back to an instruction.
    #[cfg_attr(small, inline(never))]
    pub(crate) fn rewind(&self, r: &mut Registers<'m>, at: usize) {
        r.code = self
            .current
            .module
            .wasm
            .get(at..)
            .unwrap_or_default()
            .iter();
    }

    /// Whether an `end` that has just been read is the function's last one.
    #[inline(always)]
    pub(crate) fn is_at_end(&self, r: &Registers<'m>) -> bool {
        r.code.len() <= self.activation.tail
    }

    /// Goes to the last `end`.
    pub(crate) fn finish(&self, r: &mut Registers<'m>) {
        let end = self.activation.tail.wrapping_add(1);
        self.rewind(r, self.current.module.wasm.len().wrapping_sub(end));
    }

    /// Remembers where a body begins and ends.
    #[inline(always)]
    pub(crate) fn enter_body(&mut self, body: Body) {
        self.activation.start = body.code as usize;
        let behind = (body.end as usize).wrapping_add(1);
        self.activation.tail = self.current.module.wasm.len().wrapping_sub(behind);
    }

    /// Lets the memory be that of the instance that runs.
    pub(crate) fn refresh(&mut self) {
        self.activation.memory = self.extent(MemoryIdx(0));
    }

    /// Where a memory begins and ends.
    #[cold]
    #[inline(never)]
    pub(crate) fn extent(&self, x: MemoryIdx) -> (usize, usize) {
        let memory = self.memory_of(x);
        (memory.start, memory.start.wrapping_add(memory.len))
    }

    /// Goes on elsewhere.
    #[inline(always)]
    pub(crate) fn jump(
        &mut self,
        r: &mut Registers<'m>,
        code: usize,
        branch: usize,
    ) -> Result<(), Trap> {
        r.code = self.current.module.wasm.get(code..).ok_or(ASTRAY)?.iter();
        self.activation.branch = branch;
        Ok(())
    }

    /// Takes the next branch.
    #[inline(always)]
    pub(crate) fn take(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
    ) -> Result<(), Stop> {
        let place = self.activation.branch;
        let word = self.word(place)?;
        if Branch::drops_nothing(word) {
            return Ok(self.follow(r, place, Branch::of(word))?);
        }
        r.away(|r| self.branch(slots, r, 0))
    }

    /// Takes the branch that is `index` branches behind the next one.
    #[inline(never)]
    pub(crate) fn branch(
        &mut self,
        slots: &mut [P::Slot],
        r: &mut Registers<'m>,
        index: u32,
    ) -> Result<(), Stop> {
        let place = behind(self.activation.branch, index);
        let word = self.word(place)?;
        let mut branch = Branch::of(word);
        if Branch::is_far(word) {
            let place = behind(place, Branch::place(word));
            branch = Branch::record(self.current.module.table, place);
        }
        if branch.drop != 0 {
            let keep = usize::from(branch.keep);
            let from = r.sp.saturating_sub(keep);
            let to = from.saturating_sub(branch.drop.into());
            slide(slots, from, to, keep);
            r.sp = to.wrapping_add(keep);
            self.owe(Rate::MOVED, keep);
        }
        self.follow(r, place, branch)?;
        self.owes()
    }

    /// A word of the branches.
    #[inline(always)]
    fn word(&self, place: usize) -> Result<u32, Trap> {
        // As a whole, because compilers make one access of that.
        let entry = self.current.module.table.get(place..).ok_or(ASTRAY)?;
        Ok(u32::from_le_bytes(*entry.first_chunk().ok_or(ASTRAY)?))
    }

    /// Goes to where the branch at `place` goes.
    #[inline(always)]
    fn follow(&mut self, r: &mut Registers<'m>, place: usize, branch: Branch) -> Result<(), Trap> {
        let distance = isize::from(branch.table).wrapping_mul(u32::SIZE as isize);
        self.jump(
            r,
            self.activation.start.wrapping_add(branch.code as usize),
            place.wrapping_add_signed(distance),
        )
    }

    /// Does not take the next branch.
    #[inline(always)]
    pub(crate) fn pass(&mut self) {
        self.activation.branch = self.activation.branch.wrapping_add(u32::SIZE);
    }
}

/// Where the branch is that is `count` branches behind another.
#[inline(always)]
fn behind(place: usize, count: u32) -> usize {
    place.wrapping_add((count as usize).wrapping_mul(u32::SIZE))
}

/// Moves values down, as far as there are slots.
#[inline(never)]
pub(crate) fn slide<S: Slot>(slots: &mut [S], from: usize, to: usize, count: usize) {
    for index in 0..count {
        let value = slots.get(from.wrapping_add(index)).copied();
        if let (Some(value), Some(slot)) = (value, slots.get_mut(to.wrapping_add(index))) {
            *slot = value;
        }
    }
}
