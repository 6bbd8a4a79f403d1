//! Types of values, and what a canonical definition says beside them.
//!
//! A [`Type`] is what WIT writes, as a constant of the Rust type that stands for it; layout and
//! flat form are computed from it. [`CanonicalOptions`] are those options that change how values
//! lie: address type and encoding of strings. Standard: Component Model, `Explainer.md`, "Type
//! Definitions", and `CanonicalABI.md`.

use core::any::TypeId;

use super::CanonicalAbi;
use crate::component::{AddressType, Primitive, StringEncoding};

/// A Rust type whose values are values of a component.
///
/// `#[derive(ComponentType)]` implements it; it is there to ask about sizes, and to write what
/// wasmtime wants. [`Lift`](super::Lift) and [`Lower`](super::Lower) do not need it.
pub trait ComponentType {
    /// The type as WIT has it.
    const TYPE: Type<'static>;
    /// How it lies in memory and is passed.
    const ABI: CanonicalAbi = CanonicalAbi::of(&Self::TYPE);
    /// Bytes in a 32-bit memory.
    const SIZE32: u32 = Self::ABI.memory32.size;
    /// Alignment in a 32-bit memory.
    const ALIGN32: u32 = Self::ABI.memory32.align;
    /// Bytes in a 64-bit memory.
    const SIZE64: u32 = Self::ABI.memory64.size;
    /// Alignment in a 64-bit memory.
    const ALIGN64: u32 = Self::ABI.memory64.align;
}

/// A type of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type<'a> {
    /// One that needs no definition.
    Primitive(Primitive),
    /// Any number of values of a type.
    List(&'a Type<'a>),
    /// Fields with names.
    Record(&'a [(&'a str, Type<'a>)]),
    /// Fields without names; none at all is no type, but what stands for the lack of a value.
    Tuple(&'a [Type<'a>]),
    /// One of several cases, each with a value or without.
    Variant(&'a [(&'a str, Option<Type<'a>>)]),
    /// One of several cases without values.
    Enum(&'a [&'a str]),
    /// Labels, each there or not.
    Flags(&'a [&'a str]),
    /// A value or none.
    Option(&'a Type<'a>),
    /// A value, or another that says why not.
    Result {
        /// The value.
        ok: Option<&'a Type<'a>>,
        /// Why not.
        err: Option<&'a Type<'a>>,
    },
    /// A resource of the host that changes its owner: the Rust type that it stands for.
    Own(TypeId),
    /// A resource of the host that is lent for a call.
    Borrow(TypeId),
}

impl<'a> Type<'a> {
    /// As what a case of a result has: no value at all for the empty tuple.
    pub const fn payload(&'a self) -> Option<&'a Self> {
        match self {
            Self::Tuple([]) => None,
            _ => Some(self),
        }
    }
}

/// What the options of a canonical definition say of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CanonicalOptions {
    /// The type of the memory's addresses.
    pub address: AddressType,
    /// The encoding of strings.
    pub encoding: StringEncoding,
}

impl Default for CanonicalOptions {
    /// A 32-bit memory, strings in UTF-8.
    fn default() -> Self {
        Self {
            address: AddressType::I32,
            encoding: StringEncoding::Utf8,
        }
    }
}
