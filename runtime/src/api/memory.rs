//! Linear memories, as the host makes, reads, writes and grows them.
//!
//! The host may borrow the bytes only together with the store, so that no slice is alive while the
//! guest runs and may move them. Growth goes through `store::growth`, as `memory.grow` does: limits
//! and the host's limiter are asked in one place. Standard: section 7.1, "Embedding", "Memories".

use crate::error::Result;
use crate::error::cause::{LimitError, MemoryAccessError};
use crate::store::bytes::Bytes;
use crate::store::context::{AsContext, AsContextMut, StoreContext, StoreContextMut};
use crate::store::entity::MemoryEntity;
use crate::store::growth;
use crate::store::inner::Handle;
use crate::types::MemoryType;

/// A linear memory of a store. Copies name the same memory.
///
/// A memory that belongs to another store than the one it is used with has no bytes, and
/// whatever can fail does.
#[derive(Clone, Copy, Debug)]
pub struct Memory(pub(crate) Handle);

impl Memory {
    /// A new memory of zeros.
    ///
    /// # Errors
    /// If the limits forbid it, or memory is short.
    pub fn new(mut store: impl AsContextMut, ty: MemoryType) -> Result<Self> {
        ty.check()?;
        let mut store = store.as_context_mut();
        let number = growth::make_memory(store.reborrow().store(), ty, None)?;
        Ok(Self(store.inner().handle(number)))
    }

    /// A memory over bytes of the host; it can grow up to their number. What it starts with is
    /// not counted as memory of the store.
    ///
    /// # Errors
    /// If `buffer` has less than the type's minimum.
    pub fn new_static(
        mut store: impl AsContextMut,
        ty: MemoryType,
        buffer: &'static mut [u8],
    ) -> Result<Self> {
        ty.check()?;
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let (limit, wanted) = (buffer.len() as u64, ty.bytes(ty.min).unwrap_or(u64::MAX));
        let used = usize::try_from(wanted).ok();
        let bytes = used.and_then(|used| Bytes::fixed(buffer, used));
        let bytes = bytes.ok_or(LimitError {
            what: "bytes of the buffer",
            limit,
            wanted,
        })?;
        let number = inner.memories.push(MemoryEntity { bytes, ty })?;
        Ok(Self(inner.handle(number)))
    }

    /// The type that it was made with; [`size`](Self::size) says how many pages it has now. The default
    /// type, if it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> MemoryType {
        self.entity(&store.as_context())
            .map_or_else(MemoryType::default, |memory| memory.ty)
    }

    /// Its size in pages.
    pub fn size(&self, store: impl AsContext) -> u64 {
        self.entity(&store.as_context())
            .map_or(0, |memory| memory.current_type().min)
    }

    /// Bytes of a page.
    pub fn page_size(&self, store: impl AsContext) -> u64 {
        self.ty(store).page_size()
    }

    /// Binary logarithm of the bytes of a page.
    pub fn page_size_log2(&self, store: impl AsContext) -> u8 {
        self.ty(store).page_size_log2()
    }

    /// Its size in bytes.
    pub fn data_size(&self, store: impl AsContext) -> usize {
        self.entity(&store.as_context())
            .map_or(0, |memory| memory.bytes().len())
    }

    /// Its bytes, all that the guest can address; empty, if it belongs to another store.
    pub fn data<'a, T: 'a>(&self, store: impl Into<StoreContext<'a, T>>) -> &'a [u8] {
        self.entity(&store.into())
            .map(MemoryEntity::bytes)
            .unwrap_or_default()
    }

    /// Its bytes, all that the guest can address; empty, if it belongs to another store.
    pub fn data_mut<'a, T: 'a>(&self, store: impl Into<StoreContextMut<'a, T>>) -> &'a mut [u8] {
        self.data_and_store_mut(store).0
    }

    /// Its bytes and the store's data.
    pub fn data_and_store_mut<'a, T: 'a>(
        &self,
        store: impl Into<StoreContextMut<'a, T>>,
    ) -> (&'a mut [u8], &'a mut T) {
        let store = store.into().store();
        let memory = store.inner.memory_mut(self.0).ok();
        (
            memory.map(MemoryEntity::bytes_mut).unwrap_or_default(),
            &mut store.data,
        )
    }

    /// The address of its first byte; it changes when the memory grows.
    pub fn data_ptr(&self, mut store: impl AsContextMut) -> *mut u8 {
        self.data_mut(store.as_context_mut()).as_mut_ptr()
    }

    /// Grows by `delta` pages and gives the number of pages before.
    ///
    /// # Errors
    /// If it cannot grow; a [`LimitError`] says what limits it.
    pub fn grow(&self, mut store: impl AsContextMut, delta: u64) -> Result<u64> {
        let store = store.as_context_mut();
        Ok(growth::extend_memory(store.store(), self.0, delta)??)
    }

    /// Copies from the memory.
    ///
    /// # Errors
    /// If the range is not in the memory; then nothing is copied.
    pub fn read(
        &self,
        store: impl AsContext,
        offset: usize,
        buffer: &mut [u8],
    ) -> Result<(), MemoryAccessError> {
        let store = store.as_context();
        let length = buffer.len();
        let bytes = self
            .entity(&store)
            .map(MemoryEntity::bytes)
            .unwrap_or_default();
        let range = offset
            .checked_add(length)
            .and_then(|end| bytes.get(offset..end));
        buffer.copy_from_slice(range.ok_or(MemoryAccessError { offset, length })?);
        Ok(())
    }

    /// Copies into the memory.
    ///
    /// # Errors
    /// If the range is not in the memory; then nothing is copied.
    pub fn write(
        &self,
        mut store: impl AsContextMut,
        offset: usize,
        buffer: &[u8],
    ) -> Result<(), MemoryAccessError> {
        let mut store = store.as_context_mut();
        let bytes = self.data_mut(&mut store);
        let length = buffer.len();
        let range = offset
            .checked_add(length)
            .and_then(|end| bytes.get_mut(offset..end));
        range
            .ok_or(MemoryAccessError { offset, length })?
            .copy_from_slice(buffer);
        Ok(())
    }

    fn entity<'a, T>(&self, store: &StoreContext<'a, T>) -> Option<&'a MemoryEntity> {
        store.inner().memory(self.0).ok()
    }
}
