//! The part of a store that does not depend on its data type.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::arena::Arena;
use super::entity::{
    ExternEntity, FuncEntity, GlobalEntity, InstanceEntity, MemoryEntity, TableEntity, TagEntity,
};
use crate::engine::Engine;
use crate::fast::Stack;
use crate::store::limiter::Limiter;

/// Everything that running code touches.
pub(crate) struct StoreInner {
    /// Process-wide unique number; handles carry it.
    pub(crate) id: u64,
    /// The engine.
    pub(crate) engine: Engine,
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
    /// Host values behind `externref`; a reference to number `n` is `n + 1`.
    pub(crate) externs: Arena<ExternEntity>,
    /// Instances.
    pub(crate) instances: Arena<InstanceEntity>,
    /// Fuel left; meaningful when the engine consumes fuel.
    pub(crate) fuel: u64,
    /// Epoch at which running code is interrupted.
    pub(crate) epoch_deadline: u64,
    /// What happens then.
    pub(crate) epoch_action: EpochAction,
    /// Limits on memories, tables and instances.
    pub(crate) limiter: Limiter,
    /// Stacks at rest.
    pub(crate) stacks: Vec<Box<Stack>>,
    /// How deep calls of the guest by the host are nested now.
    pub(crate) nesting: u32,
}

/// What happens when running code meets its epoch deadline.
pub(crate) enum EpochAction {
    /// Trap with `Interrupt`.
    Trap,
    /// Ask the host; it gives a number of ticks to go on, or an error.
    Callback(Box<dyn FnMut(core::ptr::NonNull<()>) -> Result<u64, crate::error::Error> + Send + Sync>),
}
