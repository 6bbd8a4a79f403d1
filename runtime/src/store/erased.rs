//! Stores whose data type is erased, and back.
//!
//! Host functions, limiters and epoch callbacks are closures over `Store<T>` that stand in the
//! part of the store that does not know `T`. To call one is `unsafe`: it gets its store as a
//! pointer without a type.
//!
//! Invariant of this module: a closure made here for `T` is installed only in stores of `T`:
//! the types of `Store<T>` and `Linker<T>`, in which `T` is invariant, ensure it.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::ptr::NonNull;

use super::StoreData;
use super::context::StoreContextMut;
use super::entity::{HostFunc, InstanceEntity};
use super::hook::CallHook;
use super::inner::{EpochAction, StoreInner};
use super::limits::ResourceLimiter;
use super::pointers::StorePointers;
use crate::error::{Error, Result};
use crate::spec::Trap;

impl<T> StoreData<T> {
    /// The store's addresses, for running code.
    pub(crate) fn pointers(&mut self) -> StorePointers {
        let this = NonNull::from(self);
        // SAFETY: `this` comes from a reference, so what it points at is there, and so is a field of
        // it, whose address is not null. No other reference is made, so both pointers stay good.
        let inner = unsafe { NonNull::new_unchecked(&raw mut (*this.as_ptr()).inner) };
        StorePointers {
            inner,
            typed: this.cast(),
        }
    }
}

impl<T> StoreData<T> {
    /// What running code does when it polls the epoch. Whether the epoch interrupts code at all.
    pub(crate) fn poll_epoch(&mut self) -> Result<bool> {
        let inner = &self.inner;
        if !inner.engine.config().epoch {
            return Ok(false);
        }
        if inner.engine.current_epoch() >= inner.epoch_deadline {
            let store = self.pointers();
            // SAFETY: the pointers come from `self`, which is borrowed exclusively until the end of
            // this function and not used meanwhile.
            unsafe { epoch_deadline(store) }?;
        }
        Ok(true)
    }
}

/// A function of the host, for stores of one data type.
#[derive(Clone)]
pub(crate) struct HostCall(Arc<Call>);

/// The host's limiter, which stands somewhere in the data of stores of one data type.
pub(crate) struct HostLimiter(Box<Ask>);

/// What the host does where calls enter and leave the guest in stores of one data type.
pub(crate) struct HostHook(Box<Notice>);

/// What the host does at the epoch deadline of stores of one data type.
pub(crate) struct EpochCallback(Box<Extend>);

// Only the functions below call these, whose callers make the promises.
type Call =
    dyn Fn(NonNull<()>, Option<NonNull<InstanceEntity>>, &mut [u64]) -> Result<()> + Send + Sync;
type Ask = dyn FnMut(NonNull<()>, &mut dyn FnMut(&mut dyn ResourceLimiter)) + Send + Sync;
type Notice = dyn FnMut(NonNull<()>, CallHook) -> Result<()> + Send + Sync;
type Extend = dyn FnMut(NonNull<()>) -> Result<u64> + Send + Sync;

impl HostCall {
    /// Calls it: `slots[..params]` are the arguments, `slots[..results]` become the results
    /// (`slots.len() == max(params, results)`). `instance` is the calling instance, if any.
    ///
    /// # Safety
    /// `store` is the `typed` pointer of a live store of the data type that the function was made
    /// for, `instance` one of its instances; until the call returns, nobody else uses the store or a
    /// reference into it.
    pub(crate) unsafe fn call(
        &self,
        store: NonNull<()>,
        instance: Option<NonNull<InstanceEntity>>,
        slots: &mut [u64],
    ) -> Result<()> {
        (self.0)(store, instance, slots)
    }
}

impl HostLimiter {
    /// Asks it.
    ///
    /// # Safety
    /// `store` is the `typed` pointer of a live store of the data type that the limiter was made
    /// for; until the call returns, nobody else uses its data. Its other part may be in use.
    pub(crate) unsafe fn ask(
        &mut self,
        store: NonNull<()>,
        question: &mut dyn FnMut(&mut dyn ResourceLimiter),
    ) {
        (self.0)(store, question);
    }
}

impl EpochCallback {
    /// Gives the number of ticks to go on, or the error that ends the guest's call.
    ///
    /// # Safety
    /// As for [`HostCall::call`].
    pub(crate) unsafe fn call(&mut self, store: NonNull<()>) -> Result<u64> {
        (self.0)(store)
    }
}

impl HostHook {
    /// Tells it; an error ends the call.
    ///
    /// # Safety
    /// As for [`HostCall::call`].
    unsafe fn tell(&mut self, store: NonNull<()>, state: CallHook) -> Result<()> {
        (self.0)(store, state)
    }
}

/// A host function over so many slots, which takes and gives so many values. It gets the store, the
/// number of the calling instance, if any, and the slots.
pub(crate) fn host_func<T>(
    values: usize,
    slots: usize,
    func: impl Fn(StoreContextMut<'_, T>, Option<u32>, &mut [u64]) -> Result<()> + Send + Sync + 'static,
) -> HostFunc {
    let call =
        move |store: NonNull<()>, instance: Option<NonNull<InstanceEntity>>, slots: &mut [u64]| {
            // SAFETY: `HostCall::call` was promised a store of `T` that nobody else uses, and one of
            // its instances, of which the number is read before the store is borrowed.
            let (instance, data) = unsafe {
                (
                    instance.map(|instance| instance.as_ref().number),
                    store.cast::<StoreData<T>>().as_mut(),
                )
            };
            func(StoreContextMut::new(data), instance, slots)
        };
    HostFunc {
        values: values as u32,
        slots: slots as u32,
        call: HostCall(Arc::new(call)),
    }
}

/// A limiter somewhere in the data.
pub(crate) fn host_limiter<T>(
    mut limiter: impl (FnMut(&mut T) -> &mut dyn ResourceLimiter) + Send + Sync + 'static,
) -> HostLimiter {
    HostLimiter(Box::new(move |store, question| {
        // SAFETY: `HostLimiter::ask` was promised a store of `T` whose data nobody uses; no reference
        // to the store as a whole is made, of which the other part may be borrowed.
        let data = unsafe { &mut (*store.cast::<StoreData<T>>().as_ptr()).data };
        question(limiter(data));
    }))
}

/// A hook of calls.
pub(crate) fn host_hook<T>(
    mut hook: impl FnMut(StoreContextMut<'_, T>, CallHook) -> Result<()> + Send + Sync + 'static,
) -> HostHook {
    HostHook(Box::new(move |store, state| {
        // SAFETY: `HostHook::tell` was promised a store of `T` that nobody else uses.
        let data = unsafe { store.cast::<StoreData<T>>().as_mut() };
        hook(StoreContextMut::new(data), state)
    }))
}

/// A callback at the epoch deadline.
pub(crate) fn epoch_callback<T>(
    mut callback: impl FnMut(StoreContextMut<'_, T>) -> Result<u64> + Send + Sync + 'static,
) -> EpochCallback {
    EpochCallback(Box::new(move |store| {
        // SAFETY: `EpochCallback::call` was promised a store of `T` that nobody else uses.
        let data = unsafe { store.cast::<StoreData<T>>().as_mut() };
        callback(StoreContextMut::new(data))
    }))
}

/// Calls a function of the host, and tells the store's hook before and after, if there is one.
///
/// # Safety
/// As for [`HostCall::call`], of the store that the pointers lead to.
pub(crate) unsafe fn call_host(
    store: StorePointers,
    host: &HostCall,
    instance: Option<NonNull<InstanceEntity>>,
    slots: &mut [u64],
) -> Result<()> {
    // SAFETY: the caller promises that the store is live and used by nobody else, and what
    // `HostCall::call` needs; the reference ends with the condition.
    unsafe {
        if store.inner.as_ref().hook.is_none() {
            return host.call(store.typed, instance, slots);
        }
        tell(store, CallHook::CallingHost)?;
        let result = host.call(store.typed, instance, slots);
        tell(store, CallHook::ReturningFromHost)?;
        result
    }
}

/// Tells the store's hook, if there is one, which is not told of what it does itself.
///
/// # Safety
/// The pointers are those of one live store, into which nobody uses references meanwhile.
#[cold]
pub(crate) unsafe fn tell(store: StorePointers, state: CallHook) -> Result<()> {
    /// Puts the hook back even if it panics.
    struct Restore(NonNull<StoreInner>, Option<HostHook>);

    impl Drop for Restore {
        fn drop(&mut self) {
            // SAFETY: `tell`'s caller promises that the store is live and used by nobody else; what
            // the hook borrowed of it ended with the hook.
            let inner = unsafe { self.0.as_mut() };
            inner.hook = self.1.take();
        }
    }

    // SAFETY: the caller promises that the store is live and used by nobody else.
    let hook = unsafe { (*store.inner.as_ptr()).hook.take() };
    let mut restore = Restore(store.inner, hook);
    match &mut restore.1 {
        // SAFETY: the hook was installed in this store, so it is one for its data type; the caller
        // promises that the store is live, and no reference into it is alive here: the hook itself
        // was taken out.
        Some(hook) => unsafe { hook.tell(store.typed, state) },
        None => Ok(()),
    }
}

/// Does what the store wants done when running code meets its epoch deadline: sets a new
/// deadline, or gives the error that ends the call.
///
/// # Safety
/// The pointers are those of one live store, into which nobody uses references meanwhile.
pub(crate) unsafe fn epoch_deadline(store: StorePointers) -> Result<()> {
    /// Puts the action back even if the callback panics.
    struct Restore(NonNull<StoreInner>, EpochAction);

    impl Drop for Restore {
        fn drop(&mut self) {
            // SAFETY: `epoch_deadline`'s caller promises that the store is live and used by nobody
            // else; what the callback borrowed of it ended with the callback.
            let inner = unsafe { self.0.as_mut() };
            if matches!(inner.epoch_action, EpochAction::Trap) {
                inner.epoch_action = core::mem::take(&mut self.1);
            }
        }
    }

    // SAFETY: the caller promises that the store is live and used by nobody else.
    let action = unsafe { core::mem::take(&mut (*store.inner.as_ptr()).epoch_action) };
    let mut restore = Restore(store.inner, action);
    let ticks = match &mut restore.1 {
        EpochAction::Trap => Err(Error::from(Trap::Interrupt)),
        // SAFETY: the callback was installed in this store, so it is one for its data type; the
        // caller promises that the store is live, and no reference into it is alive here: the
        // callback itself was taken out.
        EpochAction::Callback(callback) => unsafe { callback.call(store.typed) },
    }?;
    drop(restore);
    // SAFETY: the caller promises that the store is live and used by nobody else.
    let inner = unsafe { &mut *store.inner.as_ptr() };
    inner.epoch_deadline = inner.engine.current_epoch().saturating_add(ticks.max(1));
    Ok(())
}
