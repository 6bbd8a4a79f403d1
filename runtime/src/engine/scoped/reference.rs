//! The type of a reference, and of what it refers to.
//!
//! The words inside the library have a number where a reference is to a defined type; here that
//! type itself stands in its place, which keeps it registered. Which references are references of
//! another type is the engine's question (`Engine::ref_matches`). Standard: section 2.3, "Types",
//! "Heap Types" and "Reference Types".

use core::fmt;

use super::func::FuncType;
use crate::engine::Engine;
use crate::engine::use_error::UseError;
use crate::types;

/// The type of a reference.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RefType {
    nullable: bool,
    heap: HeapType,
}

/// What a reference refers to.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum HeapType {
    /// Any function.
    Func,
    /// Any external value.
    Extern,
    /// Any internal value.
    Any,
    /// Internal values that can be compared.
    Eq,
    /// Unboxed integers of 31 bits.
    I31,
    /// Any structure.
    Struct,
    /// Any array.
    Array,
    /// Any exception.
    Exn,
    /// No function.
    NoFunc,
    /// No external value.
    NoExtern,
    /// No internal value.
    None,
    /// No exception.
    NoExn,
    /// Functions of a type, which must be registered in an engine:
    /// see [`FuncType::register`].
    ConcreteFunc(FuncType),
}

impl RefType {
    /// `(ref null func)`
    pub const FUNCREF: Self = Self::new(true, HeapType::Func);
    /// `(ref null extern)`
    pub const EXTERNREF: Self = Self::new(true, HeapType::Extern);

    /// A reference to such a value.
    pub const fn new(nullable: bool, heap: HeapType) -> Self {
        Self { nullable, heap }
    }

    /// Whether null is one of its values.
    pub const fn is_nullable(&self) -> bool {
        self.nullable
    }

    /// What it refers to.
    pub const fn heap_type(&self) -> &HeapType {
        &self.heap
    }

    /// As a word, with the number of the engine.
    pub(crate) fn pack(&self, engine: &Engine) -> Result<types::RefType, UseError> {
        Ok(types::RefType::new(self.nullable, self.heap.pack(engine)?))
    }

    /// The type that is a word with a number of the engine.
    pub(crate) fn unpack(ty: types::RefType, engine: &Engine) -> Self {
        let heap = match ty.heap() {
            types::HeapType::Concrete(number) => {
                HeapType::ConcreteFunc(FuncType::of(engine, types::TypeId(number)))
            }
            heap => HeapType::unpack_abstract(heap).unwrap_or(HeapType::None),
        };
        Self::new(ty.is_nullable(), heap)
    }

    /// The type that is a word without a number.
    pub(crate) fn unpack_abstract(ty: types::RefType) -> Option<Self> {
        let heap = HeapType::unpack_abstract(ty.heap())?;
        Some(Self::new(ty.is_nullable(), heap))
    }
}

macro_rules! abstract_types {
    ($($name:ident)*) => {
        impl HeapType {
            fn pack(&self, engine: &Engine) -> Result<types::HeapType, UseError> {
                Ok(match self {
                    $(Self::$name => types::HeapType::$name,)*
                    Self::ConcreteFunc(ty) => types::HeapType::Concrete(ty.number_in(engine)?.0),
                })
            }

            fn unpack_abstract(heap: types::HeapType) -> Option<Self> {
                Some(match heap {
                    $(types::HeapType::$name => Self::$name,)*
                    types::HeapType::Bottom | types::HeapType::Concrete(_) => return None,
                })
            }
        }
    };
}

abstract_types! { Func Extern Any Eq I31 Struct Array Exn NoFunc NoExtern None NoExn }

impl fmt::Display for HeapType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Func => "func",
            Self::Extern => "extern",
            Self::Any => "any",
            Self::Eq => "eq",
            Self::I31 => "i31",
            Self::Struct => "struct",
            Self::Array => "array",
            Self::Exn => "exn",
            Self::NoFunc => "nofunc",
            Self::NoExtern => "noextern",
            Self::None => "none",
            Self::NoExn => "noexn",
            Self::ConcreteFunc(ty) => return ty.fmt_reference(f),
        })
    }
}

impl fmt::Display for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.nullable, &self.heap) {
            (true, HeapType::None) => f.write_str("nullref"),
            (
                true,
                heap @ (HeapType::ConcreteFunc(_)
                | HeapType::NoFunc
                | HeapType::NoExtern
                | HeapType::NoExn),
            ) => write!(f, "(ref null {heap})"),
            (true, heap) => write!(f, "{heap}ref"),
            (false, heap) => write!(f, "(ref {heap})"),
        }
    }
}

impl fmt::Debug for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
