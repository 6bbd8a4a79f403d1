//! The index spaces of one component, or of one type of instances, while it is flattened.
//!
//! A scope is made for each instantiation, and stays until all is flattened: definitions in it may
//! be taken by what is nested. Where the validator has said yes, no index is missing; if one is, the
//! library contradicts itself, and says so. Standard: Component Model, `Explainer.md`, "Index
//! Spaces".

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::component::plan::{CoreDef, CoreModule, Func};
use crate::component::types::{FuncTypeId, ResourceId, ValueType};
use crate::error::Result;
use crate::error::cause::InternalError;
use crate::read::component::{Declarators, Sort};
use crate::types::TypeId;
use crate::view::ComponentView;

/// The number of a scope.
pub(super) type ScopeId = usize;

/// What is defined so far.
#[derive(Default)]
pub(super) struct Scope<'a> {
    /// The scope around it.
    pub(super) parent: Option<ScopeId>,
    pub(super) core_types: Vec<CoreType<'a>>,
    pub(super) core_funcs: Vec<CoreDef>,
    pub(super) core_tables: Vec<CoreDef>,
    pub(super) core_memories: Vec<CoreDef>,
    pub(super) core_globals: Vec<CoreDef>,
    pub(super) core_tags: Vec<CoreDef>,
    pub(super) core_modules: Vec<CoreModule>,
    pub(super) core_instances: Vec<CoreInstance>,
    pub(super) funcs: Vec<Func>,
    pub(super) types: Vec<Type<'a>>,
    pub(super) components: Vec<Component<'a>>,
    /// Places in the list of exports.
    pub(super) instances: Vec<u32>,
}

/// A core type.
#[derive(Clone, Copy)]
pub(super) enum CoreType<'a> {
    /// One of functions, by the engine's number.
    Func(TypeId),
    /// One of modules: what it declares, and the scope around it.
    Module(Declarators<'a>, ScopeId),
}

/// A core instance.
#[derive(Clone)]
pub(super) enum CoreInstance {
    /// One that a module was instantiated as.
    Made(u32, CoreModule),
    /// Items under names.
    Exports(Arc<BTreeMap<Box<str>, CoreDef>>),
}

/// A component: where it stands, and the scope around it.
#[derive(Clone, Copy)]
pub(super) enum Component<'a> {
    Defined(ComponentView<'a>, Option<ScopeId>),
    /// One that is imported, of which nothing is known.
    Imported,
}

/// A type.
#[derive(Clone, Copy)]
pub(super) enum Type<'a> {
    Value(ValueType),
    Func(FuncTypeId),
    Resource(ResourceId),
    /// A type of instances: what it declares, and the scope around it.
    Instance(Declarators<'a>, ScopeId),
    /// A type of components.
    Component,
}

/// Something of a component's index spaces.
#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Func(Func),
    Instance(u32),
    Module(CoreModule),
    Type(Type<'a>),
    Component(Component<'a>),
}

impl<'a> Scope<'a> {
    pub(super) fn within(parent: Option<ScopeId>) -> Self {
        Self {
            parent,
            ..Self::default()
        }
    }

    /// An item of a sort of components.
    pub(super) fn item(&self, sort: Sort, index: u32) -> Result<Item<'a>> {
        let at = index as usize;
        let item = match sort {
            Sort::Func => self.funcs.get(at).copied().map(Item::Func),
            Sort::Instance => self.instances.get(at).copied().map(Item::Instance),
            Sort::CoreModule => self.core_modules.get(at).copied().map(Item::Module),
            Sort::Type => self.types.get(at).copied().map(Item::Type),
            Sort::Component => self.components.get(at).copied().map(Item::Component),
            _ => None,
        };
        found(item, sort.name())
    }

    /// A core type.
    pub(super) fn core_type(&self, index: u32) -> Result<CoreType<'a>> {
        let ty = self.core_types.get(index as usize).copied();
        found(ty, Sort::CoreType.name())
    }

    /// Adds an item to its index space.
    pub(super) fn define(&mut self, item: Item<'a>) {
        match item {
            Item::Func(func) => self.funcs.push(func),
            Item::Instance(instance) => self.instances.push(instance),
            Item::Module(module) => self.core_modules.push(module),
            Item::Type(ty) => self.types.push(ty),
            Item::Component(component) => self.components.push(component),
        }
    }

    /// The index space of a sort of what core instances export.
    pub(super) fn core(&mut self, sort: Sort) -> Result<&mut Vec<CoreDef>> {
        let space = match sort {
            Sort::CoreFunc => Some(&mut self.core_funcs),
            Sort::CoreTable => Some(&mut self.core_tables),
            Sort::CoreMemory => Some(&mut self.core_memories),
            Sort::CoreGlobal => Some(&mut self.core_globals),
            Sort::CoreTag => Some(&mut self.core_tags),
            _ => None,
        };
        found(space, sort.name())
    }
}

/// What the validator has promised to be there.
pub(super) fn found<T>(item: Option<T>, what: &str) -> Result<T> {
    let missing = || InternalError::new(format_args!("a valid component lacks a {what}"));
    Ok(item.ok_or_else(missing)?)
}
