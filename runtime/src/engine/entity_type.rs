//! Types of objects with the engine's numbers, by which they are compared.
//!
//! Linking asks whether an object may be imported: standard, section 3.2.7, "Import Subtyping". The
//! types of the public interface hold what they mention; these do not, so that instantiation makes
//! and compares them without the registry's lock.

use super::scoped::external::ExternType;
use super::scoped::func::FuncType;
use super::scoped::{GlobalType, TableType};
use crate::engine::Engine;
use crate::types::{self, MemoryType, TypeId, limits_match};

/// The same with the engine's numbers, by which types are compared. It holds no type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EntityType {
    Func(TypeId),
    Global(types::GlobalType),
    Table(types::TableType),
    Memory(MemoryType),
    Tag(TypeId),
}

impl EntityType {
    /// For people and programs.
    pub(crate) fn in_engine(self, engine: &Engine) -> ExternType {
        match self {
            Self::Func(id) => ExternType::Func(FuncType::of(engine, id)),
            Self::Global(ty) => ExternType::Global(GlobalType::unpack(ty, engine)),
            Self::Table(ty) => ExternType::Table(TableType::unpack(ty, engine)),
            Self::Memory(ty) => ExternType::Memory(ty),
            Self::Tag(id) => ExternType::Tag(FuncType::of(engine, id)),
        }
    }

    /// Whether an object of this type may be imported as `wanted`: standard, section 3.2.7.
    pub(crate) fn matches(&self, wanted: &Self, engine: &Engine) -> bool {
        match (self, wanted) {
            // Declared supertypes come with `gc`; until then types match when they are equal.
            (Self::Func(found), Self::Func(wanted)) | (Self::Tag(found), Self::Tag(wanted)) => {
                found == wanted
            }
            (Self::Global(found), Self::Global(wanted)) => {
                let content = |a: &types::GlobalType, b: &types::GlobalType| {
                    engine.val_matches(a.content, b.content)
                };
                // What is only read may be of a subtype; what both sides write, of the same type.
                found.mutable == wanted.mutable
                    && content(found, wanted)
                    && (!found.mutable || content(wanted, found))
            }
            (Self::Table(found), Self::Table(wanted)) => {
                // Both sides write elements: their types must match in both directions.
                found.is_64 == wanted.is_64
                    && limits_match(found.min, found.max, wanted.min, wanted.max)
                    && engine.ref_matches(found.element, wanted.element)
                    && engine.ref_matches(wanted.element, found.element)
            }
            (Self::Memory(found), Self::Memory(wanted)) => {
                found.is_64 == wanted.is_64
                    && found.shared == wanted.shared
                    && found.page_size_log2 == wanted.page_size_log2
                    && limits_match(found.min, found.max, wanted.min, wanted.max)
            }
            _ => false,
        }
    }
}
