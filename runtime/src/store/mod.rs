//! Stores: what instances live in.
//!
//! A store owns every object of its instances in flat arenas ([`arena`]), so that dropping it
//! recurses into nothing; handles of the API are numbers with the store's id. An object lives as
//! long as its store. Unsafe code is in [`arena`], [`bytes`], [`entity`],
//! [`erased`], [`growth`] and [`limiter`], each with its invariant.

pub(crate) mod arena;
pub(crate) mod bytes;
pub(crate) mod component;
pub(crate) mod context;
pub(crate) mod entity;
pub(crate) mod erased;
pub(crate) mod growth;
pub(crate) mod hook;
pub(crate) mod inner;
pub(crate) mod limiter;
pub(crate) mod limits;
pub(crate) mod pointers;
pub(crate) mod stack_slots;

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;

use self::hook::CallHook;
use self::limits::ResourceLimiter;
use crate::engine::Engine;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::spec::Trap;
use context::{AsContext, StoreContextMut};
use inner::{EpochAction, StoreInner};

/// Instances, their objects, and the host's data of type `T`.
///
/// `Send` and `Sync` if `T` is. A host function that panics unwinds through the guest's frames;
/// the store stays usable.
pub struct Store<T>(pub(crate) Box<StoreData<T>>);

/// The store itself, at a stable address.
pub(crate) struct StoreData<T> {
    pub(crate) inner: StoreInner,
    pub(crate) data: T,
    /// Closures for `T` stand in `inner`: `T` must not vary.
    invariant: PhantomData<fn(T) -> T>,
}

/// What to do when the epoch deadline is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpdateDeadline {
    /// Trap with [`Trap::Interrupt`].
    Interrupt,
    /// Go on until that many more ticks have passed, at least one: with none, the deadline would be
    /// over already, and the guest would not get any further.
    Continue(u64),
}

impl<T> Store<T> {
    /// A store without instances, with the host's data; it allocates once.
    pub fn new(engine: &Engine, data: T) -> Self {
        let inner = StoreInner::new(engine.clone());
        Self(Box::new(StoreData {
            inner,
            data,
            invariant: PhantomData,
        }))
    }

    /// The engine that the store belongs to.
    pub fn engine(&self) -> &Engine {
        &self.0.inner.engine
    }

    /// The host's data.
    pub fn data(&self) -> &T {
        &self.0.data
    }

    /// The host's data.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.0.data
    }

    /// The host's data; drops the rest.
    pub fn into_data(self) -> T {
        self.0.data
    }

    /// Sets who decides what may grow, besides the engine's own limits. Replaces the former one.
    pub fn limiter(
        &mut self,
        limiter: impl (FnMut(&mut T) -> &mut dyn ResourceLimiter) + Send + Sync + 'static,
    ) {
        self.0.inner.limiter.set(erased::host_limiter(limiter));
    }

    /// Sets who is told when the host calls a function, when a function of the host is called, and
    /// when either returns. An error ends the call. Replaces the former one. What the hook calls
    /// itself, it is not told of.
    pub fn call_hook(
        &mut self,
        hook: impl FnMut(StoreContextMut<'_, T>, CallHook) -> Result<()> + Send + Sync + 'static,
    ) {
        self.0.inner.hook = Some(erased::host_hook(hook));
    }

    /// The fuel left.
    ///
    /// # Errors
    /// If the engine does not consume fuel ([`Config::consume_fuel`](crate::Config)).
    pub fn get_fuel(&self) -> Result<u64> {
        self.0.get_fuel()
    }

    /// Sets the fuel left. A new store has none.
    ///
    /// # Errors
    /// If the engine does not consume fuel ([`Config::consume_fuel`](crate::Config)).
    pub fn set_fuel(&mut self, fuel: u64) -> Result<()> {
        self.0.set_fuel(fuel)
    }

    /// Burns fuel for work of the host.
    ///
    /// # Errors
    /// [`Trap::OutOfFuel`] if there is less, and then none is burned. An engine that does not
    /// consume fuel has always enough.
    pub fn consume_fuel(&mut self, fuel: u64) -> Result<()> {
        self.0.consume_fuel(fuel)
    }

    /// Running code is interrupted when the engine's epoch has advanced by `ticks` from now.
    /// Without effect unless the configuration says
    /// [`epoch_interruption`](crate::Config::epoch_interruption). A new store's deadline is now.
    pub fn set_epoch_deadline(&mut self, ticks: u64) {
        self.0.set_epoch_deadline(ticks);
    }

    /// At the deadline, trap with [`Trap::Interrupt`]; this is what a new store does.
    pub fn epoch_deadline_trap(&mut self) {
        self.0.inner.epoch_action = EpochAction::Trap;
    }

    /// At the deadline, ask `callback`; an error ends the guest's call.
    pub fn epoch_deadline_callback(
        &mut self,
        mut callback: impl FnMut(StoreContextMut<'_, T>) -> Result<UpdateDeadline>
        + Send
        + Sync
        + 'static,
    ) {
        let callback = erased::epoch_callback(move |store| match callback(store)? {
            UpdateDeadline::Interrupt => Err(Trap::Interrupt.into()),
            UpdateDeadline::Continue(ticks) => Ok(ticks),
        });
        self.0.inner.epoch_action = EpochAction::Callback(callback);
    }
}

impl<T> StoreData<T> {
    fn get_fuel(&self) -> Result<u64> {
        self.inner.metered()?;
        Ok(self.inner.fuel)
    }

    fn set_fuel(&mut self, fuel: u64) -> Result<()> {
        self.inner.metered()?;
        self.inner.fuel = fuel;
        Ok(())
    }

    fn consume_fuel(&mut self, fuel: u64) -> Result<()> {
        if self.inner.metered().is_ok() {
            let left = self.inner.fuel.checked_sub(fuel);
            self.inner.fuel = left.ok_or(Trap::OutOfFuel)?;
        }
        Ok(())
    }

    fn set_epoch_deadline(&mut self, ticks: u64) {
        let now = self.inner.engine.current_epoch();
        self.inner.epoch_deadline = now.saturating_add(ticks);
    }
}

impl StoreInner {
    fn metered(&self) -> Result<(), UseError> {
        if self.engine.config().fuel {
            Ok(())
        } else {
            Err(UseError::NotConfigured("fuel"))
        }
    }
}

impl<T: Default> Default for Store<T> {
    fn default() -> Self {
        Self::new(&Engine::default(), T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.as_context().inner();
        f.debug_struct("Store")
            .field("id", &inner.id)
            .field("data", &self.0.data)
            .field("instances", &inner.instances.len())
            .finish()
    }
}
