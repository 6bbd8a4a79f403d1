//! Functions whose types are known when the host is compiled.
//!
//! Types are compared once, by `Func::typed`; a call then writes its arguments to slots and reads
//! its results from slots without comparing types again. What is still compared is the store of
//! each reference, because a reference of another store has the same type.

use core::fmt;
use core::marker::PhantomData;

use super::Func;
use super::call::{self, Outcome, Slots};
use super::resumable::TypedResumableCall;
use super::wasm_type::{SlotReader, SlotWriter, WasmParams, WasmResults};
use crate::engine::call_type::CallType;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::store::context::AsContextMut;
use crate::store::inner::StoreInner;

/// A [`Func`] with parameters `Params` and results `Results`; made by [`Func::typed`].
pub struct TypedFunc<Params, Results> {
    func: Func,
    types: PhantomData<fn(Params) -> Results>,
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for TypedFunc<P, R> {}

impl<P, R> fmt::Debug for TypedFunc<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypedFunc").field(&self.func).finish()
    }
}

impl<Params: WasmParams, Results: WasmResults> TypedFunc<Params, Results> {
    pub(crate) fn new(func: Func) -> Self {
        Self {
            func,
            types: PhantomData,
        }
    }

    /// The same function without its static type.
    pub fn func(&self) -> &Func {
        &self.func
    }

    /// Calls it.
    ///
    /// # Errors
    /// If the guest traps or a host function fails.
    #[inline]
    pub fn call(&self, mut store: impl AsContextMut, params: Params) -> Result<Results> {
        let mut store = store.as_context_mut();
        let mut slots = prepare::<Params, Results>(params, store.inner())?;
        call::invoke(store.reborrow().store(), self.func.0, slots.as_mut())?;
        finish(slots.as_ref(), store.inner())
    }

    /// Calls it so that it can go on after a host function failed or fuel ran out.
    ///
    /// # Errors
    /// If the guest traps.
    pub fn call_resumable(
        &self,
        mut store: impl AsContextMut,
        params: Params,
    ) -> Result<TypedResumableCall<Results>> {
        let mut store = store.as_context_mut();
        let mut slots = prepare::<Params, Results>(params, store.inner())?;
        let inner = store.inner();
        let ty = CallType::of(&inner.engine, inner.func(self.func.0)?.ty)?;
        match call::start(store.reborrow().store(), self.func.0, slots.as_mut())? {
            Outcome::Finished => {
                finish(slots.as_ref(), store.inner()).map(TypedResumableCall::Finished)
            }
            Outcome::Interrupted(interruption) => {
                TypedResumableCall::interrupted(interruption, ty, store.inner())
            }
        }
    }
}

fn prepare<P: WasmParams, R: WasmResults>(params: P, store: &StoreInner) -> Result<Slots> {
    let mut slots = Slots::new(P::SLOTS.max(R::SLOTS))?;
    params.write(&mut SlotWriter::new(slots.as_mut(), store))?;
    Ok(slots)
}

/// Results from slots.
pub(crate) fn finish<R: WasmResults>(slots: &[u64], store: &StoreInner) -> Result<R> {
    let results = R::read(&mut SlotReader::new(slots, store));
    Ok(results.ok_or(UseError::ResultCount {
        expected: R::SLOTS,
        found: slots.len(),
    })?)
}
