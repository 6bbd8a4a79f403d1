//! Types of tables and globals of the public interface.
//!
//! They can mention function types, so they carry those types and not numbers; `pack` and `unpack`
//! convert from and to the words that stores and modules use. Types of memories mention none, and
//! are the same everywhere. Standard: section 2.3, "Types", "Table Types" and "Global Types".

use super::reference::RefType;
use super::value::ValType;
use crate::engine::Engine;
use crate::engine::use_error::UseError;
use crate::types;

/// The type of a table.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TableType {
    element: RefType,
    min: u64,
    max: Option<u64>,
    is_64: bool,
}

/// The type of a global variable.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GlobalType {
    content: ValType,
    mutability: Mutability,
}

/// Whether a global can be assigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// It cannot.
    Const,
    /// It can.
    Var,
}

impl TableType {
    /// The type of tables with 32-bit indices.
    pub fn new(element: RefType, min: u32, max: Option<u32>) -> Self {
        Self {
            element,
            min: min.into(),
            max: max.map(u64::from),
            is_64: false,
        }
    }

    /// The type of tables with 64-bit indices.
    pub fn new64(element: RefType, min: u64, max: Option<u64>) -> Self {
        Self {
            element,
            min,
            max,
            is_64: true,
        }
    }

    /// Type of its elements.
    pub const fn element(&self) -> &RefType {
        &self.element
    }

    /// Elements that it starts with.
    pub const fn minimum(&self) -> u64 {
        self.min
    }

    /// The most elements that it may grow to.
    pub const fn maximum(&self) -> Option<u64> {
        self.max
    }

    /// Whether it is indexed by `i64`.
    pub const fn is_64(&self) -> bool {
        self.is_64
    }

    /// With the numbers of the engine.
    pub(crate) fn pack(&self, engine: &Engine) -> Result<types::TableType, UseError> {
        Ok(types::TableType {
            element: self.element.pack(engine)?,
            min: self.min,
            max: self.max,
            is_64: self.is_64,
        })
    }

    /// Of one with the numbers of the engine.
    pub(crate) fn unpack(ty: types::TableType, engine: &Engine) -> Self {
        Self {
            element: RefType::unpack(ty.element, engine),
            min: ty.min,
            max: ty.max,
            is_64: ty.is_64,
        }
    }
}

impl GlobalType {
    /// The type of globals with such values.
    pub const fn new(content: ValType, mutability: Mutability) -> Self {
        Self {
            content,
            mutability,
        }
    }

    /// Type of the value.
    pub const fn content(&self) -> &ValType {
        &self.content
    }

    /// Whether it can be assigned.
    pub const fn mutability(&self) -> Mutability {
        self.mutability
    }

    /// With the numbers of the engine.
    pub(crate) fn pack(&self, engine: &Engine) -> Result<types::GlobalType, UseError> {
        Ok(types::GlobalType {
            content: self.content.pack(engine)?,
            mutable: self.mutability == Mutability::Var,
        })
    }

    /// Of one with the numbers of the engine.
    pub(crate) fn unpack(ty: types::GlobalType, engine: &Engine) -> Self {
        let mutability = match ty.mutable {
            true => Mutability::Var,
            false => Mutability::Const,
        };
        Self::new(ValType::unpack(ty.content, engine), mutability)
    }
}
