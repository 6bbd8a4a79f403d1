//! Where a program reads and writes: registers, its frame, and the two memories.
//!
//! Every access of a memory is checked here against the memory as it is then, so that whatever a
//! guest did between two steps, the worst is a trap.

use super::super::op::{Extent, Place, SOURCE, Scalar, TARGET};
use super::super::{Charge, HandleTransfer, Memories};
use super::Machine;
use crate::component::AddressType;
use crate::component::abi::{LiftContext, pointer};
use crate::spec::Trap;

impl<M: Memories + Charge + ?Sized, H: HandleTransfer + ?Sized> Machine<'_, M, H> {
    pub(super) fn frame(&self) -> usize {
        self.registers[1] as usize
    }

    /// A register of the frame.
    pub(super) fn local(&mut self, register: usize) -> &mut u64 {
        let frame = self.frame();
        &mut self.registers[frame + register]
    }

    /// The address of a part of the source.
    pub(super) fn from(&mut self, offset: u32) -> u64 {
        self.local(SOURCE).saturating_add(offset.into())
    }

    /// The address of a part of the target.
    pub(super) fn to(&mut self, offset: u32) -> u64 {
        self.local(TARGET).saturating_add(offset.into())
    }

    /// An address or length in a register.
    pub(super) fn word(&self, slot: u32, address: AddressType) -> u64 {
        let word = self.registers[slot as usize];
        match address {
            AddressType::I32 => u64::from(word as u32),
            AddressType::I64 => word,
        }
    }

    /// An address and a length of the source.
    pub(super) fn words(&mut self, from: Place) -> Result<(u64, u64), Trap> {
        let options = self.program.source;
        match from {
            Place::Slot(slot) => Ok((
                self.word(slot, options.address),
                self.word(slot + 1, options.address),
            )),
            Place::Memory(offset) => {
                let at = self.from(offset);
                LiftContext::new(self.memories.source(), options).words(at)
            }
        }
    }

    /// Writes an address and a length of the target.
    pub(super) fn write_words(&mut self, to: Place, (one, two): (u64, u64)) -> Result<(), Trap> {
        let size = self.program.target.address.size();
        let behind = match to {
            Place::Slot(slot) => Place::Slot(slot + 1),
            Place::Memory(offset) => Place::Memory(offset + size),
        };
        self.write(size, to, one)?;
        self.write(size, behind, two)
    }

    /// Reads a number as a core value.
    pub(super) fn read(&mut self, scalar: Scalar, from: Place) -> Result<u64, Trap> {
        scalar.lift(match from {
            Place::Slot(slot) => self.registers[slot as usize],
            Place::Memory(offset) => {
                let at = self.from(offset);
                number(part_of(self.memories.source(), at, scalar.size().into())?)
            }
        })
    }

    /// Writes a core value that is this many bytes in memory.
    pub(super) fn write(&mut self, size: u32, to: Place, value: u64) -> Result<(), Trap> {
        match to {
            Place::Slot(slot) => self.registers[slot as usize] = value,
            Place::Memory(offset) => {
                let at = self.to(offset);
                let place = part(self.memories.target(), at, size.into())?;
                for (byte, value) in place.iter_mut().zip(value.to_le_bytes()) {
                    *byte = value;
                }
            }
        }
        Ok(())
    }
}

/// An address, if there is so much memory behind it.
pub(super) fn checked(at: u64, extent: Extent, memory: usize) -> Result<u64, Trap> {
    let outside = Trap::MemoryOutOfBounds;
    pointer::checked(at, extent.align, extent.size.into(), memory, outside)?;
    Ok(at)
}

/// A number of at most eight bytes.
pub(super) fn number(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |number, byte| number << u8::BITS | u64::from(*byte))
}

pub(super) fn part_of(memory: &[u8], at: u64, size: u64) -> Result<&[u8], Trap> {
    let range = pointer::range(at, size, memory.len());
    let part = range.and_then(|range| memory.get(range));
    part.ok_or(Trap::MemoryOutOfBounds)
}

pub(super) fn part(memory: &mut [u8], at: u64, size: u64) -> Result<&mut [u8], Trap> {
    let range = pointer::range(at, size, memory.len());
    let part = range.and_then(|range| memory.get_mut(range));
    part.ok_or(Trap::MemoryOutOfBounds)
}
