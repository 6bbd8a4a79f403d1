//! Size, alignment and flat form of resolved types.
//!
//! The same sums as of the constants of [`Type`](crate::component::Type), over the same functions
//! of [`CanonicalAbiInfo`]; the parts of a type are in the table before it, so each sum looks one
//! level deep. Standard: Component Model, `CanonicalABI.md`, "Alignment", "Element Size" and
//! "Flattening".

use super::{Defined, TypeTable, ValueType};
use crate::component::abi::{CanonicalAbi, CanonicalAbiInfo};
use crate::component::layout::{self, AddressType};

impl TypeTable {
    /// How values of a type are laid out in memory and passed.
    pub(crate) fn abi(&self, ty: ValueType) -> CanonicalAbi {
        match ty {
            ValueType::Primitive(primitive) => CanonicalAbi {
                memory32: primitive.layout().abi(AddressType::I32),
                memory64: primitive.layout().abi(AddressType::I64),
            },
            ValueType::Defined(id) => self.types[id.0 as usize].1,
        }
    }

    /// The same for one type of addresses.
    pub(crate) fn info(&self, ty: ValueType, address: AddressType) -> CanonicalAbiInfo {
        *self.abi(ty).with(address)
    }

    /// That of a type whose parts are in the table; none if components cannot have it.
    pub(super) fn layout(&self, ty: &Defined) -> Option<CanonicalAbi> {
        Some(CanonicalAbi {
            memory32: self.with(ty, AddressType::I32)?,
            memory64: self.with(ty, AddressType::I64)?,
        })
    }

    fn with(&self, ty: &Defined, address: AddressType) -> Option<CanonicalAbiInfo> {
        let empty = CanonicalAbiInfo::EMPTY;
        let after = |record: CanonicalAbiInfo, field: ValueType| {
            record.with(Some(self.info(field, address)))
        };
        match ty {
            Defined::Record(fields) => {
                let mut fields = fields.iter().map(|(_, field)| *field);
                fields.try_fold(empty, after)?.padded()
            }
            Defined::Tuple(fields) => fields.iter().copied().try_fold(empty, after)?.padded(),
            Defined::FixedList(element, count) => {
                let element = self.info(*element, address);
                let mut list = CanonicalAbiInfo {
                    size: element.size.checked_mul(*count)?,
                    align: element.align,
                    flat: empty.flat,
                };
                // Beyond what core values can pass, they are only counted.
                for _ in 0..*count {
                    if list.flat.types().is_none() {
                        break;
                    }
                    list.flat = list.flat.and(&element.flat);
                }
                Some(list)
            }
            Defined::Flags(labels) => {
                Some(layout::flags(labels.len() as u64)?.layout().abi(address))
            }
            Defined::Variant(_)
            | Defined::Enum(_)
            | Defined::Option(_)
            | Defined::Result { .. } => {
                let discriminant = layout::discriminant(cases(ty)?)?.layout().abi(address);
                let payload = self.payload(ty, address);
                empty
                    .with(Some(discriminant))?
                    .with(Some(payload))?
                    .padded()
            }
            Defined::List(_) => Some(layout::LIST.abi(address)),
            Defined::Map(..) => Some(layout::MAP.abi(address)),
            Defined::Own(_) => Some(layout::OWN.abi(address)),
            Defined::Borrow(_) => Some(layout::BORROW.abi(address)),
            Defined::Stream(_) => Some(layout::STREAM.abi(address)),
            Defined::Future(_) => Some(layout::FUTURE.abi(address)),
        }
    }

    /// What has room for the value of any case.
    fn payload(&self, ty: &Defined, address: AddressType) -> CanonicalAbiInfo {
        let mut payload = CanonicalAbiInfo::EMPTY;
        let mut either = |case: Option<ValueType>| {
            if let Some(case) = case {
                payload = payload.or(&self.info(case, address));
            }
        };
        match ty {
            Defined::Variant(cases) => cases.iter().for_each(|(_, case)| either(*case)),
            Defined::Option(some) => either(Some(*some)),
            Defined::Result { ok, err } => {
                either(*ok);
                either(*err);
            }
            _ => {}
        }
        payload
    }
}

/// How many cases a type has.
fn cases(ty: &Defined) -> Option<u64> {
    match ty {
        Defined::Variant(cases) => Some(cases.len() as u64),
        Defined::Enum(labels) => Some(labels.len() as u64),
        Defined::Option(_) | Defined::Result { .. } => Some(2),
        _ => None,
    }
}
