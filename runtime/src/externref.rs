//! Values that only the host understands.

use alloc::boxed::Box;
use core::any::Any;

use crate::cause::{LimitError, UseError};
use crate::error::Result;
use crate::store::context::AsContextMut;
use crate::store::entity::ExternEntity;
use crate::store::inner::{Handle, StoreInner};
use crate::types::Ref as Slot;

/// A value of the host that the guest can hold and pass on, but not look into.
///
/// It lives as long as its store. Copies name the same value.
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
        let (limit, wanted) = (
            inner.engine.limits().store_objects,
            inner.externs.len() as u64 + 1,
        );
        if wanted > limit {
            return Err(LimitError {
                what: "external references",
                limit,
                wanted,
            }
            .into());
        }
        let number = inner.externs.push(ExternEntity {
            value: Box::new(value),
        })?;
        Ok(Self(inner.handle(number)))
    }

    /// The value.
    ///
    /// # Errors
    /// If it belongs to another store.
    pub fn data<'a, T: 'a>(
        &self,
        store: impl Into<crate::StoreContext<'a, T>>,
    ) -> Result<&'a (dyn Any + Send + Sync)> {
        let inner = store.into().inner();
        let entity = inner
            .externs
            .get(inner.number(self.0)?)
            .ok_or(UseError::OtherStore)?;
        Ok(&*entity.value)
    }

    /// As it stands in a slot of this store.
    pub(crate) fn to_slot(self, store: &StoreInner) -> Result<Slot, UseError> {
        Ok(Slot(store.number(self.0)? + 1))
    }

    /// From a slot of this store; nothing for null.
    pub(crate) fn from_slot(slot: Slot, store: &StoreInner) -> Option<Self> {
        slot.0
            .checked_sub(1)
            .map(|number| Self(store.handle(number)))
    }
}
