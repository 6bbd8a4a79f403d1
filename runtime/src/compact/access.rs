//! Loads and stores of the compact engine.
//!

use core::cell::Cell;

use super::core::Core;
use super::registers::Registers;
use crate::exec::access::{Access, Scalar};
use crate::generated::shared::wire;
use crate::spec::Trap;
use crate::types::MemoryIdx;

/// A memory with a static offset.
#[derive(Clone, Copy)]
pub(crate) struct Linear<'a> {
    /// The bytes of all memories.
    bytes: &'a [Cell<u8>],
    start: usize,
    len: usize,
    offset: usize,
}

impl Linear<'_> {
    /// The place of so many bytes.
    #[inline(always)]
    fn place(self, at: u64, width: usize) -> Result<usize, Trap> {
        let at = usize::try_from(at).ok();
        let first = at.and_then(|at| at.checked_add(self.offset));
        let last = self.len.checked_sub(width);
        match first.zip(last) {
            Some((first, last)) if first <= last => Ok(self.start.wrapping_add(first)),
            _ => Err(Trap::MemoryOutOfBounds),
        }
    }
}

impl Access for Linear<'_> {
    type Address = u64;

    #[inline(always)]
    fn load<T: Scalar>(self, at: u64) -> Result<T, Trap> {
        let place = self.place(at, size_of::<T>())?;
        T::read(self.bytes, place).ok_or(Trap::MemoryOutOfBounds)
    }

    #[inline(always)]
    fn store<T: Scalar>(self, at: u64, value: T) -> Result<(), Trap> {
        let place = self.place(at, size_of::<T>())?;
        value
            .write(self.bytes, place)
            .ok_or(Trap::MemoryOutOfBounds)
    }
}

impl Core<'_, '_> {
    /// The memory and offset of an access.
    #[inline(always)]
    fn linear(&mut self, r: &mut Registers<'_>) -> Result<Linear<'_>, Trap> {
        let align = r.u8()?;
        let (mut start, mut len) = (r.memory, r.length);
        if align >= wire::MemargFlag::Memory.code() {
            let (memory, length) = explicit(r.code, align)?;
            r.code = r.code.get(length..).unwrap_or_default();
            if let Some(memory) = memory {
                (start, len) = self.extent(memory);
            }
        }
        Ok(Linear {
            offset: r.offset()?,
            bytes: Cell::from_mut(&mut *self.memory.items).as_slice_of_cells(),
            start,
            len,
        })
    }

    /// A row that loads: its operand is the address.
    #[inline(always)]
    pub(crate) fn load(
        &mut self,
        slots: &mut [u64],
        r: &mut Registers<'_>,
        f: impl FnOnce(Linear<'_>, u64) -> Result<u64, Trap>,
    ) -> Result<(), Trap> {
        let memory = self.linear(r)?;
        r.unary(slots, |at: u64| f(memory, at))
    }

    /// A row that stores: its operands are the address and the value.
    #[inline(always)]
    pub(crate) fn store(
        &mut self,
        slots: &mut [u64],
        r: &mut Registers<'_>,
        f: impl FnOnce(Linear<'_>, u64, u64) -> Result<(), Trap>,
    ) -> Result<(), Trap> {
        let memory = self.linear(r)?;
        let [at, value] = *r.operands(slots)?;
        r.drop(2);
        f(memory, at, value)
    }

    #[cold]
    fn extent(&self, memory: MemoryIdx) -> (usize, usize) {
        let memory = self.memory_of(memory);
        (memory.start, memory.len)
    }
}

/// What follows an alignment that is long, or says that a memory follows: the memory, and how many
/// bytes it takes. By value, so that the registers of the loop stay in registers.
#[cold]
#[inline(never)]
fn explicit(code: &[u8], align: u8) -> Result<(Option<MemoryIdx>, usize), Trap> {
    let mut r = Registers {
        code,
        ..Registers::default()
    };
    let flag = u32::from(wire::MemargFlag::Memory.code());
    let mut flags = u32::from(align);
    if align > i8::MAX as u8 {
        // The other bytes are those of an alignment that was written long.
        flags = flags & flag | r.u32()? << 7 & flag;
    }
    let memory = if flags & flag != 0 {
        Some(MemoryIdx(r.u32()?))
    } else {
        None
    };
    Ok((memory, code.len() - r.code.len()))
}
