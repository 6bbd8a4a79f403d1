//! The part of a store that does not depend on its data type.
//!
//! Engines and instances work with [`StoreInner`], so that they are compiled once and not for each
//! `T` of `Store<T>`. It holds the arenas of objects, fuel, epoch and limits, and gives out the
//! numbers that name objects ([`Handle`]): each carries the store's id, and using it with another
//! store is an error. Standard: section 4.2, "Runtime Structure", "Store".

use alloc::vec::Vec;

use super::arena::Arena;
use super::component::{self, Calls, ComponentEntity, ResourceEntity};
use super::entity::{
    FuncEntity, GlobalEntity, HostHandle, HostValue, InstanceEntity, MemoryEntity, TableEntity,
    TagEntity,
};
use super::erased::{EpochCallback, HostHook};
use super::limiter::Limiter;
use super::stack_slots::StackSlots;
use crate::engine::Engine;
use crate::engine::counter::Counter;
use crate::engine::registry::held::StoreTypes;
use crate::engine::use_error::UseError;
use crate::error::cause::LimitError;
use crate::handle::{Entry, HandleTable};

/// Everything that running code touches.
pub(crate) struct StoreInner {
    /// Process-wide unique number; handles carry it.
    pub(crate) id: u64,
    /// The engine.
    pub(crate) engine: Engine,
    /// Types of what the host made here.
    pub(crate) types: StoreTypes,
    /// Functions; a reference to number `n` is `n + 1`.
    pub(crate) funcs: Arena<FuncEntity>,
    /// Tables.
    pub(crate) tables: Arena<TableEntity>,
    /// Memories.
    pub(crate) memories: Arena<MemoryEntity>,
    /// Globals.
    pub(crate) globals: Arena<GlobalEntity>,
    /// Tags.
    pub(crate) tags: Arena<TagEntity>,
    /// Host values behind `externref`; references are their handles.
    pub(crate) externs: HandleTable<Vec<Entry<HostValue>>, HostHandle>,
    /// Instances.
    pub(crate) instances: Arena<InstanceEntity>,
    /// Instances of components.
    pub(crate) components: Arena<ComponentEntity>,
    /// Types of the resources that they have.
    pub(crate) resources: Vec<ResourceEntity>,
    /// Resources that instances gave to the host.
    pub(crate) given: component::HandleTable,
    /// The instance of an empty module, if there is one: where functions of the library run.
    pub(crate) home: Option<u32>,
    /// Calls of functions of components that have not returned.
    pub(crate) calls: Calls,
    /// Fuel left; if the engine does not consume it, more than can be burned.
    pub(crate) fuel: u64,
    /// Epoch at which running code is interrupted.
    pub(crate) epoch_deadline: u64,
    /// What happens then.
    pub(crate) epoch_action: EpochAction,
    /// Who is told where calls enter and leave the guest.
    pub(crate) hook: Option<HostHook>,
    /// Limits on memories, tables and instances.
    pub(crate) limiter: Limiter,
    /// Slots of stacks at rest.
    pub(crate) stacks: Vec<StackSlots>,
    /// How deep calls of the guest by the host are nested now.
    pub(crate) nesting: u32,
}

/// What happens when running code meets its epoch deadline.
#[derive(Default)]
pub(crate) enum EpochAction {
    /// Trap with `Interrupt`.
    #[default]
    Trap,
    /// Ask the host; it gives a number of ticks to go on, or an error.
    Callback(EpochCallback),
}

/// An object of a store, as the API names it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Handle {
    /// The store's [`StoreInner::id`].
    pub(crate) store: u64,
    /// Number in the store's arena of its kind; of a host value, its handle.
    pub(crate) number: u32,
}

impl Handle {
    /// An object of no store: using it is an error.
    pub(crate) const NOWHERE: Self = Self {
        store: 0,
        number: 0,
    };
}

impl StoreInner {
    /// An empty store.
    pub(crate) fn new(engine: Engine) -> Self {
        static NEXT: Counter = Counter::new();
        let most = u32::try_from(engine.limits().store_objects).unwrap_or(u32::MAX);
        let fuel = if engine.config().fuel { 0 } else { u64::MAX };
        Self {
            id: NEXT.next(),
            types: StoreTypes::new(engine.clone()),
            engine,
            funcs: Arena::default(),
            tables: Arena::default(),
            memories: Arena::default(),
            globals: Arena::default(),
            tags: Arena::default(),
            externs: HandleTable::new(Vec::new(), most),
            instances: Arena::default(),
            components: Arena::default(),
            resources: Vec::new(),
            given: component::HandleTable::default(),
            home: None,
            calls: Calls::default(),
            fuel,
            epoch_deadline: 0,
            epoch_action: EpochAction::default(),
            hook: None,
            limiter: Limiter::default(),
            stacks: Vec::new(),
            nesting: 0,
        }
    }

    /// Whether this many objects more may be made of something, of which there are some now.
    pub(crate) fn admit_more(
        &self,
        what: &'static str,
        now: usize,
        more: usize,
    ) -> Result<(), LimitError> {
        let limit = self.engine.limits().store_objects;
        LimitError::check(what, limit, now as u64 + more as u64)
    }

    /// Names an object of this store.
    pub(crate) fn handle(&self, number: u32) -> Handle {
        Handle {
            store: self.id,
            number,
        }
    }

    /// The number behind a handle, if it is one of this store.
    pub(crate) fn number(&self, handle: Handle) -> Result<u32, UseError> {
        if handle.store == self.id {
            Ok(handle.number)
        } else {
            Err(UseError::OtherStore)
        }
    }
}

macro_rules! entities {
    ($($arena:ident, $get:ident, $get_mut:ident: $entity:ty;)*) => {
        impl StoreInner {$(
            /// The entity behind a handle.
            pub(crate) fn $get(&self, handle: Handle) -> Result<&$entity, UseError> {
                let entity = self.$arena.get(self.number(handle)?);
                entity.ok_or_else(|| UseError::OtherStore)
            }

            /// The entity behind a handle.
            pub(crate) fn $get_mut(&mut self, handle: Handle) -> Result<&mut $entity, UseError> {
                let number = self.number(handle)?;
                self.$arena.get_mut(number).ok_or_else(|| UseError::OtherStore)
            }
        )*}
    };
}

entities! {
    tables, table, table_mut: TableEntity;
    memories, memory, memory_mut: MemoryEntity;
    globals, global, global_mut: GlobalEntity;
    instances, instance, instance_mut: InstanceEntity;
}

impl StoreInner {
    /// The function behind a handle.
    pub(crate) fn func(&self, handle: Handle) -> Result<&FuncEntity, UseError> {
        self.funcs
            .get(self.number(handle)?)
            .ok_or(UseError::OtherStore)
    }

    /// The tag behind a handle.
    pub(crate) fn tag(&self, handle: Handle) -> Result<&TagEntity, UseError> {
        self.tags
            .get(self.number(handle)?)
            .ok_or(UseError::OtherStore)
    }
}
