//! Size, alignment and flat form of a type.
//!
//! Everything is computed by `const` functions over [`Type`]: from the rows of
//! `spec/component/layout.toml` for what needs no definition, upwards for the rest. So a layout is
//! a constant of the Rust type, and a type that components cannot have does not compile. Standard:
//! Component Model, `CanonicalABI.md`, "Alignment", "Element Size" and "Flattening".

use super::{Flat, Type};
use crate::component::layout::{self, AddressType};
pub use crate::read::component::ValueLayout;

/// How values of a type are laid out in memory and passed, for both address types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CanonicalAbi {
    /// With 32-bit addresses.
    pub memory32: CanonicalAbiInfo,
    /// With 64-bit addresses.
    pub memory64: CanonicalAbiInfo,
}

/// How values of a type are laid out in memory and passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CanonicalAbiInfo {
    /// Bytes.
    pub size: u32,
    /// A multiple of this is the address.
    pub align: u32,
    /// The core types.
    pub flat: Flat,
}

impl ValueLayout {
    /// With addresses of a type.
    pub const fn abi(self, address: AddressType) -> CanonicalAbiInfo {
        match self {
            Self::Scalar { size, align, flat } => CanonicalAbiInfo {
                size,
                align,
                flat: Flat::NONE.with(flat),
            },
            Self::Words(words) => {
                let mut flat = Flat::NONE;
                while flat.count() < words {
                    flat = flat.with(address.flat());
                }
                CanonicalAbiInfo {
                    size: address.size() * words,
                    align: address.size(),
                    flat,
                }
            }
        }
    }
}

impl CanonicalAbi {
    /// That of a type.
    ///
    /// # Panics
    /// If components cannot have the type: too many flags, a size beyond all memories, a list of
    /// nothing. It is for constants, where that is a compile error; [`CanonicalAbiInfo::of`] is
    /// for the rest.
    pub const fn of(ty: &Type<'_>) -> Self {
        match (
            CanonicalAbiInfo::of(ty, AddressType::I32),
            CanonicalAbiInfo::of(ty, AddressType::I64),
        ) {
            (Some(memory32), Some(memory64)) => Self { memory32, memory64 },
            _ => panic!("components have no such type"),
        }
    }

    /// That with addresses of a type.
    #[inline]
    pub const fn with(&self, address: AddressType) -> &CanonicalAbiInfo {
        match address {
            AddressType::I32 => &self.memory32,
            AddressType::I64 => &self.memory64,
        }
    }
}

impl CanonicalAbiInfo {
    /// Nothing.
    pub(in crate::component) const EMPTY: Self = Self {
        size: 0,
        align: 1,
        flat: Flat::NONE,
    };

    /// That of a type; none if components cannot have it. It is as deep a recursion as the type.
    pub const fn of(ty: &Type<'_>, address: AddressType) -> Option<Self> {
        match ty {
            Type::Primitive(primitive) => Some(primitive.layout().abi(address)),
            Type::List(element) => match Self::of(element, address) {
                Some(Self { size: 1.., .. }) => Some(layout::LIST.abi(address)),
                _ => None,
            },
            Type::Record(fields) => {
                let mut record = Self::EMPTY;
                let mut place = 0;
                while place < fields.len() {
                    record = match record.with(Self::of(&fields[place].1, address)) {
                        Some(record) => record,
                        None => return None,
                    };
                    place += 1;
                }
                record.padded()
            }
            Type::Tuple(fields) => {
                let mut tuple = Self::EMPTY;
                let mut place = 0;
                while place < fields.len() {
                    tuple = match tuple.with(Self::of(&fields[place], address)) {
                        Some(tuple) => tuple,
                        None => return None,
                    };
                    place += 1;
                }
                tuple.padded()
            }
            Type::Own(_) => Some(layout::OWN.abi(address)),
            Type::Borrow(_) => Some(layout::BORROW.abi(address)),
            Type::Flags(labels) => match layout::flags(labels.len() as u64) {
                Some(primitive) => Some(primitive.layout().abi(address)),
                None => None,
            },
            Type::Variant(_) | Type::Enum(_) | Type::Option(_) | Type::Result { .. } => {
                match (Self::cases(ty), Self::of_payload(ty, address)) {
                    (Some(discriminant), Some(payload)) => {
                        // The payload follows whatever comes before it.
                        let with = Self::EMPTY.with(Some(discriminant.abi(address)));
                        match with {
                            Some(with) => match with.with(Some(payload)) {
                                Some(variant) => variant.padded(),
                                None => None,
                            },
                            None => None,
                        }
                    }
                    _ => None,
                }
            }
        }
    }

    /// What tells the cases of a type apart.
    pub(super) const fn cases(ty: &Type<'_>) -> Option<ValueLayout> {
        let count = match ty {
            Type::Variant(cases) => cases.len(),
            Type::Enum(labels) => labels.len(),
            Type::Option(_) | Type::Result { .. } => 2,
            _ => return None,
        };
        match layout::discriminant(count as u64) {
            Some(primitive) => Some(primitive.layout()),
            None => None,
        }
    }

    /// What has room for the value of any case of a type; its size is that of the largest.
    pub(super) const fn of_payload(ty: &Type<'_>, address: AddressType) -> Option<Self> {
        let none = Some(Self::EMPTY);
        match ty {
            Type::Variant(cases) => {
                let mut payload = none;
                let mut place = 0;
                while place < cases.len() {
                    payload = Self::either(payload, cases[place].1.as_ref(), address);
                    place += 1;
                }
                payload
            }
            Type::Option(some) => Self::either(none, Some(some), address),
            Type::Result { ok, err } => {
                Self::either(Self::either(none, *ok, address), *err, address)
            }
            _ => none,
        }
    }

    /// Room for one or the other.
    const fn either(
        one: Option<Self>,
        ty: Option<&Type<'_>>,
        address: AddressType,
    ) -> Option<Self> {
        let Some(ty) = ty else { return one };
        match (one, Self::of(ty, address)) {
            (Some(one), Some(other)) => Some(one.or(&other)),
            _ => None,
        }
    }

    /// Room for this or another value.
    pub(in crate::component) const fn or(self, other: &Self) -> Self {
        Self {
            size: larger(self.size, other.size),
            align: larger(self.align, other.align),
            flat: self.flat.join(&other.flat),
        }
    }

    /// Where a value is that follows what ends here; `end` is then its end.
    #[inline]
    pub(in crate::component) fn place(&self, end: &mut u64) -> u64 {
        let at = end.checked_next_multiple_of(u64::from(self.align));
        let at = at.unwrap_or(u64::MAX);
        *end = at.saturating_add(u64::from(self.size));
        at
    }

    /// With another value behind it.
    pub(in crate::component) const fn with(self, field: Option<Self>) -> Option<Self> {
        let Some(field) = field else { return None };
        let Some(at) = self.size.checked_next_multiple_of(field.align) else {
            return None;
        };
        match at.checked_add(field.size) {
            Some(size) => Some(Self {
                size,
                align: larger(self.align, field.align),
                flat: self.flat.and(&field.flat),
            }),
            None => None,
        }
    }

    /// With a size that keeps the next of a list aligned.
    pub(in crate::component) const fn padded(self) -> Option<Self> {
        match self.size.checked_next_multiple_of(self.align) {
            Some(size) => Some(Self { size, ..self }),
            None => None,
        }
    }
}

const fn larger(one: u32, other: u32) -> u32 {
    if one < other { other } else { one }
}
