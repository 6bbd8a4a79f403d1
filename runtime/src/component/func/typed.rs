//! Functions whose types are known when the host is compiled.
//!
//! Types are compared once, by [`Func::typed`]; a call writes its arguments with [`Lower`] and reads
//! its result with [`Lift`], with nothing in between.

use core::fmt;
use core::marker::PhantomData;

use super::Func;
use crate::component::abi::LowerContext;
use crate::component::guest;
use crate::component::{Lift, Lower, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS};
use crate::error::Result;
use crate::store::context::AsContextMut;

/// A [`Func`] with parameters `Params` and results `Return`, both tuples; made by [`Func::typed`].
pub struct TypedFunc<Params, Return> {
    func: Func,
    types: PhantomData<fn(Params) -> Return>,
}

impl<P, R> Clone for TypedFunc<P, R> {
    fn clone(&self) -> Self {
        Self {
            func: self.func.clone(),
            types: PhantomData,
        }
    }
}

impl<P, R> fmt::Debug for TypedFunc<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypedFunc").field(&self.func).finish()
    }
}

impl<Params: Lower, Return: Lift> TypedFunc<Params, Return> {
    pub(super) fn new(func: Func) -> Self {
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
    /// If the guest traps or a host function fails, and then the instance cannot be called again; if
    /// it runs already.
    pub fn call(&self, mut store: impl AsContextMut, params: Params) -> Result<Return> {
        let mut store = store.as_context_mut();
        self.func.call_with(
            store.reborrow().store(),
            |guest, options, slots| {
                let lowered =
                    LowerContext::new(guest, options).lower(&params, slots, MAX_FLAT_PARAMS);
                lowered.map_err(|trap| guest.failed(trap))
            },
            |store, lifted, component, slots| {
                let guest = (component, lifted.instance, lifted.options);
                guest::lifting_typed(store, guest, |cx| cx.lift(slots, MAX_FLAT_RESULTS))
            },
        )
    }
}
