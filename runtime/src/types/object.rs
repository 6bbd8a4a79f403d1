//! Types of functions, tables, globals and tags, and the kinds of imports and exports.
//!
//! These are the types that validation and execution compute with: plain data with packed value
//! types, shared by decoder, validator, views and both engines. Standard: section 2.3, "Types",
//! from "Function Types" to "Tag Types".

use super::{RefType, TypeIdx, ValType};

/// The parameters and results of a function, borrowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FuncSignature<'e> {
    pub(crate) params: &'e [ValType],
    pub(crate) results: &'e [ValType],
}

impl<'e> FuncSignature<'e> {
    /// Types of the parameters.
    #[inline]
    pub const fn params(&self) -> &'e [ValType] {
        self.params
    }

    /// Types of the results.
    #[inline]
    pub const fn results(&self) -> &'e [ValType] {
        self.results
    }
}

/// The type of a table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TableType {
    /// Type of its elements.
    pub element: RefType,
    /// Elements that it starts with.
    pub min: u64,
    /// The most that it may grow to.
    pub max: Option<u64>,
    /// Whether it is indexed by `i64`.
    pub is_64: bool,
}

/// The type of a global variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct GlobalType {
    /// Type of its value.
    pub content: ValType,
    /// Whether it can be assigned.
    pub mutable: bool,
}

/// The type of a tag: a function type whose parameters an exception carries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TagType {
    /// The function type.
    pub func: TypeIdx,
}

/// Kinds of imports and exports.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExternKind {
    /// A function.
    Func,
    /// A table.
    Table,
    /// A memory.
    Memory,
    /// A global.
    Global,
    /// A tag.
    Tag,
}

impl ExternKind {
    /// How many kinds there are.
    pub(crate) const COUNT: usize = Self::Tag as usize + 1;
}

impl TableType {
    /// The type of its indices.
    #[inline]
    pub const fn index_type(&self) -> ValType {
        ValType::address(self.is_64)
    }
}

macro_rules! defaults {
    ($($type:ident { $($field:ident: $value:expr),* })*) => {$(
        impl Default for $type {
            fn default() -> Self {
                Self { $($field: $value),* }
            }
        }
    )*};
}

defaults! {
    TableType { element: RefType::FUNCREF, min: 0, max: None, is_64: false }
    GlobalType { content: ValType::I32, mutable: false }
}

/// Whether an object of these limits may stand where others are wanted: it is at least as large,
/// and never grows beyond what is wanted. Standard: section 3.3, "Matching", "Limits".
pub(crate) fn limits_match(min: u64, max: Option<u64>, least: u64, most: Option<u64>) -> bool {
    min >= least && most.is_none_or(|most| max.is_some_and(|max| max <= most))
}
