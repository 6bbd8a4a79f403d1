//! Types of what modules import and export, as the public interface shows them.
//!
//! Standard: section 2.3.17, "External Types". A type of a function is one of an engine; the other
//! objects may refer to such types, too.

use core::fmt;

use super::func::FuncType;
use super::{GlobalType, Mutability, TableType};
use crate::types::MemoryType;

/// The type of an [`Extern`](crate::Extern).
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

impl<'m> ImportType<'m> {
    /// The first of its two names: of the module that is to give it.
    pub fn module(&self) -> &'m str {
        self.module
    }

    /// The second name: of what is needed, within that module.
    pub fn name(&self) -> &'m str {
        self.name
    }

    /// What is needed.
    pub fn ty(&self) -> ExternType {
        self.ty.clone()
    }
}

impl<'m> ExportType<'m> {
    /// The name by which it is exported, unique in its module.
    pub fn name(&self) -> &'m str {
        self.name
    }

    /// What is offered.
    pub fn ty(&self) -> ExternType {
        self.ty.clone()
    }
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
