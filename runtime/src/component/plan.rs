//! What a component consists of after it was flattened: one list of steps that make an instance.
//!
//! Components nest, and instantiate each other; all of that is settled when a component is loaded.
//! What is left is in this order: core modules to instantiate, core functions to make of canonical
//! definitions, functions to lift, resources. Items name what earlier steps made by number. The
//! plan borrows nothing, and any number of instances share it. Standard: Component Model,
//! `Explainer.md`, "Component Invariants" and "Canonical Definitions".

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::abi::CanonicalOptions;
use super::module_type::ModuleType;
use super::types::{FuncTypeId, ResourceId, TypeTable, ValueType};
use crate::component::layout::{AddressType, FlatType, StringEncoding};
use crate::engine::registry::held::ModuleTypes;
use crate::module::Module;
use crate::spec::Proposal;
use crate::types::ExternKind;

/// A component, flattened.
#[derive(Default)]
pub(crate) struct Plan {
    /// The types of its functions and values.
    pub(crate) types: TypeTable,
    /// The core modules that stand in it.
    pub(crate) modules: Vec<Module>,
    /// The types of core modules that it imports.
    pub(crate) module_types: Vec<ModuleType>,
    /// The core types that these name, which stay for as long as the component.
    pub(crate) core_types: Vec<ModuleTypes>,
    /// What it imports: each function, resource and module, however deep in instances.
    pub(crate) imports: Vec<Import>,
    /// What it imports under its own names, instances as a whole, in order.
    pub(crate) imported: Vec<(Box<str>, Item)>,
    /// Its types of resources.
    pub(crate) resources: Vec<Resource>,
    /// The component instances that its core code belongs to, parents first.
    pub(crate) instances: Vec<Instance>,
    /// Core functions that canonical definitions make.
    pub(crate) trampolines: Vec<Trampoline>,
    /// Functions that are lifted from core functions.
    pub(crate) lifts: Vec<Lift>,
    /// How an instance is made.
    pub(crate) steps: Vec<Step>,
    /// The instances that items name, by number; that of the component itself is the first.
    pub(crate) exports: Vec<BTreeMap<Box<str>, Item>>,
}

/// Something that is imported.
pub(crate) struct Import {
    /// Its name, and before it those of the instances that it is in.
    pub(crate) path: Box<[Box<str>]>,
    /// What it is.
    pub(crate) kind: ImportKind,
}

impl Import {
    /// Whether it is a function.
    pub(crate) fn is_func(&self) -> bool {
        matches!(self.kind, ImportKind::Func(_))
    }
}

/// What is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportKind {
    /// A function.
    Func(FuncTypeId),
    /// A type of resources.
    Resource(ResourceId),
    /// A core module, by the place of its type.
    Module(u32),
}

/// A type of resources.
pub(crate) enum Resource {
    /// One that is imported, by the number of the import.
    Imported(u32),
    /// One that a component defines.
    Defined {
        /// The component instance that it belongs to.
        instance: u32,
        /// The core function that is called when one is dropped.
        dtor: Option<CoreDef>,
    },
}

/// A component instance.
pub(crate) struct Instance {
    /// The instance around it.
    pub(crate) parent: Option<u32>,
}

/// Something that a core instance exports, or a core function that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CoreDef {
    /// An export of a core instance.
    Export {
        /// The number of the core instance.
        instance: u32,
        /// Which export.
        export: CoreExport,
    },
    /// A core function of a canonical definition.
    Trampoline(u32),
}

/// Which export of a core instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CoreExport {
    /// By its place, if the module is known.
    Index(ExternKind, u32),
    /// By its name.
    Name(Box<str>),
}

/// A core module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CoreModule {
    /// One that stands in the component.
    Defined(u32),
    /// One that is imported, by the number of the import.
    Imported(u32),
}

/// What makes a part of an instance.
pub(crate) enum Step {
    /// Instantiates a core module that is known: what it imports, in order.
    Instantiate(u32, Box<[CoreDef]>),
    /// Instantiates a core module that is imported: what it may ask for, by the first name.
    InstantiateImported(u32, BTreeMap<Box<str>, CoreArgument>),
    /// Makes the core function of a canonical definition.
    Trampoline(u32),
    /// Finds the core functions and the memory of a function that is lifted.
    Lift(u32),
    /// Makes a type of resources.
    Resource(ResourceId),
}

/// What a core module is given under a name.
#[derive(Clone, Debug)]
pub(crate) enum CoreArgument {
    /// Everything that a core instance exports.
    Instance(u32),
    /// Items by name.
    Exports(Arc<BTreeMap<Box<str>, CoreDef>>),
}

/// What a canonical definition says of memory and strings.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) memory: Option<CoreDef>,
    pub(crate) realloc: Option<CoreDef>,
    pub(crate) post_return: Option<CoreDef>,
    pub(crate) encoding: StringEncoding,
    pub(crate) address: AddressType,
    /// Whether the core function does not wait.
    pub(crate) is_async: bool,
}

impl Options {
    /// What they say of values.
    pub(crate) fn canonical(&self) -> CanonicalOptions {
        CanonicalOptions {
            address: self.address,
            encoding: self.encoding,
        }
    }
}

/// A core function that a canonical definition makes.
pub(crate) struct Trampoline {
    /// The component instance whose core code calls it.
    pub(crate) instance: u32,
    pub(crate) kind: TrampolineKind,
}

/// What such a function does.
pub(crate) enum TrampolineKind {
    /// Calls a function.
    Lower {
        func: Func,
        ty: FuncTypeId,
        options: Options,
    },
    /// Makes a handle.
    ResourceNew(ResourceId),
    /// Drops a handle.
    ResourceDrop(ResourceId),
    /// Tells what is behind a handle.
    ResourceRep(ResourceId),
    /// Tells a word that the running call keeps: its type, and which.
    ContextGet(FlatType, u32),
    /// Changes such a word.
    ContextSet(FlatType, u32),
    /// Says that the instance wants no more calls that may block, or takes it back.
    Backpressure {
        /// Whether it is said.
        inc: bool,
    },
    /// A built-in that waits for a proposal: its name. Its type is that of what imports it.
    Unsupported(&'static str, Proposal),
}

/// A function that is lifted from a core function.
pub(crate) struct Lift {
    /// The component instance that it belongs to.
    pub(crate) instance: u32,
    pub(crate) core: CoreDef,
    pub(crate) ty: FuncTypeId,
    pub(crate) options: Options,
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Func {
    /// One that is lifted.
    Lifted(u32),
    /// One that is imported, by the number of the import.
    Imported(u32),
}

/// Something that an instance exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Func(Func),
    /// An instance, by its place in [`Plan::exports`].
    Instance(u32),
    Module(CoreModule),
    Type(ItemType),
    /// A component, of which only its definition is known.
    Component,
}

/// What an exported type stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemType {
    Value(ValueType),
    Func(FuncTypeId),
    Resource(ResourceId),
    /// A type of instances or components.
    Scope,
}
