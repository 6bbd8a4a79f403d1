//! Who holds types: values of the public interface, modules, and stores.
//!
//! Each holds through an [`Engine`], whose lock it takes for the moment; none is made or dropped
//! while the registry is in use.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::allocation::OutOfMemory;
use crate::engine::Engine;
use crate::engine::call_type::CallType;
use crate::read::CoreTypes;
use crate::types::{RefType, TypeId, TypeIdx, ValType};
use crate::validate::{Environment, Heap};

/// A type of an engine, which stays for as long as this.
pub(crate) struct RegisteredType {
    engine: Engine,
    id: TypeId,
}

impl RegisteredType {
    /// Registers a type, whose references are the engine's.
    pub(crate) fn new(engine: &Engine, ty: &CallType) -> Result<Self, OutOfMemory> {
        let (params, results) = (ty.params(), ty.results());
        let id = engine.with_types(|types| types.func_type(params, results))?;
        Ok(Self {
            engine: engine.clone(),
            id,
        })
    }

    /// The type with this number, if there is one.
    pub(crate) fn of(engine: &Engine, id: TypeId) -> Option<Self> {
        engine.with_types(|types| types.hold(id)).then(|| Self {
            engine: engine.clone(),
            id,
        })
    }

    /// The engine.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The number.
    pub(crate) fn id(&self) -> TypeId {
        self.id
    }

    /// Whether these are the same type of the same engine.
    pub(crate) fn same(a: &Self, b: &Self) -> bool {
        a.id == b.id && Engine::same(&a.engine, &b.engine)
    }
}

impl Clone for RegisteredType {
    fn clone(&self) -> Self {
        self.engine.with_types(|types| types.hold(self.id));
        Self {
            engine: self.engine.clone(),
            id: self.id,
        }
    }
}

impl Drop for RegisteredType {
    fn drop(&mut self) {
        self.engine.with_types(|types| types.release(self.id));
    }
}

/// The types of a module, by their indices, or those of a group.
pub(crate) struct ModuleTypes {
    engine: Engine,
    ids: Box<[TypeId]>,
}

impl ModuleTypes {
    /// Registers them.
    pub(crate) fn new(engine: &Engine, env: &Environment<Heap>) -> Result<Self, OutOfMemory> {
        let ids = engine.with_types(|types| types.module(env))?;
        Ok(Self {
            engine: engine.clone(),
            ids,
        })
    }

    /// Registers a group that stands in a component, where the first type has the index `first`.
    /// `outside` tells the number of a type that is not in the group.
    pub(crate) fn group(
        engine: &Engine,
        group: &CoreTypes<'_>,
        first: u32,
        outside: impl Fn(TypeIdx) -> TypeId,
    ) -> Result<Self, OutOfMemory> {
        let ids = engine.with_types(|types| types.core_types(group, first, &outside))?;
        Ok(Self {
            engine: engine.clone(),
            ids,
        })
    }

    /// The engine's numbers of all of them.
    pub(crate) fn ids(&self) -> &[TypeId] {
        &self.ids
    }

    /// The engine's number of a type.
    pub(crate) fn id(&self, ty: TypeIdx) -> TypeId {
        self.ids.get(ty.0 as usize).copied().unwrap_or_default()
    }
}

impl Drop for ModuleTypes {
    fn drop(&mut self) {
        self.engine.with_types(|types| {
            for id in &self.ids {
                types.release(*id);
            }
        });
    }
}

/// The types of what the host made in a store. Those of instances are held by their modules.
pub(crate) struct StoreTypes {
    engine: Engine,
    /// Sorted; each is held once.
    ids: Vec<TypeId>,
}

impl StoreTypes {
    /// None.
    pub(crate) fn new(engine: Engine) -> Self {
        Self {
            engine,
            ids: Vec::new(),
        }
    }

    /// Holds a type, which somebody else holds now.
    pub(crate) fn hold(&mut self, id: TypeId) -> Result<(), OutOfMemory> {
        if let Err(place) = self.ids.binary_search(&id) {
            self.ids.try_reserve(1).map_err(|_| OutOfMemory)?;
            self.engine.with_types(|types| types.hold(id));
            self.ids.insert(place, id);
        }
        Ok(())
    }

    /// The same for the type that references of this type refer to, if they do.
    pub(crate) fn hold_for(&mut self, ty: ValType) -> Result<(), OutOfMemory> {
        let concrete = ty.as_ref_type().and_then(RefType::concrete);
        concrete.map_or(Ok(()), |id| self.hold(TypeId(id)))
    }
}

impl Drop for StoreTypes {
    fn drop(&mut self) {
        self.engine.with_types(|types| {
            for id in &self.ids {
                types.release(*id);
            }
        });
    }
}
