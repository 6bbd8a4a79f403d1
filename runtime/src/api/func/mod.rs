//! Functions of a store, and what the host does with them: make, look up, call.
//!
//! A [`Func`] is the store's number and a number in its arena. Calls check the store, count and
//! types of the arguments ([`typed`] does this once, when it is made), turn values into slots and
//! hand those to [`call`]. Standard: section 7.1, "Embedding", "Functions".

pub(crate) mod call;
pub(crate) mod into_func;
pub(crate) mod resumable;
pub(crate) mod typed;
pub(crate) mod wasm_type;

use alloc::vec::Vec;

use super::caller::Caller;
use super::val::Val;
use crate::engine::Engine;
use crate::engine::call_type::CallType;
use crate::engine::registry::held::RegisteredType;
use crate::engine::scoped::ValType;
use crate::engine::scoped::func::FuncType;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::store::context::{AsContext, AsContextMut};
use crate::store::entity::{FuncBody, FuncEntity, HostFunc};
use crate::store::erased;
use crate::store::inner::{Handle, StoreInner};
use crate::types::{Ref as RawRef, ValType as Type};
use call::Slots;
use into_func::IntoFunc;
use resumable::ResumableCall;
use typed::TypedFunc;
use wasm_type::{SlotReader, SlotWriter, WasmParams, WasmResults};

/// A function of a store: of an instance, or of the host. Copies name the same function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Func(pub(crate) Handle);

impl Func {
    /// A function of the host of any type.
    ///
    /// `func` gets the arguments and writes the results, which start as the defaults of their
    /// types. When memory is short, or the type is one of another engine, the function belongs to
    /// no store, and using it is an error.
    pub fn new<T>(
        mut store: impl AsContextMut<Data = T>,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let made = dynamic(&inner.engine, &ty, func);
        let made = made.and_then(|(ty, host)| Self::insert(inner, &ty, host));
        made.unwrap_or(Self(Handle::NOWHERE))
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
        let inner = store.inner_mut();
        let made = func.into_host().register(&inner.engine);
        let made = made.and_then(|(ty, host)| Self::insert(inner, &ty, host));
        made.unwrap_or(Self(Handle::NOWHERE))
    }

    /// A function of the host, whose type must be of the store's engine.
    pub(crate) fn insert(
        store: &mut StoreInner,
        ty: &RegisteredType,
        host: HostFunc,
    ) -> Result<Self> {
        if !Engine::same(ty.engine(), &store.engine) {
            return Err(UseError::OtherEngine.into());
        }
        store.types.hold(ty.id())?;
        let number = store.funcs.push(FuncEntity {
            ty: ty.id(),
            body: FuncBody::Host(host),
        })?;
        Ok(Self(store.handle(number)))
    }

    /// Its type; the empty one if the function belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> FuncType {
        let inner = store.as_context().inner();
        match inner.func(self.0) {
            Ok(func) => FuncType::of(&inner.engine, func.ty),
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
        read_results(&ty, slots.as_ref(), results, store.inner());
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
        let engine = &inner.engine;
        let id = inner.func(self.0)?.ty;
        let found = CallType::of(engine, id)?;
        let (params, results) = (Params::TYPES, Results::TYPES);
        let fits = |sub: &[_], sup: &[_]| {
            let mut pairs = sub.iter().zip(sup);
            sub.len() == sup.len() && pairs.all(|(sub, sup)| engine.val_matches(*sub, *sup))
        };
        if fits(params, found.params()) && fits(found.results(), results) {
            return Ok(TypedFunc::new(*self));
        }
        let unpack = |ty: &_| ValType::unpack(*ty, engine);
        Err(UseError::Signature {
            expected: FuncType::new(params.iter().map(unpack), results.iter().map(unpack)),
            found: FuncType::of(engine, id),
        }
        .into())
    }

    fn prepare(
        &self,
        store: &StoreInner,
        params: &[Val],
        results: usize,
    ) -> Result<(CallType, Slots)> {
        let ty = CallType::of(&store.engine, store.func(self.0)?.ty)?;
        let (expected, found) = (ty.params().len(), params.len());
        if expected != found {
            return Err(UseError::ArgumentCount { expected, found }.into());
        }
        let (expected, found) = (ty.results().len(), results);
        if expected != found {
            return Err(UseError::ResultCount { expected, found }.into());
        }
        let mut slots = Slots::new(ty.slots())?;
        write(ty.params(), slots.as_mut(), params, store)?;
        Ok((ty, slots))
    }

    /// As slots and tables of this store hold it.
    pub(crate) fn to_raw(self, store: &StoreInner) -> Result<RawRef, UseError> {
        Ok(RawRef::from_number(store.number(self.0)?))
    }

    /// From what slots and tables of this store hold; nothing for null.
    pub(crate) fn from_raw(raw: RawRef, store: &StoreInner) -> Option<Self> {
        raw.number().map(|number| Self(store.handle(number)))
    }
}

/// Writes values of these types to slots; an error for one of another type or store.
fn write(types: &[Type], slots: &mut [u64], values: &[Val], store: &StoreInner) -> Result<()> {
    let mut to = SlotWriter::new(slots, store);
    for (value, ty) in values.iter().zip(types) {
        value.put(*ty, &mut to)?;
    }
    Ok(())
}

/// Reads values of these types from slots.
fn read<'a>(
    types: &'a [Type],
    slots: &'a [u64],
    store: &'a StoreInner,
) -> impl Iterator<Item = Val> + 'a {
    let mut from = SlotReader::new(slots, store);
    types.iter().map_while(move |ty| Val::take(*ty, &mut from))
}

/// Reads results from slots.
fn read_results(ty: &CallType, slots: &[u64], results: &mut [Val], store: &StoreInner) {
    let values = results.iter_mut().zip(read(ty.results(), slots, store));
    values.for_each(|(result, value)| *result = value);
}

/// A host function over values, with its type in an engine.
pub(crate) fn dynamic<T>(
    engine: &Engine,
    ty: &FuncType,
    func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<()> + Send + Sync + 'static,
) -> Result<(RegisteredType, HostFunc)> {
    let registered = ty.registered(engine)?;
    let ty = CallType::of(engine, registered.id())?;
    let (params, results, most) = (ty.params().len(), ty.results().len(), ty.slots());
    let host = host_func(
        params + results,
        most,
        move |mut caller: Caller<'_, T>, slots| {
            let inner = caller.store.inner();
            let mut values = Vec::new();
            crate::allocation::reserve(&mut values, params + results)?;
            values.extend(read(ty.params(), slots, inner));
            // References without a default start as what no such result can be: a null.
            let default = |ty: &_| Val::default_for(*ty).unwrap_or(Val::ExternRef(None));
            values.extend(ty.results().iter().map(default));
            let (arguments, returned) = values.split_at_mut(params);
            func(caller.reborrow(), arguments, returned)?;
            write(ty.results(), slots, returned, caller.store.inner())
        },
    );
    Ok((registered, host))
}

/// A host function over so many slots, which takes and gives so many values.
fn host_func<T>(
    values: usize,
    most: usize,
    func: impl Fn(Caller<'_, T>, &mut [u64]) -> Result<()> + Send + Sync + 'static,
) -> HostFunc {
    erased::host_func(values, most, move |store, instance, slots| {
        func(Caller::new(store, instance), slots)
    })
}
