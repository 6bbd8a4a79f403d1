//! The guest of a call: its memory, its allocator, and the flags of its instance.
//!
//! What is lowered into a guest may need memory, which its `realloc` gives; while this runs, and
//! while `post-return` does, the instance may not call out. An error of the guest is kept here,
//! because lowering itself says only that it trapped. Standard: Component Model,
//! `CanonicalABI.md`, "Canonical ABI Options", "Lifting and Lowering".

use alloc::vec::Vec;
use core::any::TypeId;
use core::cell::RefCell;

use super::abi::dynamic::{Lifting, Lowering};
use super::abi::{LiftContext, Realloc};
use super::func::canonical;
use super::func::host::Lowered;
use super::handles::{HostHandles, Lifted};
use super::types::{FuncType, TypeTable};
use super::val::Val;
use crate::api::func::call;
use crate::component::MAX_FLAT_PARAMS;
use crate::engine::use_error::UseError;
use crate::error::{Error, Result};
use crate::spec::{Limit, Trap};
use crate::store::StoreData;
use crate::store::component::{ComponentEntity, GuestOptions, Lent};
use crate::store::inner::StoreInner;

/// A guest whose values are lowered.
pub(super) struct Guest<'s, T> {
    pub(super) store: &'s mut StoreData<T>,
    /// The number of its component.
    pub(super) component: u32,
    /// The place of its component instance.
    pub(super) instance: u32,
    pub(super) options: GuestOptions,
    /// What its allocator failed with.
    pub(super) error: Option<Error>,
}

impl<'s, T> Guest<'s, T> {
    pub(super) fn new(
        store: &'s mut StoreData<T>,
        component: u32,
        instance: u32,
        options: GuestOptions,
    ) -> Self {
        Self {
            store,
            component,
            instance,
            options,
            error: None,
        }
    }

    /// The error behind a trap.
    pub(super) fn failed(&mut self, trap: Trap) -> Error {
        self.error.take().unwrap_or_else(|| trap.into())
    }

    fn call(&mut self, func: u32, slots: &mut [u64]) -> Result<()> {
        let (component, instance) = (self.component, self.instance);
        shut(self.store, component, instance, |store| {
            let func = store.inner.handle(func);
            call::invoke(store, func, slots)
        })
    }
}

impl<T> Realloc for Guest<'_, T> {
    fn memory(&mut self) -> &mut [u8] {
        memory_mut(&mut self.store.inner, self.options)
    }

    fn realloc(&mut self, old: u64, old_size: u64, align: u32, size: u64) -> Result<u64, Trap> {
        let Some(realloc) = self.options.realloc else {
            return Err(Trap::NoAllocator);
        };
        let mut slots = [old, old_size, align.into(), size];
        match self.call(realloc, &mut slots) {
            Ok(()) => {
                let [at, ..] = slots;
                Ok(self.options.word(at))
            }
            Err(error) => {
                let trap = error.as_trap_code().unwrap_or(Trap::NoAllocator);
                self.error = Some(error);
                Err(trap)
            }
        }
    }

    fn lower_handle(&mut self, ty: TypeId, own: bool, rep: u32) -> Result<u32, Trap> {
        self.handles().lower_host(ty, own, rep)
    }
}

impl<T> Guest<'_, T> {
    /// Writes the result of a function of the host: to the slots, or at the address that was given.
    pub(super) fn lower_result(
        &mut self,
        types: &TypeTable,
        ty: &FuncType,
        result: Option<&Val>,
        given: u64,
        slots: &mut [u64],
    ) -> Result<()> {
        let mut flat = [0; MAX_FLAT_PARAMS];
        let options = canonical(&self.options);
        let written = Lowering::new(types, self, options).result(ty, result, given, &mut flat);
        let count = written.map_err(|error| self.error.take().unwrap_or(error))?;
        let flat = flat.iter().take(count);
        slots
            .iter_mut()
            .zip(flat)
            .for_each(|(slot, value)| *slot = *value);
        Ok(())
    }
}

/// The arguments that core values of a caller are.
pub(super) fn lift_params(
    store: &mut StoreInner,
    caller: &Lowered,
    types: &TypeTable,
    ty: &FuncType,
    slots: &[u64],
) -> Result<Vec<Val>> {
    let guest = (caller.component, caller.instance, caller.options);
    lifting(store, guest, types, |mut lifting| {
        Ok(lifting.params(ty, slots)?)
    })
}

/// Lifts something from a guest.
pub(super) fn lifting<R>(
    store: &mut StoreInner,
    (component, instance, options): (u32, u32, GuestOptions),
    types: &TypeTable,
    lift: impl FnOnce(Lifting<'_, HostHandles<'_>>) -> Result<R>,
) -> Result<R> {
    let mut budget = store.engine.limits().get(Limit::ComponentLiftSize);
    let (memory, mut handles) = HostHandles::with_memory(store, component, instance, options);
    lift(Lifting::new(
        types,
        memory,
        canonical(&options),
        &mut handles,
        &mut budget,
    ))
}

/// Lifts something of a type that Rust knows from a guest.
pub(super) fn lifting_typed<R>(
    store: &mut StoreInner,
    (component, instance, options): (u32, u32, GuestOptions),
    lift: impl FnOnce(&LiftContext<'_>) -> Result<R, Trap>,
) -> Result<R> {
    let (memory, mut handles) = HostHandles::with_memory(store, component, instance, options);
    let handles = Lifted(RefCell::new(&mut handles));
    let cx = LiftContext::new(memory, canonical(&options)).with_handles(&handles);
    Ok(lift(&cx)?)
}

/// Runs core code of an instance that may not call out meanwhile.
pub(super) fn shut<T>(
    store: &mut StoreData<T>,
    component: u32,
    instance: u32,
    run: impl FnOnce(&mut StoreData<T>) -> Result<()>,
) -> Result<()> {
    let may = entity(&mut store.inner, component)?.may_leave(instance, false);
    run(store)?;
    entity(&mut store.inner, component)?.may_leave(instance, may);
    Ok(())
}

/// Whether core code of an instance may call what it imports.
///
/// # Errors
/// [`Trap::CannotLeave`] if not.
pub(super) fn leaving(store: &mut StoreInner, component: u32, instance: u32) -> Result<()> {
    match entity(store, component)?.instance_mut(instance)?.may_leave {
        true => Ok(()),
        false => Err(Trap::CannotLeave.into()),
    }
}

/// Whether the innermost call has dropped what it was lent.
///
/// # Errors
/// [`Trap::BorrowsRemain`] if not.
pub(super) fn dropped_all(store: &StoreInner) -> Result<(), Trap> {
    match store.calls.scopes.last() {
        Some(call) if call.borrows > 0 => Err(Trap::BorrowsRemain),
        _ => Ok(()),
    }
}

/// Ends the innermost call: what was lent for it may be dropped again.
///
/// # Errors
/// [`Trap::BorrowsRemain`] if it was lent handles that it has not dropped.
pub(super) fn end_call(store: &mut StoreInner) -> Result<()> {
    let Some(call) = store.calls.scopes.pop() else {
        return Ok(());
    };
    if call.borrows > 0 {
        return Err(Trap::BorrowsRemain.into());
    }
    while store.calls.lent.len() > call.lent {
        let Some(Lent { lender, index }) = store.calls.lent.pop() else {
            break;
        };
        let handles = match lender {
            Some((component, instance)) => {
                &mut entity(store, component)?.instance_mut(instance)?.handles
            }
            None => &mut store.given,
        };
        if let Some(handle) = handles.any(index) {
            handle.lends = handle.lends.saturating_sub(1);
        }
    }
    Ok(())
}

/// A call of an instance by the host. What fails in it leaves the instance entered, so that it cannot
/// be called again.
///
/// # Errors
/// Those of `run`, and [`Trap::CannotEnter`] if the instance runs or has trapped.
pub(super) fn enter<T, R>(
    store: &mut StoreData<T>,
    component: u32,
    instance: u32,
    run: impl FnOnce(&mut StoreData<T>) -> Result<R>,
) -> Result<R> {
    entity(&mut store.inner, component)?.enter(None, instance)?;
    let result = scoped(store, run)?;
    entity(&mut store.inner, component)?.leave(None, instance);
    Ok(result)
}

/// A call, for which handles may be lent.
///
/// # Errors
/// Those of `run`, and [`Trap::BorrowsRemain`].
pub(super) fn scoped<T, R>(
    store: &mut StoreData<T>,
    run: impl FnOnce(&mut StoreData<T>) -> Result<R>,
) -> Result<R> {
    let calls = &mut store.inner.calls;
    let (scopes, lent) = (calls.scopes.len(), calls.lent.len());
    calls.begin()?;
    let result = run(store);
    if result.is_err() {
        // What was lent stays lent, as the instances that ran cannot be called again; but the host lives
        // on.
        store.inner.given.forget(scopes);
        store.inner.calls.scopes.truncate(scopes);
        store.inner.calls.lent.truncate(lent);
        return result;
    }
    end_call(&mut store.inner)?;
    result
}

/// The bytes of a guest's memory; none without one.
fn memory_mut(store: &mut StoreInner, options: GuestOptions) -> &mut [u8] {
    let memory = options.memory;
    let memory = memory.and_then(|memory| store.memories.get_mut(memory));
    memory.map_or(&mut [], |memory| memory.bytes_mut())
}

/// An instance of a component of this store.
pub(super) fn entity(
    store: &mut StoreInner,
    component: u32,
) -> Result<&mut ComponentEntity, UseError> {
    let entity = store.components.get_mut(component);
    entity.ok_or_else(|| UseError::OtherStore)
}
