//! The type of a value, packed into a word.
//!
//! The validator compares types for nearly every instruction, and compares words. Numbers have
//! small words; a reference type's word is that of its [`RefType`], which has the highest bit.
//! Names of types in messages come from here, in the text format. Standard: section 2.3, "Types",
//! "Value Types".

use core::fmt;

use super::reference::{HeapType, RefType};

/// The type of a value, packed into a word: numbers are small, references have the top bit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct ValType(u32);

impl ValType {
    /// `i32`
    pub const I32: Self = Self(0);
    /// `i64`
    pub const I64: Self = Self(1);
    /// `f32`
    pub const F32: Self = Self(2);
    /// `f64`
    pub const F64: Self = Self(3);
    /// `v128`
    pub const V128: Self = Self(4);
    /// `(ref null func)`
    pub const FUNCREF: Self = Self::reference(RefType::FUNCREF);
    /// `(ref null extern)`
    pub const EXTERNREF: Self = Self::reference(RefType::EXTERNREF);
    /// The type of operands of unreachable code: a subtype of all.
    pub(crate) const BOTTOM: Self = Self(5);

    /// The type of addresses of memories and indices of tables.
    #[inline]
    pub(crate) const fn address(is_64: bool) -> Self {
        if is_64 { Self::I64 } else { Self::I32 }
    }

    /// The type of such references.
    #[inline]
    pub const fn reference(ty: RefType) -> Self {
        Self(ty.bits())
    }

    /// The reference type, if it is one.
    #[inline]
    pub const fn as_ref_type(self) -> Option<RefType> {
        RefType::from_bits(self.0)
    }

    /// Whether it is a reference type.
    #[inline]
    pub const fn is_ref(self) -> bool {
        self.0 & RefType::TAG != 0
    }

    /// Whether it is a number type (not a vector).
    #[inline]
    pub const fn is_num(self) -> bool {
        self.0 < Self::V128.0
    }

    /// Whether locals of this type start with a value: all but non-nullable references.
    #[inline]
    pub const fn is_defaultable(self) -> bool {
        match self.as_ref_type() {
            Some(ty) => ty.is_nullable(),
            None => true,
        }
    }

    /// The reference type with this word, if it is one's.
    pub(crate) const fn from_ref_bits(bits: u32) -> Option<Self> {
        match RefType::from_bits(bits) {
            Some(ty) => Some(Self::reference(ty)),
            None => None,
        }
    }

    /// The type of numbers or vectors with this word, which must be one's.
    pub(crate) const fn from_num_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// Whether it is a reference to something of the host.
    pub(crate) fn is_external(self) -> bool {
        let heap = self.as_ref_type().map(RefType::heap);
        matches!(heap, Some(HeapType::Extern | HeapType::NoExtern))
    }

    /// The type with another number in the place of its concrete one.
    pub(crate) fn renumber(self, number: impl FnOnce(u32) -> u32) -> Self {
        match self.as_ref_type() {
            Some(ty) => Self::reference(ty.renumber(number)),
            None => self,
        }
    }

    /// The type of these bits.
    #[inline]
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The word itself; equal types have equal words.
    pub(crate) const fn bits(self) -> u32 {
        self.0
    }
}

impl fmt::Display for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::V128 => "v128",
            other => {
                return match other.as_ref_type() {
                    Some(ty) => ty.fmt(f),
                    None => f.write_str("any type"),
                };
            }
        })
    }
}

impl fmt::Debug for ValType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<RefType> for ValType {
    fn from(ty: RefType) -> Self {
        Self::reference(ty)
    }
}

impl From<HeapType> for ValType {
    /// The nullable reference.
    fn from(heap: HeapType) -> Self {
        Self::reference(RefType::new(true, heap))
    }
}
