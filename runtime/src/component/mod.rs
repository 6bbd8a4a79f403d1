//! What components consist of: sections, sorts, types, canonical definitions, names; and their
//! values, which [`Lift`] and [`Lower`] bring to Rust and back.
//!
//! Everything of the binary format but the few types of `decode` is generated from `spec/component/`. Lists stay in the
//! component's bytes and are read when somebody asks, so that all values are small and `Copy`, and
//! nothing is allocated. Standard: Component Model, `Binary.md`.
#![forbid(unsafe_code)]

pub(crate) mod abi;
pub(crate) mod decode;
mod name;

/// Layouts that do not follow from others.
pub mod layout {
    pub use crate::generated::shared::component::layout::*;
}

pub use crate::generated::shared::component::{
    canon::*, names::*, section::ComponentSectionId, sort::*, types::*,
};
pub use abi::*;
pub use decode::{
    CoreExternType, CoreGroup, CoreImport, CoreItem, CoreSort, CoreValType, Declarators,
    DeclaratorsIter, Item, Label, List, ListIter, ModuleDeclaratorsIter, Options, ValType,
};
pub use layout::{
    AddressType, FlatType, MAX_FLAT_ASYNC_PARAMS, MAX_FLAT_PARAMS, MAX_FLAT_RESULTS,
    MAX_LIST_BYTE_LENGTH, MAX_STRING_BYTE_LENGTH, StringEncoding,
};
pub use name::is_label;
