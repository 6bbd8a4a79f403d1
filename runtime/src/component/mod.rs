//! What components consist of: sections, sorts, types, canonical definitions, names.
//!
//! Everything but the few types of `decode` is generated from `spec/component/`. Lists stay in the
//! component's bytes and are read when somebody asks, so that all values are small and `Copy`, and
//! nothing is allocated. Standard: Component Model, `Binary.md`.
#![forbid(unsafe_code)]

pub(crate) mod decode;
mod name;

pub use crate::generated::shared::component::{
    canon::*, names::*, section::ComponentSectionId, sort::*, types::*,
};
pub use decode::{
    CoreExternType, CoreGroup, CoreImport, CoreItem, CoreSort, CoreValType, Declarators,
    DeclaratorsIter, Item, Label, List, ListIter, ModuleDeclaratorsIter, Options, ValType,
};
