//! References: their types, and their values in a slot.
//!
//! A reference type is a word of its own: nullability, and an abstract heap type or the number of a
//! defined one. A value is a number too, with 0 for null; what the number means is known to the
//! store that gave it. Standard: section 2.3, "Types", "Heap Types" and "Reference Types".

use core::fmt;

use crate::generated::facts::heap_type::heap_types;
use crate::spec::Limits;

/// A reference, as slots and tables hold it. Zero is null; what other numbers mean is known to the
/// store that gave them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[repr(transparent)]
pub struct Ref(pub u32);

impl Ref {
    /// The null reference.
    pub const NULL: Self = Self(0);

    /// Whether it is null.
    #[inline]
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }

    /// What refers to an object by its number, which is not the largest: `n + 1`.
    #[inline(always)]
    pub(crate) const fn from_number(number: u32) -> Self {
        Self(number.wrapping_add(1))
    }

    /// The number of the object that [`from_number`](Self::from_number) referred to, or nothing for
    /// null.
    #[inline(always)]
    pub(crate) const fn number(self) -> Option<u32> {
        self.0.checked_sub(1)
    }
}

/// A defined type, numbered engine-wide: equal types have equal numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[repr(transparent)]
pub struct TypeId(pub u32);

macro_rules! heap_type {
    ($($name:ident $text:literal $doc:literal;)*) => {
        /// What a reference refers to.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum HeapType {
            $(#[doc = $doc] $name,)*
            /// Nothing: a subtype of all, found only in unreachable code.
            #[doc(hidden)]
            Bottom,
            /// A defined type, by its canonical index within the module; at run time, and only
            /// within the library, by its [`TypeId`].
            Concrete(u32),
        }

        /// Abstract heap types, in the order of their packed numbers.
        const ABSTRACT: &[HeapType] = &[$(HeapType::$name,)* HeapType::Bottom];

        impl HeapType {
            const fn number(self) -> u32 {
                enum Number { $($name,)* Bottom }
                match self {
                    $(Self::$name => Number::$name as u32,)*
                    Self::Bottom => Number::Bottom as u32,
                    Self::Concrete(number) => number,
                }
            }
        }

        impl fmt::Display for HeapType {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$name => $text,)*
                    Self::Bottom => "nothing",
                    Self::Concrete(number) => return write!(f, "{number}"),
                })
            }
        }
    };
}

heap_types!(heap_type);

impl HeapType {
    /// The abstract heap type with a packed number.
    #[cfg(test)]
    pub(crate) fn numbered(number: usize) -> Option<Self> {
        ABSTRACT.get(number).copied()
    }
}

/// The type of a reference, packed like [`ValType`](super::ValType).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct RefType(u32);

impl Default for RefType {
    fn default() -> Self {
        Self::FUNCREF
    }
}

const _: () = assert!(Limits::MAX.types <= RefType::NUMBER as u64);

impl RefType {
    /// Set in all of them.
    pub(crate) const TAG: u32 = 1 << 31;
    /// Set if null is a value.
    pub(crate) const NULLABLE: u32 = 1 << 30;
    /// Set if it refers to a defined type.
    pub(crate) const CONCRETE: u32 = 1 << 29;
    /// Marks, in the key of a recursion group, a number that counts within the group.
    pub(crate) const IN_GROUP: u32 = 1 << 28;
    /// The bits of the number of a defined type.
    pub(crate) const NUMBER: u32 = Self::IN_GROUP - 1;

    /// `(ref null func)`
    pub const FUNCREF: Self = Self::new(true, HeapType::Func);
    /// `(ref null extern)`
    pub const EXTERNREF: Self = Self::new(true, HeapType::Extern);

    /// A reference to such a value. Numbers of 2^28 and more, which no module has, become the
    /// greatest one below.
    #[inline]
    pub const fn new(nullable: bool, heap: HeapType) -> Self {
        let nullable = if nullable { Self::NULLABLE } else { 0 };
        let heap = match heap {
            HeapType::Concrete(number) if number > Self::NUMBER => Self::CONCRETE | Self::NUMBER,
            HeapType::Concrete(number) => Self::CONCRETE | number,
            heap => heap.number(),
        };
        Self(Self::TAG | nullable | heap)
    }

    /// Whether null is one of its values.
    #[inline]
    pub const fn is_nullable(self) -> bool {
        self.0 & Self::NULLABLE != 0
    }

    /// What it refers to.
    #[inline]
    pub const fn heap(self) -> HeapType {
        let number = self.0 & Self::NUMBER;
        if self.0 & Self::CONCRETE != 0 {
            HeapType::Concrete(number)
        } else if (number as usize) < ABSTRACT.len() {
            ABSTRACT[number as usize]
        } else {
            HeapType::Bottom
        }
    }

    /// The same without null.
    #[inline]
    pub const fn non_null(self) -> Self {
        Self(self.0 & !Self::NULLABLE)
    }

    /// The same with null.
    #[inline]
    pub const fn nullable(self) -> Self {
        Self(self.0 | Self::NULLABLE)
    }

    /// The number of the defined type, if it refers to one.
    #[inline]
    pub const fn concrete(self) -> Option<u32> {
        if self.0 & Self::CONCRETE != 0 {
            Some(self.0 & Self::NUMBER)
        } else {
            None
        }
    }

    /// The type with another number in the place of its concrete one.
    pub(crate) fn renumber(self, number: impl FnOnce(u32) -> u32) -> Self {
        match self.concrete() {
            Some(old) => Self::new(self.is_nullable(), HeapType::Concrete(number(old))),
            None => self,
        }
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u32) -> Option<Self> {
        if bits & Self::TAG != 0 {
            Some(Self(bits))
        } else {
            None
        }
    }
}

impl fmt::Display for RefType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.is_nullable(), self.heap()) {
            (true, HeapType::Concrete(number)) => write!(f, "(ref null {number})"),
            (true, HeapType::None) => f.write_str("nullref"),
            (true, heap @ (HeapType::NoFunc | HeapType::NoExtern | HeapType::NoExn)) => {
                write!(f, "(ref null {heap})")
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_loses_nothing() {
        for heap in ABSTRACT
            .iter()
            .copied()
            .chain([HeapType::Concrete(0), HeapType::Concrete(7)])
        {
            for nullable in [false, true] {
                let ty = RefType::new(nullable, heap);
                assert_eq!((ty.is_nullable(), ty.heap()), (nullable, heap));
                assert_eq!(RefType::from_bits(ty.bits()), Some(ty));
                assert!(ty.nullable().is_nullable() && !ty.non_null().is_nullable());
            }
        }
    }

    #[test]
    fn numbers_that_cannot_exist_stay_out_of_the_flags() {
        let ty = RefType::new(false, HeapType::Concrete(u32::MAX));
        assert_eq!(ty.concrete(), Some(RefType::NUMBER));
        assert!(!ty.is_nullable());
    }
}
