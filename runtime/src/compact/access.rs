//! Loads and stores of the compact engine.
//!

use core::cell::Cell;

use super::core::Core;
use super::registers::Registers;
use crate::exec::access::{Access, Scalar};
use crate::exec::slot::Value;
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
    offset: u64,
}

impl Linear<'_> {
    /// The place of so many bytes.
    #[inline(always)]
    fn place(self, at: u64, width: usize) -> Result<usize, Trap> {
        let first = at.checked_add(self.offset).ok_or(Trap::MemoryOutOfBounds)?;
        if (self.len as u64)
            .checked_sub(width as u64)
            .is_some_and(|last| first <= last)
        {
            Ok(self.start.wrapping_add(first as usize))
        } else {
            Err(Trap::MemoryOutOfBounds)
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
    fn linear(&mut self, r: &mut Registers<'_>) -> Linear<'_> {
        let align = r.u8();
        let (mut start, mut len) = (r.memory, r.length);
        if align >= wire::MemargFlag::Memory.code() {
            let other;
            (r.ip, other) = explicit(r.wasm, r.ip.wrapping_sub(1));
            if let Some(other) = other {
                let memory = self.memory_of(other);
                (start, len) = (memory.start, memory.len);
            }
        }
        Linear {
            offset: r.u64(),
            bytes: Cell::from_mut(&mut *self.memory.items).as_slice_of_cells(),
            start,
            len,
        }
    }

    /// A row that loads: its operand is the address.
    #[inline(always)]
    pub(crate) fn load<R: Value>(
        &mut self,
        slots: &mut [u64],
        r: &mut Registers<'_>,
        f: impl Fn(Linear<'_>, u64) -> Result<R, Trap>,
    ) -> Result<(), Trap> {
        let memory = self.linear(r);
        r.try_unary(slots, |at: u64| f(memory, at))
    }

    /// A row that stores: its operands are the address and the value.
    #[inline(always)]
    pub(crate) fn store<V: Value>(
        &mut self,
        slots: &mut [u64],
        r: &mut Registers<'_>,
        f: impl Fn(Linear<'_>, u64, V) -> Result<(), Trap>,
    ) -> Result<(), Trap> {
        let memory = self.linear(r);
        let value = r.pop(slots);
        let at = r.pop(slots);
        f(memory, at, value)
    }
}

/// What follows an alignment that is long, or says that a memory follows: the next position, and
/// the memory. By value, so that the registers of the loop stay in registers.
#[cold]
#[inline(never)]
fn explicit(wasm: &[u8], ip: usize) -> (usize, Option<MemoryIdx>) {
    let mut r = Registers {
        wasm,
        ip,
        ..Registers::default()
    };
    let flags = r.u32();
    let explicit = flags & u32::from(wire::MemargFlag::Memory.code()) != 0;
    let memory = explicit.then(|| MemoryIdx(r.u32()));
    (r.ip, memory)
}
