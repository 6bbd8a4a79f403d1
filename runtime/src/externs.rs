//! What modules import and export: objects and their types.

use core::fmt;

use crate::engine::Engine;
use crate::func::Func;
use crate::func_type::FuncType;
use crate::global::Global;
use crate::memory::Memory;
use crate::scoped::{GlobalType, Mutability, TableType};
use crate::store::context::AsContext;
use crate::store::inner::{Handle, StoreInner};
use crate::table::Table;
use crate::tag::Tag;
use crate::types::{self, MemoryType, TypeId};

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

/// The type of an [`Extern`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExternType {
    /// Of a function.
    Func(FuncType),
    /// Of a global variable.
    Global(GlobalType),
    /// Of a table.
    Table(TableType),
    /// Of a linear memory.
    Memory(MemoryType),
    /// Of a tag.
    Tag(FuncType),
}

/// The same with the engine's numbers, by which types are compared. It holds no type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum EntityType {
    Func(TypeId),
    Global(types::GlobalType),
    Table(types::TableType),
    Memory(MemoryType),
    Tag(TypeId),
}

/// What a module needs.
#[derive(Clone, Debug)]
pub struct ImportType<'m> {
    pub(crate) module: &'m str,
    pub(crate) name: &'m str,
    pub(crate) ty: ExternType,
}

/// What an instance of a module offers.
#[derive(Clone, Debug)]
pub struct ExportType<'m> {
    pub(crate) name: &'m str,
    pub(crate) ty: ExternType,
}

/// An object that an instance exports.
#[derive(Clone, Debug)]
pub struct Export<'i> {
    pub(crate) name: &'i str,
    pub(crate) item: Extern,
}

impl<'m> ImportType<'m> {
    /// The first name.
    pub fn module(&self) -> &'m str {
        self.module
    }

    /// The second name.
    pub fn name(&self) -> &'m str {
        self.name
    }

    /// What is needed.
    pub fn ty(&self) -> ExternType {
        self.ty.clone()
    }
}

impl<'m> ExportType<'m> {
    /// The name.
    pub fn name(&self) -> &'m str {
        self.name
    }

    /// What is offered.
    pub fn ty(&self) -> ExternType {
        self.ty.clone()
    }
}

impl<'i> Export<'i> {
    /// The name.
    pub fn name(&self) -> &'i str {
        self.name
    }

    /// The object.
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

macro_rules! types {
    ($($kind:ident, $ty:ty, $get:ident, $what:literal;)*) => {
        impl ExternType {$(
            #[doc = concat!("The type of the ", $what, ", if it is one.")]
            pub fn $get(&self) -> Option<&$ty> {
                match self {
                    Self::$kind(ty) => Some(ty),
                    _ => None,
                }
            }
        )*}
    };
}

types! {
    Func, FuncType, func, "function";
    Global, GlobalType, global, "global";
    Table, TableType, table, "table";
    Memory, MemoryType, memory, "memory";
    Tag, FuncType, tag, "tag";
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
                found.mutable == wanted.mutable
                    && content(found, wanted)
                    && (!found.mutable || content(wanted, found))
            }
            (Self::Table(found), Self::Table(wanted)) => {
                found.is_64 == wanted.is_64
                    && within(found.min, found.max, wanted.min, wanted.max)
                    && engine.ref_matches(found.element, wanted.element)
                    && engine.ref_matches(wanted.element, found.element)
            }
            (Self::Memory(found), Self::Memory(wanted)) => {
                found.is_64 == wanted.is_64
                    && found.shared == wanted.shared
                    && found.page_size_log2 == wanted.page_size_log2
                    && within(found.min, found.max, wanted.min, wanted.max)
            }
            _ => false,
        }
    }
}

/// Whether a range of sizes lies within another.
fn within(min: u64, max: Option<u64>, least: u64, most: Option<u64>) -> bool {
    min >= least && most.is_none_or(|most| max.is_some_and(|max| max <= most))
}

impl fmt::Display for ExternType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Func(ty) => write!(f, "function {ty}"),
            Self::Global(ty) => match ty.mutability() {
                Mutability::Var => write!(f, "global (mut {})", ty.content()),
                Mutability::Const => write!(f, "global {}", ty.content()),
            },
            Self::Table(ty) => {
                f.write_str("table ")?;
                sizes(f, ty.is_64(), ty.minimum(), ty.maximum())?;
                write!(f, "{}", ty.element())
            }
            Self::Memory(ty) => {
                f.write_str("memory ")?;
                sizes(f, ty.is_64, ty.min, ty.max)?;
                f.write_str(if ty.shared { "shared " } else { "" })?;
                match ty.page_size() {
                    1 => f.write_str("bytes"),
                    size if size == MemoryType::default().page_size() => f.write_str("pages"),
                    size => write!(f, "pages of {size} bytes"),
                }
            }
            Self::Tag(ty) => write!(f, "tag {ty}"),
        }
    }
}

fn sizes(f: &mut fmt::Formatter<'_>, is_64: bool, min: u64, max: Option<u64>) -> fmt::Result {
    let index = if is_64 { "i64 " } else { "" };
    match max {
        Some(max) => write!(f, "{index}{min}..{max} "),
        None => write!(f, "{index}{min}.. "),
    }
}
