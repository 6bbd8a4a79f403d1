//! From Rust to the guest: values of Rust become values of a component.
//!
//! The counterpart of `lift`: a value is given as core values (`lower_flat`) or written to memory
//! (`store`). Strings and lists need memory of the guest, which its own function `realloc` gives
//! ([`Realloc`]); it may move or grow the memory, so no slice of it is kept over a call. Standard:
//! Component Model, `CanonicalABI.md`, "Storing" and "Flat Lowering".

use core::any::TypeId;

use super::transcode::Allocation;
use super::{CanonicalAbi, CanonicalAbiInfo, CanonicalOptions, FlatWriter, Type, pointer};
use crate::component::{AddressType, MAX_FLAT_PARAMS};
use crate::spec::Trap;

/// A Rust type that becomes values of a component.
///
/// `#[derive(Lower)]` of `tabwasm-macros` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type that becomes values of components",
    note = "types of your own need `#[derive(Lower)]`"
)]
pub trait Lower {
    /// The type as WIT has it.
    const TYPE: Type<'static>;
    /// How it lies in memory and is passed.
    const ABI: CanonicalAbi = CanonicalAbi::of(&Self::TYPE);

    /// Gives as many core values as it has.
    fn lower_flat<R: Realloc + ?Sized>(
        &self,
        cx: &mut LowerContext<'_, R>,
        flat: &mut FlatWriter<'_>,
    ) -> Result<(), Trap>;

    /// Writes to memory. The address is aligned, and there is room for the value.
    fn store<R: Realloc + ?Sized>(&self, cx: &mut LowerContext<'_, R>, at: u64)
    -> Result<(), Trap>;

    /// Writes one after the other; there is room for all of them.
    #[doc(hidden)]
    fn store_list<R: Realloc + ?Sized>(
        list: &[Self],
        cx: &mut LowerContext<'_, R>,
        at: u64,
    ) -> Result<(), Trap>
    where
        Self: Sized,
    {
        let mut end = at;
        list.iter()
            .try_for_each(|value| cx.store_field(value, &mut end))
    }
}

/// A guest's memory and its allocator: the options `memory` and `realloc` of a canonical
/// definition.
///
/// A memory alone is one whose allocator has nothing to give, which is enough for all but strings,
/// lists, and what is too much for core values: these trap with [`Trap::NoAllocator`].
pub trait Realloc {
    /// The memory; another one after each call of [`realloc`](Self::realloc).
    fn memory(&mut self) -> &mut [u8];

    /// Calls the function `(old, old_size, align, size) -> address`.
    fn realloc(&mut self, old: u64, old_size: u64, align: u32, size: u64) -> Result<u64, Trap>;

    /// The handle that the guest gets for a resource of the host: one that it owns, or one that is
    /// lent for the call. There are none unless the guest is an instance.
    ///
    /// # Errors
    /// If the guest has as many handles as it may have.
    fn lower_handle(&mut self, ty: TypeId, own: bool, rep: u32) -> Result<u32, Trap> {
        let _ = (ty, own, rep);
        Err(Trap::UnknownHandle)
    }
}

impl Realloc for [u8] {
    fn memory(&mut self) -> &mut [u8] {
        self
    }

    fn realloc(&mut self, _: u64, _: u64, _: u32, _: u64) -> Result<u64, Trap> {
        Err(Trap::NoAllocator)
    }
}

/// The guest that values are lowered to.
#[derive(Debug)]
pub struct LowerContext<'g, R: ?Sized> {
    guest: &'g mut R,
    options: CanonicalOptions,
}

impl<'g, R: Realloc + ?Sized> LowerContext<'g, R> {
    /// To this guest.
    pub const fn new(guest: &'g mut R, options: CanonicalOptions) -> Self {
        Self { guest, options }
    }

    /// Address type and encoding of strings that values are lowered with.
    #[inline]
    pub const fn options(&self) -> CanonicalOptions {
        self.options
    }

    /// The guest itself.
    pub(in crate::component) fn guest(&mut self) -> &mut R {
        self.guest
    }

    /// The memory that pointers lead into, as it is after the last reallocation.
    #[inline]
    pub fn memory(&mut self) -> &mut [u8] {
        self.guest.memory()
    }

    /// Writes a value to an address.
    pub fn store<T: Lower + ?Sized>(&mut self, value: &T, at: u64) -> Result<(), Trap> {
        let CanonicalAbiInfo { size, align, .. } = T::ABI.with(self.options.address);
        let (memory, outside) = (self.memory().len(), Trap::MemoryOutOfBounds);
        pointer::checked(at, *align, u64::from(*size), memory, outside)?;
        value.store(self, at)
    }

    /// Makes core values of a value, and says how many; the address of memory for it, if it would
    /// be more than `most` core values.
    pub fn lower<T: Lower + ?Sized>(
        &mut self,
        value: &T,
        slots: &mut [u64; MAX_FLAT_PARAMS],
        most: usize,
    ) -> Result<usize, Trap> {
        let mut flat = FlatWriter::new(slots);
        let CanonicalAbiInfo {
            size,
            align,
            flat: types,
        } = T::ABI.with(self.options.address);
        if types.count() as usize <= most {
            value.lower_flat(self, &mut flat)?;
        } else {
            let outside = Trap::MemoryOutOfBounds;
            let at = self.reserve(*align, u64::from(*size), outside)?;
            value.store(self, at)?;
            flat.push(at)?;
        }
        Ok(flat.position())
    }

    /// Writes the next field of a record whose fields so far end here.
    #[inline]
    pub fn store_field<T: Lower + ?Sized>(&mut self, value: &T, end: &mut u64) -> Result<(), Trap> {
        let at = T::ABI.with(self.options.address).place(end);
        value.store(self, at)
    }

    /// The answer of the guest's allocator, which may be wrong.
    pub(super) fn allocate(&mut self, allocation: Allocation) -> Result<u64, Trap> {
        let Allocation {
            old,
            old_size,
            align,
            size,
        } = allocation;
        self.guest.realloc(old, old_size, align, size)
    }

    /// New memory from the guest's allocator.
    pub(super) fn reserve(&mut self, align: u32, size: u64, outside: Trap) -> Result<u64, Trap> {
        let at = self.guest.realloc(0, 0, align, size)?;
        pointer::checked(at, align, size, self.memory().len(), outside)?;
        Ok(at)
    }

    /// Writes two addresses or lengths.
    pub(super) fn store_words(&mut self, at: u64, (one, two): (u64, u64)) -> Result<(), Trap> {
        let second = at.saturating_add(u64::from(self.options.address.size()));
        match self.options.address {
            AddressType::I32 => {
                self.store_bytes(at, (one as u32).to_le_bytes())?;
                self.store_bytes(second, (two as u32).to_le_bytes())
            }
            AddressType::I64 => {
                self.store_bytes(at, one.to_le_bytes())?;
                self.store_bytes(second, two.to_le_bytes())
            }
        }
    }

    /// Writes bytes.
    #[inline]
    pub(super) fn store_bytes<const N: usize>(
        &mut self,
        at: u64,
        bytes: [u8; N],
    ) -> Result<(), Trap> {
        self.slice(at, N as u64)?.copy_from_slice(&bytes);
        Ok(())
    }

    /// Writes the low bytes of a number.
    #[inline]
    pub(super) fn store_low(&mut self, at: u64, number: u32, size: u32) -> Result<(), Trap> {
        let bytes = number.to_le_bytes();
        for (byte, low) in self.slice(at, u64::from(size))?.iter_mut().zip(bytes) {
            *byte = low;
        }
        Ok(())
    }

    /// Bytes of the memory.
    #[inline]
    pub(super) fn slice(&mut self, at: u64, size: u64) -> Result<&mut [u8], Trap> {
        let memory = self.guest.memory();
        let range = pointer::range(at, size, memory.len());
        let slice = range.and_then(|range| memory.get_mut(range));
        slice.ok_or(Trap::MemoryOutOfBounds)
    }
}
