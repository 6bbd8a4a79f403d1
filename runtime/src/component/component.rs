//! Components: from bytes to something that can be instantiated.
//!
//! The validator passes over the bytes once, core modules included; then the component is flattened
//! into a [`Plan`], and the core functions that canonical definitions make get their types. All
//! instances share this. Standard: Component Model, `Explainer.md`.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;
use core::fmt;

use super::abi::CanonicalOptions;
use super::adapter::Size;
use super::export::{ComponentExportIndex, ExportLookup};
use super::flatten;
use super::layout::{AddressType, FlatType};
use super::lowered::Adapter;
use super::plan::{Func, Plan, TrampolineKind};
use super::types::{self, FuncTypeId};
use crate::allocation::{self, OutOfMemory};
use crate::compile::text;
use crate::engine::Engine;
use crate::engine::call_type::CallType;
use crate::engine::counter::Counter;
use crate::engine::registry::held::RegisteredType;
use crate::error::Result;
use crate::module::Module;
use crate::shared::Shared;
use crate::spec::wire;
use crate::types::ValType;
use crate::validate::{self, Heap};

/// A component that was found valid.
///
/// Cheap to clone; `Send` and `Sync`. The code of its core modules is shared by all instances.
#[derive(Clone)]
pub struct Component(Shared<Inner>);

struct Inner {
    /// Its own number, by which it is told from others.
    id: u64,
    engine: Engine,
    plan: Plan,
    /// The core functions that canonical definitions make; nothing where the type is that of what imports
    /// the function.
    trampolines: Vec<Option<CoreFunc>>,
    /// How values move in calls between its component instances; nothing for other core functions.
    adapters: Vec<Option<Shared<Adapter>>>,
    /// Types of the core functions that are lifted.
    lifts: Vec<RegisteredType>,
    /// The type of the core function that stands for a destructor of the host.
    dtor: RegisteredType,
    /// A module of nothing.
    home: Module,
}

impl Component {
    /// Validates a component in the binary format and compiles its core modules. With the feature
    /// `wat` it takes the text format, too, which is read without limits: not for text from strangers.
    ///
    /// # Errors
    /// If it is not valid ([`Error::as_reject`](crate::Error::as_reject) says where and why), if it
    /// uses what is not supported, or when memory is short.
    pub fn new(engine: &Engine, bytes: impl AsRef<[u8]>) -> Result<Self> {
        text::binary(bytes.as_ref().into(), None, |bytes| {
            Self::compile(engine, bytes)
        })
    }

    /// The same as [`Component::new`], of the binary format only.
    ///
    /// # Errors
    /// As there, and if it is in the text format.
    pub fn from_binary(engine: &Engine, bytes: &[u8]) -> Result<Self> {
        Self::compile(engine, bytes.into())
    }

    /// The same as [`Component::new`], of what stands in a file.
    ///
    /// # Errors
    /// If the file cannot be read, and as [`Component::new`].
    #[cfg(feature = "std")]
    pub fn from_file(engine: &Engine, path: impl AsRef<std::path::Path>) -> Result<Self> {
        text::file(path.as_ref(), |bytes| Self::compile(engine, bytes))
    }

    fn compile(engine: &Engine, bytes: Cow<'_, [u8]>) -> Result<Self> {
        validate::check_component(&bytes, &engine.features().with_components(), Heap)?;
        let plan = flatten::flatten(engine, &bytes)?;
        let mut trampolines = Vec::new();
        allocation::reserve(&mut trampolines, plan.trampolines.len())?;
        for trampoline in &plan.trampolines {
            trampolines.push(made(engine, &plan, &trampoline.kind)?);
        }
        let adapters = adapters(engine, &plan)?;
        let mut lifts = Vec::new();
        allocation::reserve(&mut lifts, plan.lifts.len())?;
        for lift in &plan.lifts {
            let ty = plan.types.func(lift.ty);
            let signature = ty.signature(&plan.types, lift.options.address);
            lifts.push(register(engine, &signature.params, &signature.results)?);
        }
        static NEXT: Counter = Counter::new();
        Ok(Self(Shared::new(Inner {
            id: NEXT.next(),
            engine: engine.clone(),
            plan,
            trampolines,
            adapters,
            lifts,
            dtor: register(engine, &[FlatType::I32], &[])?,
            home: Module::from_binary(engine, &[wire::MAGIC, wire::VERSION].concat())?,
        })?))
    }

    /// The engine that it was loaded for: it can be instantiated in stores of this one only.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// What it imports and exports.
    pub fn component_type(&self) -> types::Component {
        types::Component::new(self.origin())
    }

    /// What it exports under a name, itself or in one of its instances, and where: for
    /// [`Instance::get_func`](super::Instance::get_func) and the like.
    pub fn get_export(
        &self,
        instance: Option<&ComponentExportIndex>,
        name: impl ExportLookup,
    ) -> Option<(types::ComponentItem, ComponentExportIndex)> {
        let index = self.get_export_index(instance, name)?;
        Some((self.origin().item(index.item)?, index))
    }

    /// The same as [`Component::get_export`], without the type.
    pub fn get_export_index(
        &self,
        instance: Option<&ComponentExportIndex>,
        name: impl ExportLookup,
    ) -> Option<ComponentExportIndex> {
        name.lookup(self, instance)
    }

    /// Its own number, by which it is told from others.
    pub(super) fn id(&self) -> u64 {
        self.0.id
    }

    fn origin(&self) -> types::Origin {
        types::Origin::new(self.clone(), None)
    }

    /// The type of the core function that stands for a destructor of the host.
    pub(super) fn dtor_type(&self) -> &RegisteredType {
        &self.0.dtor
    }

    /// A module of nothing, in whose instance functions of the library run that the host calls.
    pub(super) fn home(&self) -> &Module {
        &self.0.home
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// A core function that a canonical definition makes.
    pub(super) fn trampoline(&self, number: u32) -> Option<&CoreFunc> {
        self.0.trampolines.get(number as usize)?.as_ref()
    }

    /// How values move in a call between component instances.
    pub(super) fn adapter(&self, trampoline: u32) -> Option<&Shared<Adapter>> {
        self.0.adapters.get(trampoline as usize)?.as_ref()
    }

    /// The type of a core function that is lifted.
    pub(super) fn lift_type(&self, number: u32) -> Option<&RegisteredType> {
        self.0.lifts.get(number as usize)
    }
}

impl fmt::Debug for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Component").finish_non_exhaustive()
    }
}

/// A core function that a canonical definition makes, in each instance.
pub(super) struct CoreFunc {
    pub(super) ty: RegisteredType,
    /// How many parameters and results it has.
    pub(super) params: usize,
    pub(super) results: usize,
}

/// The core function that a canonical definition makes.
fn made(
    engine: &Engine,
    plan: &Plan,
    kind: &TrampolineKind,
) -> Result<Option<CoreFunc>, OutOfMemory> {
    let handle = [AddressType::I32.flat()];
    let (params, results) = match kind {
        // With this option the core function is another one, of a proposal that is not supported.
        TrampolineKind::Lower { options, .. } if options.is_async => return Ok(None),
        TrampolineKind::Lower { ty, options, .. } => {
            let ty = plan.types.func(*ty);
            let signature = ty.signature(&plan.types, options.address);
            signature.lowered(options.address)
        }
        TrampolineKind::ResourceNew(_) | TrampolineKind::ResourceRep(_) => {
            (handle.to_vec(), handle.to_vec())
        }
        TrampolineKind::ResourceDrop(_) => (handle.to_vec(), Vec::new()),
        TrampolineKind::ContextGet(ty, _) => (Vec::new(), Vec::from([*ty])),
        TrampolineKind::ContextSet(ty, _) => (Vec::from([*ty]), Vec::new()),
        TrampolineKind::Backpressure { .. } => (Vec::new(), Vec::new()),
        TrampolineKind::Unsupported(..) => return Ok(None),
    };
    Ok(Some(CoreFunc {
        ty: register(engine, &params, &results)?,
        params: params.len(),
        results: results.len(),
    }))
}

/// How values move in calls between component instances; one for all of a type with the same
/// options.
fn adapters(engine: &Engine, plan: &Plan) -> Result<Vec<Option<Shared<Adapter>>>> {
    let mut size = Size::new(engine.limits().component_adapters);
    let mut known = BTreeMap::new();
    let mut adapters = Vec::new();
    allocation::reserve(&mut adapters, plan.trampolines.len())?;
    for trampoline in &plan.trampolines {
        let Some((ty, caller, callee)) = moved(plan, &trampoline.kind) else {
            adapters.push(None);
            continue;
        };
        let side = |options: CanonicalOptions| (options.address, options.encoding);
        let adapter = match known.entry((ty, side(caller), side(callee))) {
            Entry::Occupied(known) => Shared::clone(known.get()),
            Entry::Vacant(new) => {
                let ty = plan.types.func(ty);
                let adapter = Adapter::new(&plan.types, ty, caller, callee, &mut size)?;
                Shared::clone(new.insert(adapter))
            }
        };
        adapters.push(Some(adapter));
    }
    Ok(adapters)
}

/// The type of a call between component instances, with the options of both, if it is one.
fn moved(
    plan: &Plan,
    kind: &TrampolineKind,
) -> Option<(FuncTypeId, CanonicalOptions, CanonicalOptions)> {
    let TrampolineKind::Lower {
        func: Func::Lifted(lift),
        ty,
        options,
    } = kind
    else {
        return None;
    };
    let lift = plan.lifts.get(*lift as usize)?;
    let sync = !options.is_async && !lift.options.is_async;
    sync.then(|| (*ty, options.canonical(), lift.options.canonical()))
}

fn register(
    engine: &Engine,
    params: &[FlatType],
    results: &[FlatType],
) -> Result<RegisteredType, OutOfMemory> {
    let core = |types: &[FlatType]| types.iter().map(|ty| core_type(*ty)).collect();
    RegisteredType::new(engine, &CallType::new(core(params), core(results)))
}

/// What a value of a core function's type is.
pub(super) fn core_type(ty: FlatType) -> ValType {
    match ty {
        FlatType::I32 => ValType::I32,
        FlatType::I64 => ValType::I64,
        FlatType::F32 => ValType::F32,
        FlatType::F64 => ValType::F64,
    }
}
