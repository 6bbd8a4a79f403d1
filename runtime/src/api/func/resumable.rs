//! Calls that can go on after they were interrupted.
//!
//! A call that meets an error of a host function, or the end of its fuel, keeps its frames. The
//! host supplies what is missing (results for the function that failed, or more fuel) and resumes.
//! Dropping the call ends it.
//!
//! A suspended call points into its store. So the store that is compared with it, the one that it
//! goes on in and the one whose number the next suspended call carries must be one and the same:
//! each public function asks the caller's `AsContextMut` once and hands on what it got.

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;

use super::call::{self, Outcome, Slots};
use super::typed;
use super::wasm_type::WasmResults;
use super::{Func, read_results};
use crate::api::val::Val;
use crate::engine::call_type::CallType;
use crate::engine::use_error::UseError;
use crate::error::{Error, Result};
use crate::exec::slot;
use crate::fast::{Interruption, Invocation};
use crate::store::context::{AsContextMut, StoreContextMut};
use crate::store::inner::StoreInner;

/// How a call by [`Func::call_resumable`](crate::Func::call_resumable) stands.
#[derive(Debug)]
pub enum ResumableCall {
    /// It has returned; its results are where the caller wanted them.
    Finished,
    /// A host function failed.
    HostTrap(ResumableCallHostTrap),
    /// There was not fuel enough.
    OutOfFuel(ResumableCallOutOfFuel),
}

/// How a call by [`TypedFunc::call_resumable`](crate::TypedFunc::call_resumable) stands.
#[derive(Debug)]
pub enum TypedResumableCall<Results> {
    /// It has returned.
    Finished(Results),
    /// A host function failed.
    HostTrap(TypedResumableCallHostTrap<Results>),
    /// There was not fuel enough.
    OutOfFuel(TypedResumableCallOutOfFuel<Results>),
}

/// A call that was interrupted, of a store.
struct Suspended {
    store: u64,
    invocation: Box<Invocation>,
    /// Type of the function that was called first.
    ty: CallType,
}

/// A call in which a host function failed.
pub struct ResumableCallHostTrap {
    call: Suspended,
    error: Error,
    func: Func,
}

/// A call that needs more fuel.
pub struct ResumableCallOutOfFuel {
    call: Suspended,
    required: u64,
}

/// A [`ResumableCallHostTrap`] with results of known types.
pub struct TypedResumableCallHostTrap<Results> {
    call: ResumableCallHostTrap,
    results: PhantomData<fn() -> Results>,
}

/// A [`ResumableCallOutOfFuel`] with results of known types.
pub struct TypedResumableCallOutOfFuel<Results> {
    call: ResumableCallOutOfFuel,
    results: PhantomData<fn() -> Results>,
}

enum Interrupted {
    Host(ResumableCallHostTrap),
    Fuel(ResumableCallOutOfFuel),
}

impl Interrupted {
    fn new(interruption: Interruption, ty: CallType, store: &StoreInner) -> Result<Self> {
        match interruption {
            Interruption::Host(error, Some(invocation)) => {
                let func = Func(store.handle(invocation.host_func()));
                let call = Suspended {
                    store: store.id,
                    invocation,
                    ty,
                };
                Ok(Self::Host(ResumableCallHostTrap { call, error, func }))
            }
            Interruption::OutOfFuel {
                required,
                invocation,
            } => {
                let call = Suspended {
                    store: store.id,
                    invocation,
                    ty,
                };
                Ok(Self::Fuel(ResumableCallOutOfFuel { call, required }))
            }
            interruption => Err(interruption.into()),
        }
    }
}

impl ResumableCall {
    pub(crate) fn settle(
        outcome: Outcome,
        ty: CallType,
        slots: &[u64],
        results: &mut [Val],
        store: &StoreInner,
    ) -> Result<Self> {
        match outcome {
            Outcome::Finished => {
                read_results(&ty, slots, results, store);
                Ok(Self::Finished)
            }
            Outcome::Interrupted(interruption) => {
                Ok(match Interrupted::new(interruption, ty, store)? {
                    Interrupted::Host(call) => Self::HostTrap(call),
                    Interrupted::Fuel(call) => Self::OutOfFuel(call),
                })
            }
        }
    }
}

impl<Results> TypedResumableCall<Results> {
    pub(crate) fn interrupted(
        interruption: Interruption,
        ty: CallType,
        store: &StoreInner,
    ) -> Result<Self> {
        let results = PhantomData;
        Ok(match Interrupted::new(interruption, ty, store)? {
            Interrupted::Host(call) => Self::HostTrap(TypedResumableCallHostTrap { call, results }),
            Interrupted::Fuel(call) => {
                Self::OutOfFuel(TypedResumableCallOutOfFuel { call, results })
            }
        })
    }
}

impl Suspended {
    /// Goes on; `host` are the results of the host function that failed. Gives the slots with the
    /// results, and the type of the function that was called first.
    fn resume<T>(
        self,
        store: &mut StoreContextMut<'_, T>,
        host: &[u64],
    ) -> Result<(Outcome, CallType, Slots)> {
        if store.inner().id != self.store {
            return Err(UseError::OtherStore.into());
        }
        let mut slots = Slots::new(self.ty.slots())?;
        let result = call::watched(store.reborrow().store(), |store| {
            // SAFETY: the store was just compared with the one that the call was begun in, whose number
            // no other store ever has, and is borrowed exclusively until this returns. `host` were made
            // for the type of the host function that failed, the slots for the first one's type.
            unsafe { (self.invocation).resume(store.pointers(), host, slots.as_mut()) }
        })?;
        let outcome = call::settle(result)?;
        Ok((outcome, self.ty, slots))
    }
}

impl ResumableCallHostTrap {
    /// The host function that failed.
    pub fn host_func(&self) -> Func {
        self.func
    }

    /// What the host function failed with: the reason to answer in its place, or to give up.
    pub fn host_error(&self) -> &Error {
        &self.error
    }

    /// Its error; gives up the call.
    pub fn into_host_error(self) -> Error {
        self.error
    }

    /// Goes on as if the host function had returned `inputs`.
    ///
    /// # Errors
    /// If `inputs` are not results of the host function, `results` do not fit the function
    /// that was called first, the store is another one, or the guest traps.
    pub fn resume(
        self,
        mut store: impl AsContextMut,
        inputs: &[Val],
        results: &mut [Val],
    ) -> Result<ResumableCall> {
        let mut store = store.as_context_mut();
        let host = self.inputs(store.inner(), inputs)?;
        self.call.resume_into(&mut store, host.as_ref(), results)
    }

    fn inputs(&self, store: &StoreInner, inputs: &[Val]) -> Result<Slots> {
        let ty = CallType::of(&store.engine, store.func(self.func.0)?.ty)?;
        let (expected, found) = (ty.results().len(), inputs.len());
        if expected != found {
            return Err(UseError::ResultCount { expected, found }.into());
        }
        let mut slots = Slots::new(slot::count(ty.results()))?;
        super::write(ty.results(), slots.as_mut(), inputs, store)?;
        Ok(slots)
    }
}

impl ResumableCallOutOfFuel {
    /// The least fuel with which it can go on.
    pub fn required_fuel(&self) -> u64 {
        self.required
    }

    /// Goes on, with what fuel the store has now.
    ///
    /// # Errors
    /// If `results` do not fit the function that was called first, the store is another one,
    /// or the guest traps.
    pub fn resume(
        self,
        mut store: impl AsContextMut,
        results: &mut [Val],
    ) -> Result<ResumableCall> {
        self.call
            .resume_into(&mut store.as_context_mut(), &[], results)
    }
}

impl Suspended {
    fn resume_into<T>(
        self,
        store: &mut StoreContextMut<'_, T>,
        host: &[u64],
        results: &mut [Val],
    ) -> Result<ResumableCall> {
        let (expected, found) = (self.ty.results().len(), results.len());
        if expected != found {
            return Err(UseError::ResultCount { expected, found }.into());
        }
        let (outcome, ty, slots) = self.resume(store, host)?;
        ResumableCall::settle(outcome, ty, slots.as_ref(), results, store.inner())
    }

    fn resume_typed<T, R: WasmResults>(
        self,
        store: &mut StoreContextMut<'_, T>,
        host: &[u64],
    ) -> Result<TypedResumableCall<R>> {
        let (outcome, ty, slots) = self.resume(store, host)?;
        match outcome {
            Outcome::Finished => {
                typed::finish(slots.as_ref(), store.inner()).map(TypedResumableCall::Finished)
            }
            Outcome::Interrupted(interruption) => {
                TypedResumableCall::interrupted(interruption, ty, store.inner())
            }
        }
    }
}

impl<Results> TypedResumableCallHostTrap<Results> {
    /// The host function that failed.
    pub fn host_func(&self) -> Func {
        self.call.func
    }

    /// What the host function failed with: the reason to answer in its place, or to give up.
    pub fn host_error(&self) -> &Error {
        &self.call.error
    }

    /// Its error; gives up the call.
    pub fn into_host_error(self) -> Error {
        self.call.error
    }
}

impl<Results: WasmResults> TypedResumableCallHostTrap<Results> {
    /// Goes on as if the host function had returned `inputs`.
    ///
    /// # Errors
    /// If `inputs` are not results of the host function, the store is another one, or the guest
    /// traps.
    pub fn resume(
        self,
        mut store: impl AsContextMut,
        inputs: &[Val],
    ) -> Result<TypedResumableCall<Results>> {
        let mut store = store.as_context_mut();
        let host = self.call.inputs(store.inner(), inputs)?;
        self.call.call.resume_typed(&mut store, host.as_ref())
    }
}

impl<Results> TypedResumableCallOutOfFuel<Results> {
    /// The least fuel with which it can go on.
    pub fn required_fuel(&self) -> u64 {
        self.call.required
    }
}

impl<Results: WasmResults> TypedResumableCallOutOfFuel<Results> {
    /// Goes on, with what fuel the store has now.
    ///
    /// # Errors
    /// If the store is another one, or the guest traps.
    pub fn resume(self, mut store: impl AsContextMut) -> Result<TypedResumableCall<Results>> {
        self.call
            .call
            .resume_typed(&mut store.as_context_mut(), &[])
    }
}

impl fmt::Debug for ResumableCallHostTrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumableCallHostTrap")
            .field("host_error", &self.error)
            .finish()
    }
}

impl fmt::Debug for ResumableCallOutOfFuel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumableCallOutOfFuel")
            .field("required_fuel", &self.required)
            .finish()
    }
}

impl<R> fmt::Debug for TypedResumableCallHostTrap<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

impl<R> fmt::Debug for TypedResumableCallOutOfFuel<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}
