//! Loads and stores of the compact engine.
//!
//! The store keeps the bytes of all memories in one slice of cells; an access is within the range
//! of its own memory. Alignment is a hint, so the immediate is read only for the flag that a memory
//! index follows. Address and offset are added without wrapping. Standard: section 4.6,
//! "Instructions", "Memory Instructions".

use core::cell::Cell;

use super::registers::{ASTRAY, Registers};
use super::state::State;
use crate::exec::access::{Access, Scalar};
use crate::exec::slot::Slot;
use crate::generated::facts::wire;
use crate::profile::Profile;
use crate::spec::{Proposal, Trap};
use crate::types::MemoryIdx;

/// A memory with a static offset.
#[derive(Clone, Copy)]
pub(crate) struct Linear<'a> {
    bytes: &'a [Cell<u8>],
    offset: usize,
}

impl Linear<'_> {
    /// The place of an address.
    #[inline(always)]
    fn place(self, at: u64) -> Result<usize, Trap> {
        let at = usize::try_from(at).ok();
        let place = at.and_then(|at| at.checked_add(self.offset));
        place.ok_or(Trap::MemoryOutOfBounds)
    }
}

impl Access for Linear<'_> {
    type Address = u64;

    #[inline(always)]
    fn load<T: Scalar>(self, at: u64) -> Result<T, Trap> {
        T::read(self.bytes, self.place(at)?).ok_or(Trap::MemoryOutOfBounds)
    }

    #[inline(always)]
    fn store<T: Scalar>(self, at: u64, value: T) -> Result<(), Trap> {
        let written = value.write(self.bytes, self.place(at)?);
        written.ok_or(Trap::MemoryOutOfBounds)
    }
}

impl<'m> Registers<'m> {
    /// A row that loads: its operand is the address.
    #[inline(always)]
    pub(crate) fn load<P: Profile>(
        &mut self,
        m: &mut State<'m, '_, P>,
        slots: &mut [P::Slot],
        f: impl FnOnce(Linear<'_>, u64) -> Result<P::Slot, Trap>,
    ) -> Result<(), Trap> {
        let memory = self.linear::<P>(m)?;
        self.replace(slots, |[at]| f(memory, address::<P>(at.value())))
    }

    /// A row that stores: its operands are the address and the value.
    #[inline(always)]
    pub(crate) fn store<P: Profile>(
        &mut self,
        m: &mut State<'m, '_, P>,
        slots: &mut [P::Slot],
        f: impl FnOnce(Linear<'_>, u64, P::Slot) -> Result<(), Trap>,
    ) -> Result<(), Trap> {
        let memory = self.linear::<P>(m)?;
        let [at, value] = *self.operands(slots)?;
        self.drop(2);
        f(memory, address::<P>(at.value()), value)
    }

    /// A row that loads one lane of a vector: its operands are the address and the vector.
    #[inline(always)]
    pub(crate) fn load_lane<P: Profile>(
        &mut self,
        m: &mut State<'m, '_, P>,
        slots: &mut [P::Slot],
        f: impl FnOnce(Linear<'_>, u8, u64, P::Slot) -> Result<P::Slot, Trap>,
    ) -> Result<(), Trap> {
        let memory = self.linear::<P>(m)?;
        let lane = self.lane()?;
        self.replace(slots, |[at, vector]| {
            f(memory, lane, address::<P>(at.value()), vector)
        })
    }

    /// A row that stores one lane of a vector: its operands are the address and the vector.
    #[inline(always)]
    pub(crate) fn store_lane<P: Profile>(
        &mut self,
        m: &mut State<'m, '_, P>,
        slots: &mut [P::Slot],
        f: impl FnOnce(Linear<'_>, u8, u64, P::Slot) -> Result<(), Trap>,
    ) -> Result<(), Trap> {
        let memory = self.linear::<P>(m)?;
        let lane = self.lane()?;
        let [at, vector] = *self.operands(slots)?;
        self.drop(2);
        f(memory, lane, address::<P>(at.value()), vector)
    }

    /// The memory and offset of an access.
    #[inline(always)]
    fn linear<'c, P: Profile>(&mut self, m: &'c mut State<'m, '_, P>) -> Result<Linear<'c>, Trap> {
        let align = self.u8()?;
        let (mut start, mut end) = m.activation.memory;
        if align >= wire::MemargFlag::Memory.code() {
            let (memory, length) = explicit(self.code.as_slice(), align)?;
            self.advance(length);
            if P::PROPOSALS.contains(Proposal::MultiMemory)
                && let Some(memory) = memory
            {
                (start, end) = m.extent(memory);
            }
        }
        let offset = self.offset::<P>()?;
        let bytes = m.memory.items.get_mut(start..end).ok_or(ASTRAY)?;
        Ok(Linear {
            bytes: Cell::from_mut(bytes).as_slice_of_cells(),
            offset,
        })
    }
}

/// An address that a slot holds.
#[inline(always)]
fn address<P: Profile>(bits: u64) -> u64 {
    if P::PROPOSALS.contains(Proposal::Memory64) {
        bits
    } else {
        bits & u64::from(u32::MAX)
    }
}

/// What follows an alignment that is long, or says that a memory follows: the memory, and how many
/// bytes it takes. By value, so that the registers of the loop stay in registers.
#[cold]
#[inline(never)]
fn explicit(code: &[u8], align: u8) -> Result<(Option<MemoryIdx>, usize), Trap> {
    let mut r = Registers {
        code: code.iter(),
        ..Registers::default()
    };
    let flag = u32::from(wire::MemargFlag::Memory.code());
    let mut flags = u32::from(align);
    if align > i8::MAX as u8 {
        // The other bytes are those of an alignment that was written long.
        flags = flags & flag | r.index()? << 7 & flag;
    }
    let memory = if flags & flag != 0 {
        Some(MemoryIdx(r.index()?))
    } else {
        None
    };
    Ok((memory, code.len() - r.code.len()))
}
