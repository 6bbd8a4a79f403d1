//! What a host function sees of who calls it.
//!
//! A closure of the host cannot hold a reference to the store that it is called from, so it gets
//! one for the time of the call: a [`Caller`] lends the store and says which instance called. The
//! engine makes it from the store's pointers when the guest calls an import; the API makes one
//! without an instance when the host calls such a function itself.

use super::externs::Extern;
use super::instance::Instance;
use crate::engine::Engine;
use crate::error::Result;
use crate::store::context::{AsContext, AsContextMut, StoreContext, StoreContextMut};

/// The store, and the instance whose code calls the host.
pub struct Caller<'a, T> {
    pub(crate) store: StoreContextMut<'a, T>,
    instance: Option<u32>,
}

impl<'a, T> Caller<'a, T> {
    pub(crate) fn new(store: StoreContextMut<'a, T>, instance: Option<u32>) -> Self {
        Self { store, instance }
    }

    pub(crate) fn reborrow(&mut self) -> Caller<'_, T> {
        Caller {
            store: self.store.reborrow(),
            instance: self.instance,
        }
    }

    /// What the calling instance exports under this name. Nothing if the host itself calls.
    pub fn get_export(&self, name: &str) -> Option<Extern> {
        let inner = self.store.inner();
        inner.instances.get(self.instance?)?.export(name, inner)
    }

    /// The calling instance. Nothing if the host itself calls.
    pub fn instance(&self) -> Option<Instance> {
        Some(Instance(self.store.inner().handle(self.instance?)))
    }

    /// The engine of the store that the call is in.
    pub fn engine(&self) -> &Engine {
        self.store.engine()
    }

    /// The store's data.
    pub fn data(&self) -> &T {
        self.store.data()
    }

    /// The store's data.
    pub fn data_mut(&mut self) -> &mut T {
        self.store.data_mut()
    }

    /// The fuel left; see [`Store::get_fuel`](crate::Store::get_fuel).
    ///
    /// # Errors
    /// If the engine does not consume fuel.
    pub fn get_fuel(&self) -> Result<u64> {
        self.store.get_fuel()
    }

    /// Sets the fuel left; see [`Store::set_fuel`](crate::Store::set_fuel).
    ///
    /// # Errors
    /// If the engine does not consume fuel.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<()> {
        self.store.set_fuel(fuel)
    }

    /// Burns fuel for work of the host, best before it is done, so that what a guest asks for is
    /// paid for; see [`Store::consume_fuel`](crate::Store::consume_fuel). Handed on, the error ends
    /// the guest's call, or suspends a resumable one.
    ///
    /// # Errors
    /// [`Trap::OutOfFuel`](crate::Trap::OutOfFuel) if there is less.
    pub fn consume_fuel(&mut self, fuel: u64) -> Result<()> {
        self.store.consume_fuel(fuel)
    }

    /// For functions of the host that wait: polls the epoch, as running code does. At the deadline,
    /// the store's action is taken, and an error of this, handed on, ends the guest's call. Says
    /// whether the engine interrupts by epoch at all; if not, there is no need to ask again.
    ///
    /// # Errors
    /// [`Trap::Interrupt`](crate::Trap::Interrupt), or what the store's callback answers.
    pub fn poll_epoch(&mut self) -> Result<bool> {
        self.store.poll_epoch()
    }
}

impl<T> AsContext for Caller<'_, T> {
    type Data = T;

    fn as_context(&self) -> StoreContext<'_, T> {
        self.store.as_context()
    }
}

impl<T> AsContextMut for Caller<'_, T> {
    fn as_context_mut(&mut self) -> StoreContextMut<'_, T> {
        self.store.reborrow()
    }
}
