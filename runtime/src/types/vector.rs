//! The value of type `v128`: sixteen bytes, and what they are as numbers.
//!
//! The bytes stand in the order of linear memory, whatever the machine, so that a load is a copy and
//! lanes are read by `from_le_bytes`. Its alignment keeps the bytes together in an enum, behind whose
//! tag they would begin at an odd place otherwise. Compilers make vector instructions of loops over lanes that
//! are taken out and put back so; of shifts of one number of 128 bits they do not. Standard: section
//! 2.3.2, "Vector Types", and 4.2.1, "Values".

use core::fmt;
use core::ops::{BitAnd, BitOr, BitXor, Not};

/// A 128-bit vector.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(C, align(8))]
pub struct V128([u8; 16]);

impl V128 {
    /// From its bytes, as they stand in linear memory.
    #[inline(always)]
    pub const fn from_le_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes, as they stand in linear memory.
    #[inline(always)]
    pub const fn to_le_bytes(self) -> [u8; 16] {
        self.0
    }

    /// The number whose bits it is: lane 0 has the lowest ones.
    #[inline(always)]
    pub const fn as_u128(self) -> u128 {
        u128::from_le_bytes(self.0)
    }
}

impl From<u128> for V128 {
    fn from(bits: u128) -> Self {
        Self(bits.to_le_bytes())
    }
}

impl From<V128> for u128 {
    fn from(vector: V128) -> Self {
        vector.as_u128()
    }
}

macro_rules! operators {
    ($($operator:ident $function:ident;)*) => {$(
        impl $operator for V128 {
            type Output = Self;

            #[inline(always)]
            fn $function(self, other: Self) -> Self {
                let bytes = self.0.into_iter().zip(other.0);
                let mut result = Self::default();
                for (result, (a, b)) in result.0.iter_mut().zip(bytes) {
                    *result = a.$function(b);
                }
                result
            }
        }
    )*};
}

operators! {
    BitAnd bitand;
    BitOr bitor;
    BitXor bitxor;
}

impl Not for V128 {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Self(self.0.map(|byte| !byte))
    }
}

impl fmt::Debug for V128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V128({:#034x})", self.as_u128())
    }
}
