//! Values that only the host understands: what `externref` refers to.
//!
//! The guest holds a handle, never an address: the value is in the store's handle table, and the
//! slot holds the handle's word. So a guest can neither look into a value nor keep it alive, and a
//! handle whose value was taken out is found stale by its generation. Standard: section 2.3,
//! "Types", heap type `extern`.

use alloc::boxed::Box;
use core::any::Any;

use crate::allocation::{self, OutOfMemory};
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::store::context::AsContextMut;
use crate::store::entity::HostHandle;
use crate::store::inner::{Handle, StoreInner};
use crate::types::Ref as RawRef;

/// A value of the host that the guest can hold and pass on, but not look into.
///
/// It lives as long as its store, unless the host takes it out before. Copies name the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExternRef(pub(crate) Handle);

impl ExternRef {
    /// Gives a value to the store.
    ///
    /// # Errors
    /// When memory is short, or the store holds as many as the limits allow.
    pub fn new<T: Any + Send + Sync>(mut store: impl AsContextMut, value: T) -> Result<Self> {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        match inner.externs.insert(allocation::boxed(value)?) {
            Ok(handle) => Ok(Self(inner.handle(handle.bits()))),
            Err(_) => Err(full(inner)),
        }
    }

    /// The value.
    ///
    /// # Errors
    /// If it belongs to another store or was taken out of this one.
    pub fn data<'a, T: 'a>(
        &self,
        store: impl Into<crate::store::context::StoreContext<'a, T>>,
    ) -> Result<&'a (dyn Any + Send + Sync)> {
        let inner = store.into().inner();
        Ok(&**inner
            .externs
            .get(self.handle(inner)?)
            .map_err(UseError::from)?)
    }

    /// Takes the value out of the store, for which other values find room then. To use a copy of
    /// this reference from now on is an error, also where the guest passes one to the host.
    ///
    /// # Errors
    /// If it belongs to another store or was taken out before.
    pub fn take(self, mut store: impl AsContextMut) -> Result<Box<dyn Any + Send + Sync>> {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let handle = self.handle(inner)?;
        Ok(inner.externs.remove(handle).map_err(UseError::from)?)
    }

    fn handle(self, store: &StoreInner) -> Result<HostHandle, UseError> {
        Ok(HostHandle::from_bits(store.number(self.0)?))
    }

    /// As slots and tables of this store hold it.
    pub(crate) fn to_raw(self, store: &StoreInner) -> Result<RawRef, UseError> {
        let handle = self.handle(store)?;
        store.externs.get(handle)?;
        Ok(RawRef(handle.bits()))
    }

    /// From what slots and tables of this store hold; nothing for null.
    pub(crate) fn from_raw(raw: RawRef, store: &StoreInner) -> Option<Self> {
        (!raw.is_null()).then(|| Self(store.handle(raw.0)))
    }
}

/// No room for one more.
fn full(store: &StoreInner) -> crate::error::Error {
    match store.admit_more("external references", store.externs.len(), 1) {
        Ok(()) => OutOfMemory.into(),
        Err(error) => error.into(),
    }
}
