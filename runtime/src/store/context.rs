//! Access to a store, whoever holds it: the store itself, a caller, or a context.
//!
//! Functions of the API take `impl AsContext` or `impl AsContextMut`, so that they work with a
//! `Store`, inside a host function (`Caller`), and with what either lends ([`StoreContext`],
//! [`StoreContextMut`]). The traits can be implemented by user code; each function asks it once.

use super::inner::StoreInner;
use super::{Store, StoreData};
use crate::engine::Engine;
use crate::error::Result;

/// Shared access to a store.
pub struct StoreContext<'a, T>(&'a StoreData<T>);

/// Exclusive access to a store.
pub struct StoreContextMut<'a, T>(&'a mut StoreData<T>);

/// What gives shared access to a store.
pub trait AsContext {
    /// The store's data type.
    type Data;

    /// Shared access to the store.
    fn as_context(&self) -> StoreContext<'_, Self::Data>;
}

/// What gives exclusive access to a store.
pub trait AsContextMut: AsContext {
    /// Exclusive access to the store.
    fn as_context_mut(&mut self) -> StoreContextMut<'_, Self::Data>;
}

impl<T> Clone for StoreContext<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoreContext<'_, T> {}

impl<'a, T> StoreContext<'a, T> {
    /// The engine that the store belongs to.
    pub fn engine(&self) -> &'a Engine {
        &self.0.inner.engine
    }

    /// The store's data.
    pub fn data(&self) -> &'a T {
        &self.0.data
    }

    /// The fuel left; see [`Store::get_fuel`].
    ///
    /// # Errors
    /// If the engine does not consume fuel.
    pub fn get_fuel(&self) -> Result<u64> {
        self.0.get_fuel()
    }

    pub(crate) fn inner(self) -> &'a StoreInner {
        &self.0.inner
    }
}

impl<'a, T> StoreContextMut<'a, T> {
    pub(crate) fn new(data: &'a mut StoreData<T>) -> Self {
        Self(data)
    }

    /// The engine that the store belongs to.
    pub fn engine(&self) -> &Engine {
        &self.0.inner.engine
    }

    /// The store's data.
    pub fn data(&self) -> &T {
        &self.0.data
    }

    /// The store's data.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.0.data
    }

    /// The fuel left; see [`Store::get_fuel`].
    ///
    /// # Errors
    /// If the engine does not consume fuel.
    pub fn get_fuel(&self) -> Result<u64> {
        self.0.get_fuel()
    }

    /// Sets the fuel left; see [`Store::set_fuel`].
    ///
    /// # Errors
    /// If the engine does not consume fuel.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<()> {
        self.0.set_fuel(fuel)
    }

    /// Burns fuel for work of the host; see [`Store::consume_fuel`].
    ///
    /// # Errors
    /// [`Trap::OutOfFuel`](crate::Trap::OutOfFuel) if there is less.
    pub fn consume_fuel(&mut self, fuel: u64) -> Result<()> {
        self.0.consume_fuel(fuel)
    }

    /// See [`Store::set_epoch_deadline`].
    pub fn set_epoch_deadline(&mut self, ticks: u64) {
        self.0.set_epoch_deadline(ticks);
    }

    pub(crate) fn poll_epoch(&mut self) -> Result<bool> {
        self.0.poll_epoch()
    }

    pub(crate) fn store(self) -> &'a mut StoreData<T> {
        self.0
    }

    pub(crate) fn inner(&self) -> &StoreInner {
        &self.0.inner
    }

    pub(crate) fn inner_mut(&mut self) -> &mut StoreInner {
        &mut self.0.inner
    }

    pub(crate) fn reborrow(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut(self.0)
    }
}

impl<T> AsContext for Store<T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext(&self.0)
    }
}

impl<T> AsContextMut for Store<T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        StoreContextMut(&mut self.0)
    }
}

impl<T> AsContext for StoreContext<'_, T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        *self
    }
}

impl<T> AsContext for StoreContextMut<'_, T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        StoreContext(self.0)
    }
}

impl<T> AsContextMut for StoreContextMut<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        self.reborrow()
    }
}

impl<C: AsContext> AsContext for &'_ C {
    type Data = C::Data;

    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}

impl<C: AsContext> AsContext for &'_ mut C {
    type Data = C::Data;

    fn as_context(&self) -> StoreContext<'_, C::Data> {
        C::as_context(self)
    }
}

impl<C: AsContextMut> AsContextMut for &'_ mut C {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, C::Data> {
        C::as_context_mut(self)
    }
}

impl<'a, C: AsContext> From<&'a C> for StoreContext<'a, C::Data> {
    fn from(store: &'a C) -> Self {
        C::as_context(store)
    }
}

impl<'a, C: AsContext> From<&'a mut C> for StoreContext<'a, C::Data> {
    fn from(store: &'a mut C) -> Self {
        C::as_context(store)
    }
}

impl<'a, C: AsContextMut> From<&'a mut C> for StoreContextMut<'a, C::Data> {
    fn from(store: &'a mut C) -> Self {
        C::as_context_mut(store)
    }
}
