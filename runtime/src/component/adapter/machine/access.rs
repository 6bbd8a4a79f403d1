//! Where a program reads and writes: registers, its frame, and the two memories.
//!
//! Every access of a memory is checked here against the memory as it is then, so that whatever a
//! guest did between two steps, the worst is a trap.

use super::super::op::{BYTE, Extent, FRAME, HALF, Place, SOURCE, Scalar, TARGET, WORD};
use super::super::{Charge, HandleTransfer, Memories};
use super::Machine;
use crate::component::AddressType;
use crate::component::abi::{LiftContext, pointer};
use crate::spec::Trap;

impl<M: Memories + Charge + ?Sized, H: HandleTransfer + ?Sized> Machine<'_, M, H> {
    /// The registers of the frame.
    #[inline]
    pub(super) fn locals(&mut self) -> Result<&mut [u64; FRAME], Trap> {
        let frame = self.registers.get_mut(self.frame..);
        let frame = frame.and_then(|frame| frame.first_chunk_mut());
        frame.ok_or(Trap::StackOverflow)
    }

    /// A register of the frame.
    #[inline]
    pub(super) fn local(&mut self, register: usize) -> &mut u64 {
        &mut self.registers[self.frame + register]
    }

    /// The address of a part of the source.
    #[inline]
    pub(super) fn from(&mut self, offset: u32) -> u64 {
        self.local(SOURCE).saturating_add(offset.into())
    }

    /// The address of a part of the target.
    #[inline]
    pub(super) fn to(&mut self, offset: u32) -> u64 {
        self.local(TARGET).saturating_add(offset.into())
    }

    /// An address or length in a register.
    #[inline]
    pub(super) fn word(&self, slot: u32, address: AddressType) -> u64 {
        let word = self.registers[slot as usize];
        match address {
            AddressType::I32 => u64::from(word as u32),
            AddressType::I64 => word,
        }
    }

    /// An address and a length of the source.
    #[inline]
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
    #[inline]
    pub(super) fn write_words(&mut self, to: Place, (one, two): (u64, u64)) -> Result<(), Trap> {
        match to {
            Place::Slot(slot) => {
                self.registers[slot as usize] = one;
                self.registers[slot as usize + 1] = two;
                Ok(())
            }
            Place::Memory(offset) => {
                let at = self.to(offset);
                let address = self.program.target.address;
                store_words(self.memories.target(), address, at, (one, two))
            }
        }
    }

    /// Reads a number as a core value.
    #[inline]
    pub(super) fn read(&mut self, scalar: Scalar, from: Place) -> Result<u64, Trap> {
        let bits = match from {
            Place::Slot(slot) => self.registers[slot as usize],
            Place::Memory(offset) => {
                let at = self.from(offset);
                let memory = self.memories.source();
                match scalar.size() {
                    BYTE => u8::from_le_bytes(load(memory, at)?).into(),
                    HALF => u16::from_le_bytes(load(memory, at)?).into(),
                    WORD => u32::from_le_bytes(load(memory, at)?).into(),
                    _ => u64::from_le_bytes(load(memory, at)?),
                }
            }
        };
        scalar.lift(bits)
    }

    /// Writes a core value that is this many bytes in memory.
    #[inline]
    pub(super) fn write(&mut self, size: u32, to: Place, value: u64) -> Result<(), Trap> {
        match to {
            Place::Slot(slot) => {
                self.registers[slot as usize] = value;
                Ok(())
            }
            Place::Memory(offset) => {
                let at = self.to(offset);
                let memory = self.memories.target();
                match size {
                    BYTE => store(memory, at, (value as u8).to_le_bytes()),
                    HALF => store(memory, at, (value as u16).to_le_bytes()),
                    WORD => store(memory, at, (value as u32).to_le_bytes()),
                    _ => store(memory, at, value.to_le_bytes()),
                }
            }
        }
    }
}

/// Writes an address and a length to memory.
#[inline]
pub(super) fn store_words(
    memory: &mut [u8],
    address: AddressType,
    at: u64,
    (one, two): (u64, u64),
) -> Result<(), Trap> {
    match address {
        AddressType::I32 => {
            let words = u64::from(one as u32) | (two << u32::BITS);
            store(memory, at, words.to_le_bytes())
        }
        AddressType::I64 => {
            let words = u128::from(one) | (u128::from(two) << u64::BITS);
            store(memory, at, words.to_le_bytes())
        }
    }
}

/// An address, if there is so much memory behind it.
#[inline]
pub(super) fn checked(at: u64, extent: Extent, memory: usize) -> Result<u64, Trap> {
    let outside = Trap::MemoryOutOfBounds;
    pointer::checked(at, extent.align, extent.size.into(), memory, outside)?;
    Ok(at)
}

#[inline]
fn load<const SIZE: usize>(memory: &[u8], at: u64) -> Result<[u8; SIZE], Trap> {
    let bytes = part_of(memory, at, SIZE as u64)?.first_chunk();
    bytes.copied().ok_or(Trap::MemoryOutOfBounds)
}

#[inline]
fn store<const SIZE: usize>(memory: &mut [u8], at: u64, bytes: [u8; SIZE]) -> Result<(), Trap> {
    part(memory, at, SIZE as u64)?.copy_from_slice(&bytes);
    Ok(())
}

/// Bytes of the memory of the source.
#[inline]
pub(super) fn part_of(memory: &[u8], at: u64, size: u64) -> Result<&[u8], Trap> {
    let range = pointer::range(at, size, memory.len());
    let part = range.and_then(|range| memory.get(range));
    part.ok_or(Trap::MemoryOutOfBounds)
}

/// Bytes of the memory of the target.
#[inline]
pub(super) fn part(memory: &mut [u8], at: u64, size: u64) -> Result<&mut [u8], Trap> {
    let range = pointer::range(at, size, memory.len());
    let part = range.and_then(|range| memory.get_mut(range));
    part.ok_or(Trap::MemoryOutOfBounds)
}
