//! What components consist of: sections, sorts, types, canonical definitions, names; and their
//! values, which [`Lift`] and [`Lower`] bring to Rust and back.
//!
//! The binary format is read in the room below, `read::component`, nearly all of it by code generated
//! from `spec/component/`. Lists stay in the component's bytes and are read when somebody asks, so
//! that all values are small and `Copy`, and nothing is allocated. Standard: Component Model,
//! `Binary.md`.
#![cfg_attr(feature = "alloc", doc = "")]
#![cfg_attr(feature = "alloc", doc = include_str!("components.md"))]
#![forbid(unsafe_code)]

pub(crate) mod abi;
#[cfg(feature = "alloc")]
pub(crate) mod adapter;
#[cfg(feature = "alloc")]
mod builtin;
#[cfg(feature = "alloc")]
#[allow(
    clippy::module_inception,
    reason = "the room is named after what it is about"
)]
mod component;
#[cfg(feature = "alloc")]
mod export;
#[cfg(feature = "alloc")]
mod flatten;
#[cfg(feature = "alloc")]
mod func;
#[cfg(feature = "alloc")]
mod guest;
#[cfg(all(test, feature = "std"))]
mod handle_scripts;
#[cfg(feature = "alloc")]
mod handles;
#[cfg(feature = "alloc")]
mod instance;
#[cfg(feature = "alloc")]
mod instantiate;
#[cfg(feature = "alloc")]
mod linker;
#[cfg(feature = "alloc")]
mod lowered;
#[cfg(feature = "alloc")]
mod module_type;
#[cfg(feature = "alloc")]
pub(crate) mod plan;
#[cfg(feature = "alloc")]
mod resource;
#[cfg(feature = "alloc")]
mod resource_table;
#[cfg(feature = "alloc")]
pub mod types;
#[cfg(feature = "alloc")]
mod val;

/// Layouts that do not follow from others.
pub mod layout {
    pub use crate::generated::woven::component::layout::*;
}

pub use crate::generated::woven::component::{
    canon::*, names::*, section::ComponentSectionId, sort::*, types::*,
};
pub use crate::read::component::{
    CanonValue, CoreExternType, CoreGroup, CoreImport, CoreItem, CoreSort, CoreValType,
    Declarators, DeclaratorsIter, Item, Label, List, ListIter, ModuleDeclaratorsIter, Options,
    ValType, is_label,
};
pub use abi::*;
pub use layout::{
    AddressType, FlatType, MAX_FLAT_ASYNC_PARAMS, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS,
    MAX_LIST_BYTE_LENGTH, MAX_STRING_BYTE_LENGTH, StringEncoding,
};
#[cfg(feature = "alloc")]
pub use {
    component::Component,
    export::{ComponentExportIndex, ExportLookup},
    func::{Func, TypedFunc},
    instance::Instance,
    linker::{InstancePre, Linker, LinkerInstance},
    resource::{ResourceAny, ResourceType},
    resource_table::{ResourceTable, ResourceTableError},
    val::{Val, ValueMismatch},
};
