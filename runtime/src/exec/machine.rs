//! What an engine gives to the functions that touch state.
//!
//! Indices are those of the running instance and were checked by the validator, so that each of
//! these functions finds its object. Two indices may name the same object.

use crate::spec::{Rate, Trap};
use crate::types::{DataIdx, ElemIdx, FuncIdx, MemoryIdx, Ref, TableIdx};

/// Why an instruction did not end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stop {
    /// It trapped.
    Trap(Trap),
    /// The environment failed; the machine holds the reason.
    Exit,
}

impl From<Trap> for Stop {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

/// An engine that runs an instance.
pub(crate) trait Machine {
    /// Pays for work on `count` bytes or elements, before any of it is done and when it is certain
    /// that it can be. If there is not enough fuel, the instruction stops, having done nothing, and
    /// begins again when there is more.
    fn pay(&mut self, rate: Rate, count: u64) -> Result<(), Stop>;

    /// The bytes of a memory.
    fn memory(&mut self, x: MemoryIdx) -> &mut [u8];

    /// Copies `count` bytes, which are paid for, from a place of a memory to a place of one; gives
    /// `None`, and nothing is paid or copied, if either lacks bytes.
    fn memory_copy(
        &mut self,
        to: (MemoryIdx, u64),
        from: (MemoryIdx, u64),
        count: u64,
        rate: Rate,
    ) -> Result<Option<()>, Stop>;

    /// The trap of an instruction for which memories lack some of `count` bytes from these places on.
    /// An engine can keep which, for whoever reports it.
    fn memory_out_of_bounds(&mut self, _: &[(MemoryIdx, u64)], _count: u64) -> Trap {
        Trap::MemoryOutOfBounds
    }

    /// The bytes of a memory and of a data segment, which has none once dropped.
    fn memory_and_data(&mut self, x: MemoryIdx, y: DataIdx) -> (&mut [u8], &[u8]);

    /// The size of a memory in pages.
    fn memory_pages(&mut self, x: MemoryIdx) -> u64;

    /// Adds pages, paid for by their bytes; gives the size before, or `None` if the memory cannot
    /// grow so far, and then nothing is paid.
    fn memory_grow(&mut self, x: MemoryIdx, delta: u64, rate: Rate) -> Result<Option<u64>, Stop>;

    /// Drops a data segment.
    fn drop_data(&mut self, x: DataIdx);

    /// The elements of a table.
    fn table(&mut self, x: TableIdx) -> &mut [Ref];

    /// Copies `count` elements, which are paid for, from a place of a table to a place of one; gives
    /// `None`, and nothing is paid or copied, if either lacks elements.
    fn table_copy(
        &mut self,
        to: (TableIdx, u64),
        from: (TableIdx, u64),
        count: u64,
        rate: Rate,
    ) -> Result<Option<()>, Stop>;

    /// The elements of a table and of an element segment, which has none once dropped.
    fn table_and_elements(&mut self, x: TableIdx, y: ElemIdx) -> (&mut [Ref], &[Ref]);

    /// Adds elements, which are paid for; gives the size before, or `None` if the table cannot grow
    /// so far, and then nothing is paid.
    fn table_grow(
        &mut self,
        x: TableIdx,
        delta: u64,
        init: Ref,
        rate: Rate,
    ) -> Result<Option<u64>, Stop>;

    /// Drops an element segment.
    fn drop_elements(&mut self, x: ElemIdx);

    /// A reference to a function.
    fn func_ref(&mut self, f: FuncIdx) -> Ref;
}
