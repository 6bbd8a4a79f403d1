//! From the guest to Rust: values of a component become values of Rust.
//!
//! A value comes as core values (`lift_flat`) or lies in memory (`load`); one that has too many
//! core values lies in memory, and its address is the only core value. Whatever the guest gave is
//! checked before it is used: [`LiftContext`] holds the memory and the options by which. Standard:
//! Component Model, `CanonicalABI.md`, "Loading" and "Flat Lifting".

use core::any::TypeId;
use core::fmt;

use super::{CanonicalAbi, CanonicalAbiInfo, CanonicalOptions, FlatReader, Type, pointer};
use crate::component::AddressType;
use crate::spec::Trap;

/// A Rust type that values of a component become.
///
/// `#[derive(Lift)]` of `tabwasm-macros` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type that values of components become",
    note = "types of your own need `#[derive(Lift)]`"
)]
pub trait Lift: Sized {
    /// The type as WIT has it.
    const TYPE: Type<'static>;
    /// How it lies in memory and is passed.
    const ABI: CanonicalAbi = CanonicalAbi::of(&Self::TYPE);

    /// Takes as many core values as it has.
    fn lift_flat(cx: &LiftContext<'_>, flat: &mut FlatReader<'_>) -> Result<Self, Trap>;

    /// Reads from memory. The address is aligned, and the value within the memory.
    fn load(cx: &LiftContext<'_>, at: u64) -> Result<Self, Trap>;

    /// Reads those that follow each other; they are within the memory.
    #[cfg(feature = "alloc")]
    #[doc(hidden)]
    fn load_list(cx: &LiftContext<'_>, at: u64, len: usize) -> Result<alloc::vec::Vec<Self>, Trap> {
        let mut list = super::list::reserved(len)?;
        let mut end = at;
        for _ in 0..len {
            list.push(cx.load_field(&mut end)?);
        }
        Ok(list)
    }
}

/// The handles of the guest that values are lifted from.
pub trait LiftHandles {
    /// What the host calls the resource behind a handle: an own one is taken out of the guest's
    /// table, another lent for the call.
    ///
    /// # Errors
    /// If it is not of the type that a Rust type stands for.
    fn lift(&self, ty: TypeId, own: bool, handle: u32) -> Result<u32, Trap>;
}

/// The memory that values are lifted from.
#[derive(Clone, Copy)]
pub struct LiftContext<'m> {
    memory: &'m [u8],
    options: CanonicalOptions,
    handles: Option<&'m dyn LiftHandles>,
}

impl fmt::Debug for LiftContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiftContext")
            .field("memory", &self.memory.len())
            .field("options", &self.options)
            .finish()
    }
}

impl<'m> LiftContext<'m> {
    /// From this memory.
    pub const fn new(memory: &'m [u8], options: CanonicalOptions) -> Self {
        Self {
            memory,
            options,
            handles: None,
        }
    }

    /// The same with handles; without, a value that is a resource traps
    /// ([`Trap::UnknownHandle`]).
    pub const fn with_handles(self, handles: &'m dyn LiftHandles) -> Self {
        Self {
            handles: Some(handles),
            ..self
        }
    }

    /// What the host calls the resource behind a handle.
    pub(in crate::component) fn handle(
        &self,
        ty: TypeId,
        own: bool,
        handle: u32,
    ) -> Result<u32, Trap> {
        let handles = self.handles.ok_or(Trap::UnknownHandle)?;
        handles.lift(ty, own, handle)
    }

    /// Address type and encoding of strings that values are lifted with.
    #[inline]
    pub const fn options(&self) -> CanonicalOptions {
        self.options
    }

    /// The memory that pointers lead into.
    #[inline]
    pub const fn memory(&self) -> &'m [u8] {
        self.memory
    }

    /// The value at an address.
    pub fn load<T: Lift>(&self, at: u64) -> Result<T, Trap> {
        let CanonicalAbiInfo { size, align, .. } = T::ABI.with(self.options.address);
        let outside = Trap::MemoryOutOfBounds;
        pointer::checked(at, *align, u64::from(*size), self.memory.len(), outside)?;
        T::load(self, at)
    }

    /// The value that core values are; the value at the address that the first one is, if it would
    /// be more than `most` core values.
    pub fn lift<T: Lift>(&self, slots: &[u64], most: usize) -> Result<T, Trap> {
        let mut flat = FlatReader::new(slots);
        if T::ABI.with(self.options.address).flat.count() as usize <= most {
            return T::lift_flat(self, &mut flat);
        }
        self.load(self.address(&mut flat)?)
    }

    /// The next field of a record whose fields so far end here.
    #[inline]
    pub fn load_field<T: Lift>(&self, end: &mut u64) -> Result<T, Trap> {
        T::load(self, T::ABI.with(self.options.address).place(end))
    }

    /// An address or a length among core values.
    pub(super) fn address(&self, flat: &mut FlatReader<'_>) -> Result<u64, Trap> {
        let word = flat.take()?;
        Ok(match self.options.address {
            AddressType::I32 => u64::from(word as u32),
            AddressType::I64 => word,
        })
    }

    /// Two addresses or lengths in memory.
    #[inline]
    pub(in crate::component) fn words(&self, at: u64) -> Result<(u64, u64), Trap> {
        Ok(match self.options.address {
            AddressType::I32 => {
                let words = u64::from_le_bytes(self.bytes(at)?);
                (u64::from(words as u32), words >> u32::BITS)
            }
            AddressType::I64 => {
                let words = u128::from_le_bytes(self.bytes(at)?);
                (words as u64, (words >> u64::BITS) as u64)
            }
        })
    }

    /// This many bytes of memory, from an address on.
    #[inline]
    pub(super) fn bytes<const N: usize>(&self, at: u64) -> Result<[u8; N], Trap> {
        let bytes = self.slice(at, N as u64)?.first_chunk();
        bytes.copied().ok_or(Trap::MemoryOutOfBounds)
    }

    /// A part of the memory.
    #[inline]
    pub(super) fn slice(&self, at: u64, size: u64) -> Result<&'m [u8], Trap> {
        let range = pointer::range(at, size, self.memory.len());
        let slice = range.and_then(|range| self.memory.get(range));
        slice.ok_or(Trap::MemoryOutOfBounds)
    }

    /// A number of at most four bytes.
    #[inline]
    pub(super) fn load_low(&self, at: u64, size: u32) -> Result<u32, Trap> {
        Ok(self
            .slice(at, u64::from(size))?
            .iter()
            .rev()
            .fold(0, |number, byte| number << u8::BITS | u32::from(*byte)))
    }
}
