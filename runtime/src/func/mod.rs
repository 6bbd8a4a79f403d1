//! Functions of a store.

pub(crate) mod call;
pub(crate) mod into_func;
pub(crate) mod resumable;
pub(crate) mod typed;
pub(crate) mod wasm_type;

use alloc::vec::Vec;

use crate::caller::Caller;
use crate::cause::UseError;
use crate::error::Result;
use crate::func_type::FuncType;
use crate::store::context::{AsContext, AsContextMut};
use crate::store::entity::{FuncBody, FuncEntity, HostFunc};
use crate::store::erased;
use crate::store::inner::{Handle, StoreInner};
use crate::types::{Ref as Slot, TypeId};
use crate::val::Val;
use call::Slots;
use into_func::IntoFunc;
use resumable::ResumableCall;
use typed::TypedFunc;
use wasm_type::{WasmParams, WasmResults};

/// A function of a store: of an instance, or of the host. Copies name the same function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Func(pub(crate) Handle);

impl Func {
    /// A function of the host of any type.
    ///
    /// `func` gets the arguments and writes the results, which start as the defaults of their
    /// types. When memory is short the function belongs to no store, and using it is an error.
    pub fn new<T>(
        mut store: impl AsContextMut<Data = T>,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        let mut store = store.as_context_mut();
        let host = dynamic(&ty, func);
        let id = store.engine().type_id(&ty);
        Self::insert(store.inner_mut(), id, host).unwrap_or(Self(Handle::NOWHERE))
    }

    /// A function of the host whose type is that of the closure: up to 16 parameters, with or
    /// without a [`Caller`] before them; results as one value, a tuple, or nothing, plain or in a
    /// [`Result`].
    ///
    /// When memory is short the function belongs to no store, and using it is an error.
    pub fn wrap<T, Params, Results>(
        mut store: impl AsContextMut<Data = T>,
        func: impl IntoFunc<T, Params, Results>,
    ) -> Self {
        let mut store = store.as_context_mut();
        let (ty, host) = func.into_host().0;
        let id = store.engine().type_id(&ty);
        Self::insert(store.inner_mut(), id, host).unwrap_or(Self(Handle::NOWHERE))
    }

    pub(crate) fn insert(store: &mut StoreInner, ty: TypeId, host: HostFunc) -> Result<Self> {
        let number = store.funcs.push(FuncEntity {
            ty,
            body: FuncBody::Host(host),
        })?;
        Ok(Self(store.handle(number)))
    }

    /// Its type; the empty one if the function belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> FuncType {
        let inner = store.as_context().inner();
        match inner.func(self.0) {
            Ok(func) => inner.engine.func_type(func.ty),
            Err(_) => FuncType::new([], []),
        }
    }

    /// Calls it.
    ///
    /// # Errors
    /// If arguments or room for results do not fit its type, if the guest traps, or if a host
    /// function fails.
    pub fn call(
        &self,
        mut store: impl AsContextMut,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<()> {
        let mut store = store.as_context_mut();
        let (ty, mut slots) = self.prepare(store.inner(), params, results.len())?;
        call::invoke(store.reborrow().store(), self.0, slots.as_mut())?;
        read(&ty, slots.as_ref(), results, store.inner());
        Ok(())
    }

    /// Calls it so that it can go on after a host function failed or fuel ran out.
    ///
    /// # Errors
    /// If arguments or room for results do not fit its type, or if the guest traps.
    pub fn call_resumable(
        &self,
        mut store: impl AsContextMut,
        params: &[Val],
        results: &mut [Val],
    ) -> Result<ResumableCall> {
        let mut store = store.as_context_mut();
        let (ty, mut slots) = self.prepare(store.inner(), params, results.len())?;
        let outcome = call::start(store.reborrow().store(), self.0, slots.as_mut())?;
        ResumableCall::settle(outcome, ty, slots.as_ref(), results, store.inner())
    }

    /// The same function for arguments and results of known types.
    ///
    /// # Errors
    /// If its type is another.
    pub fn typed<Params: WasmParams, Results: WasmResults>(
        &self,
        store: impl AsContext,
    ) -> Result<TypedFunc<Params, Results>> {
        let inner = store.as_context().inner();
        let found = inner.engine.func_type(inner.func(self.0)?.ty);
        let expected = FuncType::new(Params::types(), Results::types());
        let fits = |sub: &[_], sup: &[_]| {
            let mut pairs = sub.iter().zip(sup);
            sub.len() == sup.len() && pairs.all(|(sub, sup)| inner.engine.val_matches(*sub, *sup))
        };
        if fits(expected.param_types(), found.param_types())
            && fits(found.result_types(), expected.result_types())
        {
            Ok(TypedFunc::new(*self))
        } else {
            Err(UseError::Signature { expected, found }.into())
        }
    }

    fn prepare(
        &self,
        store: &StoreInner,
        params: &[Val],
        results: usize,
    ) -> Result<(FuncType, Slots)> {
        let ty = store.engine.func_type(store.func(self.0)?.ty);
        let (expected, found) = (ty.param_types().len(), params.len());
        if expected != found {
            return Err(UseError::ArgumentCount { expected, found }.into());
        }
        if ty.result_types().len() != results {
            let (expected, found) = (ty.result_types().len(), results);
            return Err(UseError::ResultCount { expected, found }.into());
        }
        let mut slots = Slots::new(params.len().max(results))?;
        for ((slot, value), ty) in slots.as_mut().iter_mut().zip(params).zip(ty.param_types()) {
            *slot = value.to_slot(*ty, store)?;
        }
        Ok((ty, slots))
    }

    /// As it stands in a slot of this store.
    pub(crate) fn to_slot(self, store: &StoreInner) -> Result<Slot, UseError> {
        Ok(Slot(store.number(self.0)? + 1))
    }

    /// From a slot of this store; nothing for null.
    pub(crate) fn from_slot(slot: Slot, store: &StoreInner) -> Option<Self> {
        slot.0
            .checked_sub(1)
            .map(|number| Self(store.handle(number)))
    }
}

/// Results as values.
fn read(ty: &FuncType, slots: &[u64], results: &mut [Val], store: &StoreInner) {
    for ((value, slot), ty) in results.iter_mut().zip(slots).zip(ty.result_types()) {
        *value = Val::from_slot(*slot, *ty, store);
    }
}

/// A host function over values.
pub(crate) fn dynamic<T>(
    ty: &FuncType,
    func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()> + Send + Sync + 'static,
) -> HostFunc {
    let (params, results, ty) = (ty.param_types().len(), ty.result_types().len(), ty.clone());
    erased::host_func(params, results, move |mut caller: Caller<'_, T>, slots| {
        let inner = caller.store.inner();
        let mut values = Vec::new();
        crate::store::allocation::reserve(&mut values, params + results)?;
        let arguments = slots.iter().zip(ty.param_types());
        values.extend(arguments.map(|(slot, ty)| Val::from_slot(*slot, *ty, inner)));
        // References without a default start as what no such result can be: a null.
        let default = |ty| Val::default_for_ty(ty).unwrap_or(Val::ExternRef(None));
        values.extend(ty.result_types().iter().map(default));
        let (arguments, returned) = values.split_at_mut(params);
        func(caller.reborrow(), arguments, returned)?;
        let inner = caller.store.inner();
        for ((slot, value), ty) in slots.iter_mut().zip(returned).zip(ty.result_types()) {
            *slot = value.to_slot(*ty, inner)?;
        }
        Ok(())
    })
}
