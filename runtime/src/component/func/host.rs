//! Functions of the host that components import.
//!
//! A closure over values of Rust or over [`Val`]s becomes a core function, which lifts the arguments
//! from the caller's memory, calls the closure, and lowers the result. Its type is compared when a
//! component is linked; of the caller, memory and allocator are known when an instance is made.
//! Standard: Component Model, `CanonicalABI.md`, "`canon lower`".

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{canonical, matches};
use crate::allocation;
use crate::component::abi::{LiftContext, LowerContext};
use crate::component::component::CoreFunc;
use crate::component::guest::{self, Guest};
use crate::component::types::{ComponentFunc, FuncTypeId};
use crate::component::val::Val;
use crate::component::{Component, Lift, Lower, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS, Type};
use crate::error::Result;
use crate::store::StoreData;
use crate::store::component::GuestOptions;
use crate::store::context::StoreContextMut;
use crate::store::{entity, erased};

/// A function of the host.
pub(in crate::component) struct HostFunc<T: 'static> {
    /// Its types, if these are known: tuples of parameters and results.
    types: Option<(Type<'static>, Type<'static>)>,
    call: Arc<Call<T>>,
}

type Call<T> = dyn Fn(&mut StoreData<T>, &Lowered, &mut [u64]) -> Result<()> + Send + Sync;

/// A core function that an instance was given for one of the host.
pub(in crate::component) struct Lowered {
    pub(in crate::component) ty: ComponentFunc,
    /// The number of the caller's component, and the place of its component instance.
    pub(in crate::component) component: u32,
    pub(in crate::component) instance: u32,
    pub(in crate::component) options: GuestOptions,
}

impl<T> Clone for HostFunc<T> {
    fn clone(&self) -> Self {
        Self {
            types: self.types,
            call: self.call.clone(),
        }
    }
}

impl<T: 'static> HostFunc<T> {
    /// Whether it has this type.
    ///
    /// # Errors
    /// If it has another.
    pub(in crate::component) fn check(&self, component: &Component, ty: FuncTypeId) -> Result<()> {
        let types = &component.plan().types;
        match &self.types {
            Some((params, results)) => matches::func(types, types.func(ty), params, results),
            None => Ok(()),
        }
    }

    /// The core function that stands for it in an instance of a component.
    pub(in crate::component) fn lower(self, caller: Lowered, core: &CoreFunc) -> entity::HostFunc {
        let (params, results) = (core.params, core.results);
        let call = move |store: StoreContextMut<'_, T>, _: Option<u32>, slots: &mut [u64]| {
            let store = store.store();
            guest::leaving(&mut store.inner, caller.component, caller.instance)?;
            guest::scoped(store, |store| (self.call)(store, &caller, slots))
        };
        erased::host_func::<T>(params + results, params.max(results), call)
    }
}

/// One of known types.
pub(in crate::component) fn typed<T: 'static, Params: Lift + 'static, Return: Lower + 'static>(
    func: impl Fn(StoreContextMut<'_, T>, Params) -> Result<Return> + Send + Sync + 'static,
) -> HostFunc<T> {
    let call = move |store: &mut StoreData<T>, lowered: &Lowered, slots: &mut [u64]| {
        let options = canonical(&lowered.options);
        let from = (lowered.component, lowered.instance, lowered.options);
        let lift = |cx: &LiftContext<'_>| cx.lift::<Params>(slots, MAX_FLAT_PARAMS);
        let params = guest::lifting_typed(&mut store.inner, from, lift)?;
        let spilled = Return::ABI.with(options.address).flat.count() as usize > MAX_FLAT_RESULTS;
        // Where the caller wants it is its last argument.
        let place = slots.last().filter(|_| spilled);
        let place = place.map(|slot| lowered.options.word(*slot));
        let result = func(StoreContextMut::new(store), params)?;
        let mut guest = Guest::new(store, lowered.component, lowered.instance, lowered.options);
        let mut cx = LowerContext::new(&mut guest, options);
        let written = match place {
            Some(at) => cx.store(&result, at),
            None => {
                let mut flat = [0; MAX_FLAT_PARAMS];
                let count = cx.lower(&result, &mut flat, MAX_FLAT_RESULTS);
                count.map(|count| {
                    let flat = flat.iter().take(count);
                    slots
                        .iter_mut()
                        .zip(flat)
                        .for_each(|(slot, value)| *slot = *value);
                })
            }
        };
        written.map_err(|trap| guest.failed(trap))
    };
    HostFunc {
        types: Some((Params::TYPE, Return::TYPE)),
        call: Arc::new(call),
    }
}

/// One of any type.
pub(in crate::component) fn dynamic<T: 'static>(
    func: impl Fn(StoreContextMut<'_, T>, ComponentFunc, &[Val], &mut [Val]) -> Result<()>
    + Send
    + Sync
    + 'static,
) -> HostFunc<T> {
    let call = move |store: &mut StoreData<T>, lowered: &Lowered, slots: &mut [u64]| {
        let (types, ty) = (&lowered.ty.plan().types, lowered.ty.get());
        let place = ty.core_params(types, lowered.options.address);
        let given = lowered
            .options
            .word(slots.get(place).copied().unwrap_or_default());
        let params = guest::lift_params(&mut store.inner, lowered, types, ty, slots)?;
        let mut results = Vec::new();
        if ty.result.is_some() {
            allocation::reserve(&mut results, 1)?;
            results.push(Val::Bool(false));
        }
        let cx = StoreContextMut::new(store);
        func(cx, lowered.ty.clone(), &params, &mut results)?;
        let mut guest = Guest::new(store, lowered.component, lowered.instance, lowered.options);
        guest.lower_result(types, ty, results.first(), given, slots)
    };
    HostFunc {
        types: None,
        call: Arc::new(call),
    }
}
