//! The function that runs: where its code goes on, and its branches.
//!

use super::address::FuncAddr;
use super::branch::Branch;
use super::core::Core;
use super::registers::{ASTRAY, Registers};
use super::table::Body;
use crate::exec::machine::Stop;
use crate::profile::Profile;
use crate::spec::Trap;
use crate::types::MemoryIdx;
use crate::validate::item::Item;

/// The state of the function that runs, but for what changes with each instruction.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Running {
    pub(crate) func: FuncAddr,
    /// Where the next branch is in the table.
    pub(crate) branch: usize,
    /// How many bytes of the module follow the function's last `end`.
    tail: usize,
    /// Where memory 0 begins and ends.
    pub(crate) memory: (usize, usize),
}

impl Running {
    /// A constant expression: the first `end` is its last one.
    pub(crate) const CONSTANT: Self = Self {
        func: FuncAddr::CONSTANT,
        branch: 0,
        tail: usize::MAX,
        memory: (0, 0),
    };
}

impl<'m, P: Profile> Core<'m, '_, P> {
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
        r.code.len() <= self.running.tail
    }

    /// Goes to the last `end`.
    pub(crate) fn finish(&self, r: &mut Registers<'m>) {
        let end = self.running.tail.wrapping_add(1);
        self.rewind(r, self.current.module.wasm.len().wrapping_sub(end));
    }

    /// Remembers where a body ends.
    #[inline(always)]
    pub(crate) fn last_end(&mut self, body: Body) {
        let behind = (body.end as usize).wrapping_add(1);
        self.running.tail = self.current.module.wasm.len().wrapping_sub(behind);
    }

    /// Lets the memory be that of the instance that runs.
    pub(crate) fn attend(&mut self) {
        self.running.memory = self.extent(MemoryIdx(0));
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
        self.running.branch = branch;
        Ok(())
    }

    /// Takes a branch of the instruction at `at`, `index` branches behind the next one.
    #[inline(always)]
    pub(crate) fn take(
        &mut self,
        slots: &mut [u64],
        r: &mut Registers<'m>,
        at: usize,
        index: u32,
    ) -> Result<(), Trap> {
        let skipped = (index as usize).wrapping_mul(Branch::SIZE);
        let place = self.running.branch.wrapping_add(skipped);
        let entry = self.current.module.table.get(place..).ok_or(ASTRAY)?;
        let branch = Branch::unpack(entry.first_chunk().ok_or(ASTRAY)?);
        let distance = isize::from(branch.table).wrapping_mul(Branch::SIZE as isize);
        if branch.drop != 0 {
            r.sp = unwind(slots, r.sp, branch);
        }
        self.jump(
            r,
            at.wrapping_add_signed(branch.code as isize),
            place.wrapping_add_signed(distance),
        )
    }

    /// The same, out of the loop.
    #[inline(never)]
    pub(crate) fn branch(
        &mut self,
        slots: &mut [u64],
        r: &mut Registers<'m>,
        at: usize,
        index: u32,
    ) -> Result<(), Stop> {
        Ok(self.take(slots, r, at, index)?)
    }

    /// Does not take the next branch.
    #[inline(always)]
    pub(crate) fn pass(&mut self) {
        self.running.branch = self.running.branch.wrapping_add(Branch::SIZE);
    }
}

/// Moves the operands that a branch takes along; gives the first free slot.
#[inline(never)]
fn unwind(slots: &mut [u64], sp: usize, branch: Branch) -> usize {
    let keep = usize::from(branch.keep);
    let from = sp.saturating_sub(keep);
    let to = from.saturating_sub(branch.drop.into());
    slide(slots, from, to, keep);
    to.wrapping_add(keep)
}

/// Moves values down, as far as there are slots.
#[inline(never)]
pub(crate) fn slide(slots: &mut [u64], from: usize, to: usize, count: usize) {
    for index in 0..count {
        let value = slots.get(from.wrapping_add(index)).copied();
        if let (Some(value), Some(slot)) = (value, slots.get_mut(to.wrapping_add(index))) {
            *slot = value;
        }
    }
}
