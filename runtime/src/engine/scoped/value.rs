//! The type of a value, as the public interface shows it.
//!
//! A number, a vector, or a reference with its [`RefType`]. `pack` makes a word of it with the
//! number of an engine and refuses types of another one; `unpack` goes back. Standard: section 2.3,
//! "Types", "Value Types".

use core::fmt;

use super::reference::{HeapType, RefType};
use crate::engine::Engine;
use crate::engine::use_error::UseError;
use crate::types;

/// The type of a value.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValType {
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `v128`
    V128,
    /// A reference.
    Ref(RefType),
}

impl ValType {
    /// `(ref null func)`
    pub const FUNCREF: Self = Self::Ref(RefType::FUNCREF);
    /// `(ref null extern)`
    pub const EXTERNREF: Self = Self::Ref(RefType::EXTERNREF);

    /// The reference type, if it is one.
    pub const fn as_ref_type(&self) -> Option<&RefType> {
        match self {
            Self::Ref(ty) => Some(ty),
            _ => None,
        }
    }

    /// Whether it is a reference type.
    pub const fn is_ref(&self) -> bool {
        matches!(self, Self::Ref(_))
    }

    /// Whether it is a number type (not a vector).
    pub const fn is_num(&self) -> bool {
        matches!(self, Self::I32 | Self::I64 | Self::F32 | Self::F64)
    }

    /// Whether locals of this type start with a value: all but non-nullable references.
    pub const fn is_defaultable(&self) -> bool {
        match self {
            Self::Ref(ty) => ty.is_nullable(),
            _ => true,
        }
    }

    /// As a word, with the number of the engine.
    pub(crate) fn pack(&self, engine: &Engine) -> Result<types::ValType, UseError> {
        Ok(match self {
            Self::I32 => types::ValType::I32,
            Self::I64 => types::ValType::I64,
            Self::F32 => types::ValType::F32,
            Self::F64 => types::ValType::F64,
            Self::V128 => types::ValType::V128,
            Self::Ref(ty) => ty.pack(engine)?.into(),
        })
    }

    /// The type that is a word with a number of the engine.
    pub(crate) fn unpack(ty: types::ValType, engine: &Engine) -> Self {
        let number = Self::number(ty);
        number.unwrap_or_else(|| {
            let ty = ty.as_ref_type().unwrap_or_default();
            Self::Ref(RefType::unpack(ty, engine))
        })
    }

    fn number(ty: types::ValType) -> Option<Self> {
        Some(match ty {
            types::ValType::I32 => Self::I32,
            types::ValType::I64 => Self::I64,
            types::ValType::F32 => Self::F32,
            types::ValType::F64 => Self::F64,
            types::ValType::V128 => Self::V128,
            _ => return None,
        })
    }
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::V128 => "v128",
            Self::Ref(ty) => return ty.fmt(f),
        })
    }
}

impl fmt::Debug for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<types::ValType> for ValType {
    type Error = UseError;

    /// The type of the tier without allocator.
    ///
    /// # Errors
    /// If it refers to a defined type: that is a number of a module.
    fn try_from(ty: types::ValType) -> Result<Self, UseError> {
        let reference = || ty.as_ref_type().and_then(RefType::unpack_abstract);
        let unpacked = Self::number(ty).or_else(|| reference().map(Self::Ref));
        unpacked.ok_or(UseError::NotRegistered)
    }
}

impl From<RefType> for ValType {
    fn from(ty: RefType) -> Self {
        Self::Ref(ty)
    }
}

impl From<HeapType> for ValType {
    /// The nullable reference.
    fn from(heap: HeapType) -> Self {
        Self::Ref(RefType::new(true, heap))
    }
}
