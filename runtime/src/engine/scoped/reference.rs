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
use crate::generated::facts::heap_type::heap_types;
use crate::types;

/// The type of a reference.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RefType {
    nullable: bool,
    heap: HeapType,
}

macro_rules! heap_type {
    ($($name:ident $text:literal $doc:literal;)*) => {
        /// What a reference refers to.
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum HeapType {
            $(#[doc = $doc] $name,)*
            /// Functions of a type, which must be registered in an engine:
            /// see [`FuncType::register`].
            ConcreteFunc(FuncType),
        }

        impl HeapType {
            /// The same without an engine; not for a type of functions, which has a number there.
            fn as_abstract(&self) -> Result<types::HeapType, &FuncType> {
                Ok(match self {
                    $(Self::$name => types::HeapType::$name,)*
                    Self::ConcreteFunc(ty) => return Err(ty),
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

heap_types!(heap_type);

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

    /// As a word without a number: any function in the place of a type of functions.
    pub(crate) fn widened(&self) -> types::RefType {
        let heap = self.heap.as_abstract().unwrap_or(types::HeapType::Func);
        types::RefType::new(self.nullable, heap)
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

impl HeapType {
    fn pack(&self, engine: &Engine) -> Result<types::HeapType, UseError> {
        self.as_abstract()
            .or_else(|ty| Ok(types::HeapType::Concrete(ty.number_in(engine)?.0)))
    }
}

impl fmt::Display for HeapType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_abstract() {
            Ok(heap) => heap.fmt(f),
            Err(ty) => ty.fmt_reference(f),
        }
    }
}

impl fmt::Display for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.heap.as_abstract(), self.nullable) {
            (Ok(heap), nullable) => types::RefType::new(nullable, heap).fmt(f),
            (Err(_), true) => write!(f, "(ref null {})", self.heap),
            (Err(_), false) => write!(f, "(ref {})", self.heap),
        }
    }
}

impl fmt::Debug for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
