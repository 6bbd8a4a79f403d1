//! Stores whose data type is erased, and back.
//!
//! Host functions, limiters and epoch callbacks are closures over `Store<T>` that stand in the
//! part of the store that does not know `T`.
//!
//! Invariant of this module: a closure made here for `T` is installed only in stores of `T`
//! (functions of a `Store<T>` or a `Linker<T>` see to it by their types, in which `T` is
//! invariant), and is called with the `typed` pointer of its store while nobody uses references
//! into the store.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::ptr::NonNull;

use super::StoreData;
use super::context::StoreContextMut;
use super::entity::{HostFunc, InstanceEntity};
use super::inner::{EpochAction, EpochCallback, StoreInner};
use super::limiter::HostLimiter;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::fast::StorePointers;
use crate::limits::ResourceLimiter;
use crate::spec::Trap;

impl<T> StoreData<T> {
    /// The store's addresses, for running code.
    pub(crate) fn pointers(&mut self) -> StorePointers {
        let this = NonNull::from(self);
        // SAFETY: projects to a field of what `this` points at.
        let inner = unsafe { NonNull::new_unchecked(&raw mut (*this.as_ptr()).inner) };
        StorePointers {
            inner,
            typed: this.cast(),
        }
    }
}

/// A host function over slots.
pub(crate) fn host_func<T>(
    params: usize,
    results: usize,
    func: impl Fn(Caller<'_, T>, &mut [u64]) -> Result<()> + Send + Sync + 'static,
) -> HostFunc {
    let call =
        move |store: NonNull<()>, instance: Option<NonNull<InstanceEntity>>, slots: &mut [u64]| {
            // SAFETY: the module's invariant; the instance is one of the store.
            let (data, instance) = unsafe {
                (
                    store.cast::<StoreData<T>>().as_mut(),
                    instance.map(|instance| instance.as_ref().number),
                )
            };
            func(Caller::new(StoreContextMut::new(data), instance), slots)
        };
    HostFunc {
        params: params as u32,
        results: results as u32,
        call: Arc::new(call),
    }
}

/// A limiter somewhere in the data.
pub(crate) fn host_limiter<T>(
    mut limiter: impl (FnMut(&mut T) -> &mut dyn ResourceLimiter) + Send + Sync + 'static,
) -> HostLimiter {
    Box::new(move |store, question| {
        // SAFETY: the module's invariant; only the data is borrowed, which is apart from the
        // part of the store that the asker borrows.
        let data = unsafe { &mut (*store.cast::<StoreData<T>>().as_ptr()).data };
        question(limiter(data));
    })
}

/// A callback at the epoch deadline.
pub(crate) fn epoch_callback<T>(
    mut callback: impl FnMut(StoreContextMut<'_, T>) -> Result<u64> + Send + Sync + 'static,
) -> EpochCallback {
    Box::new(move |store| {
        // SAFETY: the module's invariant.
        callback(StoreContextMut::new(unsafe {
            store.cast::<StoreData<T>>().as_mut()
        }))
    })
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
            // SAFETY: the function's promise; the callback has ended.
            let inner = unsafe { self.0.as_mut() };
            if matches!(inner.epoch_action, EpochAction::Trap) {
                inner.epoch_action = core::mem::take(&mut self.1);
            }
        }
    }

    // SAFETY: the function's promise.
    let action = unsafe { core::mem::take(&mut (*store.inner.as_ptr()).epoch_action) };
    let mut restore = Restore(store.inner, action);
    let ticks = match &mut restore.1 {
        EpochAction::Trap => Err(Error::from(Trap::Interrupt)),
        EpochAction::Callback(callback) => callback(store.typed),
    }?;
    drop(restore);
    // SAFETY: the function's promise.
    let inner = unsafe { &mut *store.inner.as_ptr() };
    inner.epoch_deadline = inner.engine.current_epoch().saturating_add(ticks.max(1));
    Ok(())
}
