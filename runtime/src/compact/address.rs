//! Addresses of functions in a store.
//!
//! A function is its instance and its index there, both in one word, so that a reference fits a
//! slot and needs no list of functions in the store. The limits of `spec/limits.toml` leave enough
//! bits for both. Standard: section 4.2, "Runtime Structure", "Addresses".

use super::instantiate::InstanceIdx;
use crate::spec::Limits;
use crate::types::{FuncIdx, Ref};

/// A function: the instance and the function's index in it, in a word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct FuncAddr(u32);

/// Bits of the index.
const BITS: u32 = 20;

const _: () = assert!(Limits::MAX.functions <= 1 << BITS);

impl FuncAddr {
    /// How many instances can be told apart; references are one more than addresses.
    pub(crate) const INSTANCES: u32 = (1 << (u32::BITS - BITS)) - 1;

    /// No function: what runs is a constant expression.
    pub(crate) const CONSTANT: Self = Self(u32::MAX);

    /// A function of an instance.
    pub const fn of(instance: InstanceIdx, func: FuncIdx) -> Self {
        Self::new(instance.0, func)
    }

    /// A function of an instance.
    pub(crate) const fn new(instance: u32, func: FuncIdx) -> Self {
        Self(instance << BITS | (func.0 & ((1 << BITS) - 1)))
    }

    /// The instance.
    pub(crate) const fn instance(self) -> u32 {
        self.0 >> BITS
    }

    /// The function's index in the instance.
    pub const fn func(self) -> FuncIdx {
        FuncIdx(self.0 & ((1 << BITS) - 1))
    }

    /// The function that a reference refers to, if it is not null.
    pub(crate) const fn from_ref(reference: Ref) -> Option<Self> {
        match reference.number() {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// A reference to the function.
    pub(crate) const fn into_ref(self) -> Ref {
        Ref::from_number(self.0)
    }

    pub(crate) const fn bits(self) -> u32 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }
}
