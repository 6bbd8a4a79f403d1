//! Functions of components, and what the host does with them: look at their types, call.
//!
//! A call enters the instance, lowers the arguments into its memory, runs the core function, lifts
//! the result, lets `post-return` free what it took, and leaves. What traps in between leaves the
//! instance entered: it cannot be called again. Standard: Component Model, `CanonicalABI.md`,
//! "`canon lift`".

pub(super) mod host;
mod matches;
mod typed;

pub use typed::TypedFunc;

use core::fmt;

use super::Component;
use super::abi::CanonicalOptions;
use super::abi::dynamic::Lowering;
use super::guest::{self, Guest, shut};
use super::types::{ComponentFunc, FuncTypeId, Origin, Resources};
use super::val::{Val, ValueMismatch};
use super::{Lift, Lower};
use crate::api::func::call;
use crate::component::MAX_FLAT_PARAMS;
use crate::engine::use_error::UseError;
use crate::error::{Error, Result};
use crate::spec::{Proposal, Trap};
use crate::store::StoreData;
use crate::store::component::{GuestOptions, LiftedFunc};
use crate::store::context::{AsContext, AsContextMut};
use crate::store::inner::{Handle, StoreInner};

/// A function of an instance of a component.
#[derive(Clone)]
pub struct Func {
    pub(super) component: Component,
    pub(super) instance: Handle,
    pub(super) lift: u32,
    pub(super) ty: FuncTypeId,
    /// What the types of resources of the instance are.
    pub(super) resources: Resources,
}

impl Func {
    /// Its type; in another store, types of resources in it are those of the component.
    pub fn ty(&self, store: impl AsContext) -> ComponentFunc {
        let own = store.as_context().inner().number(self.instance);
        let resources = own.ok().map(|_| self.resources.clone());
        let origin = Origin::new(self.component.clone(), resources);
        ComponentFunc::within(origin, self.ty)
    }

    /// The same function for arguments and a result of known types: a tuple of all parameters, and
    /// one of a result or none.
    ///
    /// # Errors
    /// If its type is another.
    pub fn typed<Params: Lower, Return: Lift>(
        &self,
        mut store: impl AsContextMut,
    ) -> Result<TypedFunc<Params, Return>> {
        let store = store.as_context_mut();
        store.inner().number(self.instance)?;
        let plan = self.component.plan();
        let ty = plan.types.func(self.ty);
        matches::func(&plan.types, ty, &Params::TYPE, &Return::TYPE)?;
        Ok(TypedFunc::new(self.clone()))
    }

    /// Calls it with arguments of any type; `results` is room for one result or none.
    ///
    /// # Errors
    /// If arguments or room for results do not fit its type, if the guest traps or a host function
    /// fails, and then the instance cannot be called again; if it runs already.
    pub fn call(
        &self,
        mut store: impl AsContextMut,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<()> {
        let mut store = store.as_context_mut();
        let types = &self.component.plan().types;
        let ty = types.func(self.ty);
        let (expected, found) = (ty.params.len(), params.len());
        if expected != found {
            return Err(UseError::ArgumentCount { expected, found }.into());
        }
        let (expected, found) = (usize::from(ty.result.is_some()), results.len());
        if expected != found {
            return Err(UseError::ResultCount { expected, found }.into());
        }
        let result = self.call_with(
            store.reborrow().store(),
            |guest, options, slots| {
                let lowered = Lowering::new(types, guest, options).params(ty, params, slots);
                lowered.map_err(|error| guest.error.take().unwrap_or(error))
            },
            |store, lifted, component, slots| {
                let guest = (component, lifted.instance, lifted.options);
                guest::lifting(store, guest, types, |mut lifting| {
                    Ok(lifting.result(ty, slots)?)
                })
            },
        )?;
        results
            .iter_mut()
            .zip(result)
            .for_each(|(place, value)| *place = value);
        Ok(())
    }

    /// Calls it: `lower` writes the arguments to core values and says how many these are, `lift` makes
    /// the result of the core function's.
    fn call_with<T, R>(
        &self,
        store: &mut StoreData<T>,
        lower: impl FnOnce(
            &mut Guest<'_, T>,
            CanonicalOptions,
            &mut [u64; MAX_FLAT_PARAMS],
        ) -> Result<usize>,
        lift: impl FnOnce(&mut StoreInner, &LiftedFunc, u32, &[u64]) -> Result<R>,
    ) -> Result<R> {
        let component = store.inner.number(self.instance)?;
        let entity = guest::entity(&mut store.inner, component)?;
        let lifted = entity.lifts.get(self.lift as usize).copied();
        let lifted = lifted.ok_or(UseError::OtherStore)?;
        if lifted.is_async {
            return Err(unsupported());
        }
        // A value of another type is the host's mistake: as long as the guest has seen nothing of the
        // call, it can be called again.
        let mut unseen = false;
        let result = guest::enter(store, component, lifted.instance, |store| {
            let mut slots = [0; MAX_FLAT_PARAMS];
            let options = canonical(&lifted.options);
            let mut guest = Guest::new(store, component, lifted.instance, lifted.options);
            let count = lower(&mut guest, options, &mut slots).inspect_err(|error| {
                let lent = guest::dropped_all(&store.inner).is_err();
                unseen = error.is::<ValueMismatch>() && !lent;
            })?;
            // A core function has one result at most, and there is room for it.
            let slots = slots.get_mut(..count.max(1)).ok_or(Trap::BadSignature)?;
            let core = store.inner.handle(lifted.core);
            call::invoke(store, core, slots)?;
            guest::dropped_all(&store.inner)?;
            let result = lift(&mut store.inner, &lifted, component, slots)?;
            if let Some(post_return) = lifted.post_return {
                let post_return = store.inner.handle(post_return);
                shut(store, component, lifted.instance, |store| {
                    call::invoke(store, post_return, slots)
                })?;
            }
            Ok(result)
        });
        if unseen {
            guest::entity(&mut store.inner, component)?.leave(None, lifted.instance);
        }
        result
    }
}

/// The error of calling a function that may block.
pub(super) fn unsupported() -> Error {
    let proposal = Proposal::ComponentModelAsync.name();
    Error::msg(format_args!(
        "the function is lifted with `async`, of the proposal `{proposal}`, which is not supported yet"
    ))
}

/// What the options say of values.
pub(super) fn canonical(options: &GuestOptions) -> CanonicalOptions {
    CanonicalOptions {
        address: options.address,
        encoding: options.encoding,
    }
}

impl fmt::Debug for Func {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { instance, lift, .. } = self;
        f.debug_struct("Func")
            .field("instance", instance)
            .field("lift", lift)
            .finish()
    }
}
