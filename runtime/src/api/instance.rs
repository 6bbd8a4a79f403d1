//! Instances of modules: where the host finds what a module exports.
//!
//! An instance is a number of its store. An export is found by name in the module, whose list of
//! exports is sorted once, and the object behind it in the instance's own list. Standard: section
//! 7.1, "Embedding", "Modules"; instances are made in `instantiate`.

use super::externs::{Export, Extern};
use super::func::Func;
use super::func::typed::TypedFunc;
use super::func::wasm_type::{WasmParams, WasmResults};
use super::global::Global;
use super::instantiate::instantiate;
use super::memory::Memory;
use super::table::Table;
use super::tag::Tag;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::module::{ExportPart, Module};
use crate::store::context::{AsContext, AsContextMut, StoreContext};
use crate::store::entity::InstanceEntity;
use crate::store::inner::{Handle, StoreInner};
use crate::types::ExternKind;

/// An instance of a module in a store. Copies name the same instance.
///
/// In another store it exports nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instance(pub(crate) Handle);

impl Instance {
    /// Makes an instance and runs its start function. `imports` are in the order of the module's.
    ///
    /// # Errors
    /// If the imports do not fit ([`LinkError`](crate::LinkError)), limits forbid it, a segment
    /// lies beyond the end of its table or memory, or the start function fails. What had happened
    /// to imported tables and memories by then stays, as the standard says.
    pub fn new(mut store: impl AsContextMut, module: &Module, imports: &[Extern]) -> Result<Self> {
        let mut store = store.as_context_mut();
        instantiate(store.reborrow().store(), module, imports)
    }

    /// Its module.
    ///
    /// # Errors
    /// If it belongs to another store.
    pub fn module<'a, T: 'a>(&self, store: impl Into<StoreContext<'a, T>>) -> Result<&'a Module> {
        Ok(&store.into().inner().instance(self.0)?.module)
    }

    /// What it exports under this name.
    pub fn get_export(&self, store: impl AsContext, name: &str) -> Option<Extern> {
        let inner = store.as_context().inner();
        inner.instance(self.0).ok()?.export(name, inner)
    }

    /// The function that it exports under this name.
    pub fn get_func(&self, store: impl AsContext, name: &str) -> Option<Func> {
        self.get_export(store, name)?.into_func()
    }

    /// The function of known type that it exports under this name.
    ///
    /// # Errors
    /// If there is none, or its type is another.
    pub fn get_typed_func<Params: WasmParams, Results: WasmResults>(
        &self,
        store: impl AsContext,
        name: &str,
    ) -> Result<TypedFunc<Params, Results>> {
        let store = store.as_context();
        let func = self.get_func(store, name);
        let func = func.ok_or_else(|| UseError::NoExport(name.into()))?;
        func.typed(store)
            .map_err(|error| error.context(format_args!("function `{name}`")))
    }

    /// The memory that it exports under this name.
    pub fn get_memory(&self, store: impl AsContext, name: &str) -> Option<Memory> {
        self.get_export(store, name)?.into_memory()
    }

    /// The table that it exports under this name.
    pub fn get_table(&self, store: impl AsContext, name: &str) -> Option<Table> {
        self.get_export(store, name)?.into_table()
    }

    /// The global that it exports under this name.
    pub fn get_global(&self, store: impl AsContext, name: &str) -> Option<Global> {
        self.get_export(store, name)?.into_global()
    }

    /// The tag that it exports under this name.
    pub fn get_tag(&self, store: impl AsContext, name: &str) -> Option<Tag> {
        self.get_export(store, name)?.into_tag()
    }

    /// What it exports, in order.
    pub fn exports<'a, T: 'a>(
        &self,
        store: impl Into<StoreContext<'a, T>>,
    ) -> impl ExactSizeIterator<Item = Export<'a>> {
        let inner = store.into().inner();
        let instance = inner.instance(self.0).ok();
        let parts = instance.map_or(&[][..], |it| it.module.parts().exports.as_slice());
        parts.iter().map(move |part| Export {
            name: instance.map_or("", |it| it.module.export_name(part)),
            // Each part of the module has its object in the instance.
            item: instance
                .and_then(|it| it.item(part.kind, part.index, inner))
                .unwrap_or(Func(Handle::NOWHERE).into()),
        })
    }
}

impl InstanceEntity {
    /// What it exports under this name; `store` is its own.
    pub(crate) fn export(&self, name: &str, store: &StoreInner) -> Option<Extern> {
        let ExportPart { kind, index, .. } = self.module.export(name)?;
        self.item(kind, index, store)
    }

    /// What stands in an index space; `store` is its own.
    pub(crate) fn item(&self, kind: ExternKind, index: u32, store: &StoreInner) -> Option<Extern> {
        let numbers = match kind {
            ExternKind::Func => &self.funcs,
            ExternKind::Table => &self.handles.tables,
            ExternKind::Memory => &self.handles.memories,
            ExternKind::Global => &self.handles.globals,
            ExternKind::Tag => &self.handles.tags,
        };
        let handle = store.handle(*numbers.get(index as usize)?);
        Some(match kind {
            ExternKind::Func => Func(handle).into(),
            ExternKind::Table => Table(handle).into(),
            ExternKind::Memory => Memory(handle).into(),
            ExternKind::Global => Global(handle).into(),
            ExternKind::Tag => Tag(handle).into(),
        })
    }
}
