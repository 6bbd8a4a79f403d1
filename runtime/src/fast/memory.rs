//! Guest memory as handlers see it.
//!
//! Invariant: base and length, or room, in the context or in the entity, are those of a live memory that
//! nobody else uses while the guest runs; every access is compared with the room before it
//! happens. Values are read through a packed wrapper, because a plain unaligned read would cost
//! the handler its tail call under debug assertions.

use core::marker::PhantomData;

use super::layout::{Operand, words};
use super::register::Register;
use super::state::State;
use crate::exec::access::{Access, Scalar};
use crate::spec::Trap;
use crate::types::V128;

/// Which memory an instruction accesses, and by which addresses.
pub(crate) trait Memory {
    /// Type of the address operand.
    type Address: Register;
    /// Gives access to the memory.
    type View: Access<Address = Self::Address>;
    /// Operand words: the offset, and whatever else names the memory.
    const OPERANDS: &'static [Operand];
    /// How many words they take.
    const WORDS: usize = words(Self::OPERANDS);

    /// Reads the operand words.
    ///
    /// # Safety
    /// `words` points at [`Self::WORDS`] words written by the translator; the state is live.
    unsafe fn view(words: *const u32, state: &State) -> Self::View;
}

/// Memory 0 with 32-bit addresses.
pub(crate) struct M32;
/// Memory 0 with 64-bit addresses and an offset of 32 bits.
pub(crate) struct M64;
/// Any memory, any offset, addresses of type `A`.
pub(crate) struct Any<A>(PhantomData<A>);

/// A memory's bytes, a static offset, and the type of its addresses.
#[derive(Clone, Copy)]
pub(crate) struct View<A> {
    base: *mut u8,
    room: Room,
    offset: u64,
    address: PhantomData<A>,
}

/// At how many addresses of a memory a scalar fits: for each size, so that an access compares its
/// address with a number, and adds nothing before.
#[derive(Clone, Copy)]
pub(crate) struct Room([u64; Self::SIZES]);

impl Room {
    /// Sizes of scalars: 1, 2, 4, 8 and 16 bytes.
    const SIZES: usize = size_of::<V128>().ilog2() as usize + 1;

    /// That of a memory of so many bytes.
    #[inline(always)]
    pub(crate) fn new(length: u64) -> Self {
        let behind = length.saturating_add(1);
        Self(core::array::from_fn(|size| {
            behind.saturating_sub(1 << size)
        }))
    }

    /// That for a scalar of this type.
    #[inline(always)]
    fn of<T: Scalar>(self) -> u64 {
        self.0[size_of::<T>().ilog2() as usize]
    }
}

/// Addresses that a view can add its offset to.
pub(crate) trait Address: Register {
    /// The effective address, unless it is beyond 64 bits.
    fn effective(self, offset: u64) -> Option<u64>;
}

impl Memory for M32 {
    type Address = u32;
    type View = View<u32>;
    const OPERANDS: &'static [Operand] = &[Operand::Offset(false)];

    #[inline(always)]
    unsafe fn view(words: *const u32, state: &State) -> View<u32> {
        // SAFETY: the caller promises one word, the offset, and a live state.
        unsafe { View::of_context(state, u64::from(*words)) }
    }
}

impl Memory for M64 {
    type Address = u64;
    type View = View<u64>;
    const OPERANDS: &'static [Operand] = &[Operand::Offset(true)];

    #[inline(always)]
    unsafe fn view(words: *const u32, state: &State) -> View<u64> {
        // SAFETY: the caller promises one word, the offset, and a live state.
        unsafe { View::of_context(state, u64::from(*words)) }
    }
}

impl<A: Address> Memory for Any<A> {
    type Address = A;
    type View = View<A>;
    /// The offset, and the index of the memory.
    const OPERANDS: &'static [Operand] = &[
        Operand::Long,
        Operand::Memory(Some(size_of::<A>() == size_of::<u64>())),
    ];

    #[inline(always)]
    unsafe fn view(words: *const u32, state: &State) -> View<A> {
        // SAFETY: the caller promises three words and a live state: two of offset, then the index,
        // which the validator compared with the number of memories of the running instance. No
        // reference to the bytes is made: the context's `base` may be an address of the same ones.
        unsafe {
            let offset = crate::module::code::long(words);
            let instance = (*state.context).instance.as_ref();
            let memory = *instance.memories.as_ptr().add(*words.add(2) as usize);
            let (base, length) = (*memory.as_ptr()).bytes.raw();
            View {
                base,
                room: Room::new(length as u64),
                ..View::new(offset)
            }
        }
    }
}

impl Address for u32 {
    #[inline(always)]
    fn effective(self, offset: u64) -> Option<u64> {
        // The offset is below 2^32, so the sum is below 2^33.
        Some(u64::from(self).wrapping_add(offset))
    }
}

impl Address for u64 {
    #[inline(always)]
    fn effective(self, offset: u64) -> Option<u64> {
        self.checked_add(offset)
    }
}

impl<A> View<A> {
    #[inline(always)]
    fn new(offset: u64) -> Self {
        Self {
            base: core::ptr::null_mut(),
            room: Room::new(0),
            offset,
            address: PhantomData,
        }
    }

    /// # Safety
    /// The state is live.
    #[inline(always)]
    unsafe fn of_context(state: &State, offset: u64) -> Self {
        // SAFETY: the caller promises that the state is live, and so its context is.
        let (base, room) = unsafe { ((*state.context).base, (*state.context).room) };
        Self {
            base,
            room,
            ..Self::new(offset)
        }
    }
}

impl<A: Address> View<A> {
    /// The place of an access, if it lies within the memory.
    #[inline(always)]
    fn place<T: Scalar>(self, at: A) -> Result<*mut Unaligned<T>, Trap> {
        match at.effective(self.offset) {
            Some(start) if start < self.room.of::<T>() => {
                // SAFETY: the scalar fits at `start`, which was just compared with the number of
                // addresses where it does, so its bytes are among those that `base` points at; the memory
                // does not move while one instruction runs.
                Ok(unsafe { self.base.add(start as usize).cast() })
            }
            _ => Err(Trap::MemoryOutOfBounds),
        }
    }
}

/// A scalar at any address.
#[repr(C, packed)]
struct Unaligned<T>(T);

impl<A: Address> Access for View<A> {
    type Address = A;

    #[inline(always)]
    fn load<T: Scalar>(self, at: A) -> Result<T, Trap> {
        let place = self.place::<T>(at)?;
        // SAFETY: `place` checked that all bytes are there; the wrapper needs no alignment, and
        // a scalar may have any bits.
        Ok(unsafe { (*place).0 }.from_little_endian())
    }

    #[inline(always)]
    fn store<T: Scalar>(self, at: A, value: T) -> Result<(), Trap> {
        let place = self.place::<T>(at)?;
        // SAFETY: `place` checked that all bytes are there, the wrapper needs no alignment, and
        // no reference to the bytes is alive while the guest runs.
        unsafe { (*place).0 = value.to_little_endian() };
        Ok(())
    }
}
