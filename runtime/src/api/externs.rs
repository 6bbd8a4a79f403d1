//! What instances import and export: one of five kinds of objects of a store.
//!
//! Lists of imports and exports mix the kinds, so [`Extern`] is their sum. Linking compares its
//! type, which is read from the store at that moment, because memories and tables grow. Standard:
//! section 4.2, "Runtime Structure", "External Addresses".

use super::func::Func;
use super::global::Global;
use super::memory::Memory;
use super::table::Table;
use super::tag::Tag;
use crate::engine::entity_type::EntityType;
use crate::engine::scoped::external::ExternType;
use crate::store::context::AsContext;
use crate::store::inner::{Handle, StoreInner};

/// An object of a store that an instance imports or exports.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Extern {
    /// A function.
    Func(Func),
    /// A global variable.
    Global(Global),
    /// A table.
    Table(Table),
    /// A linear memory.
    Memory(Memory),
    /// A tag.
    Tag(Tag),
}

/// An object that an instance exports.
#[derive(Clone, Debug)]
pub struct Export<'i> {
    pub(crate) name: &'i str,
    pub(crate) item: Extern,
}

impl<'i> Export<'i> {
    /// The name by which it is exported, unique in its instance.
    pub fn name(&self) -> &'i str {
        self.name
    }

    /// What is exported, without the name.
    pub fn into_extern(self) -> Extern {
        self.item
    }

    /// The function, if it is one.
    pub fn into_func(self) -> Option<Func> {
        self.item.into_func()
    }

    /// The memory, if it is one.
    pub fn into_memory(self) -> Option<Memory> {
        self.item.into_memory()
    }

    /// The table, if it is one.
    pub fn into_table(self) -> Option<Table> {
        self.item.into_table()
    }

    /// The global, if it is one.
    pub fn into_global(self) -> Option<Global> {
        self.item.into_global()
    }
}

macro_rules! kinds {
    ($($kind:ident, $into:ident, $what:literal;)*) => {
        impl Extern {$(
            #[doc = concat!("The ", $what, ", if it is one.")]
            pub fn $into(self) -> Option<$kind> {
                match self {
                    Self::$kind(item) => Some(item),
                    _ => None,
                }
            }
        )*}

        $(impl From<$kind> for Extern {
            fn from(item: $kind) -> Self {
                Self::$kind(item)
            }
        })*
    };
}

kinds! {
    Func, into_func, "function";
    Global, into_global, "global";
    Table, into_table, "table";
    Memory, into_memory, "memory";
    Tag, into_tag, "tag";
}

impl Extern {
    /// Its type; nothing if it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> Option<ExternType> {
        let inner = store.as_context().inner();
        Some(self.entity_type(inner)?.in_engine(&inner.engine))
    }

    pub(crate) fn handle(&self) -> Handle {
        match self {
            Self::Func(func) => func.0,
            Self::Global(global) => global.0,
            Self::Table(table) => table.0,
            Self::Memory(memory) => memory.0,
            Self::Tag(tag) => tag.0,
        }
    }

    /// Its type as it is now (memories and tables grow); nothing if it is another store's.
    pub(crate) fn entity_type(&self, store: &StoreInner) -> Option<EntityType> {
        let handle = self.handle();
        Some(match self {
            Self::Func(_) => EntityType::Func(store.func(handle).ok()?.ty),
            Self::Global(_) => EntityType::Global(store.global(handle).ok()?.ty),
            Self::Table(_) => EntityType::Table(store.table(handle).ok()?.current_type()),
            Self::Memory(_) => EntityType::Memory(store.memory(handle).ok()?.current_type()),
            Self::Tag(_) => EntityType::Tag(store.tag(handle).ok()?.ty),
        })
    }
}
