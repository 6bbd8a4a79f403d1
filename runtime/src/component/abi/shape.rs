//! The parts of resolved types: what they are, and where they lie.
//!
//! What moves values by the table of types ([`dynamic`](super::dynamic), the adapters) asks here, so
//! that there is one place that knows how a type is made of others. Standard: Component Model,
//! `CanonicalABI.md`, "Alignment", "Element Size" and "Despecialization".

use super::{CanonicalAbiInfo, ValueLayout};
use crate::component::types::{Defined, TypeTable, ValueType};
use crate::component::{AddressType, Primitive, layout};

/// The type of the part with this number; of the value of this case, if the type has cases.
pub(in crate::component) fn part(whole: &Defined, case: usize, index: usize) -> Option<ValueType> {
    match whole {
        Defined::Record(fields) => Some(fields.get(index)?.1),
        Defined::Tuple(fields) => fields.get(index).copied(),
        Defined::List(element) | Defined::FixedList(element, _) => Some(*element),
        Defined::Map(key, _) if index.is_multiple_of(2) => Some(*key),
        Defined::Map(_, value) => Some(*value),
        Defined::Variant(cases) => cases.get(case)?.1,
        Defined::Option(some) if case == 1 => Some(*some),
        Defined::Result { ok, .. } if case == 0 => *ok,
        Defined::Result { err, .. } if case == 1 => *err,
        _ => None,
    }
}

/// The layout of what is behind the address of a list or map: of an element, or of a key with its
/// value.
pub(in crate::component) fn element(
    types: &TypeTable,
    list: &Defined,
    address: AddressType,
) -> Option<CanonicalAbiInfo> {
    match list {
        Defined::List(element) => Some(types.info(*element, address)),
        Defined::Map(key, value) => CanonicalAbiInfo::EMPTY
            .with(Some(types.info(*key, address)))?
            .with(Some(types.info(*value, address)))?
            .padded(),
        _ => None,
    }
}

/// How many cases a type has; none of a type without cases.
pub(in crate::component) fn cases(ty: &Defined) -> Option<u32> {
    match ty {
        Defined::Variant(cases) => Some(cases.len() as u32),
        Defined::Enum(labels) => Some(labels.len() as u32),
        Defined::Option(_) | Defined::Result { .. } => Some(2),
        _ => None,
    }
}

/// The bytes of the number that tells this many cases apart.
pub(in crate::component) fn discriminant(count: u32) -> u32 {
    layout::discriminant(count.into()).map_or(0, bytes)
}

/// The bytes of this many flags.
pub(in crate::component) fn flags(count: usize) -> u32 {
    layout::flags(count as u64).map_or(0, bytes)
}

/// From the start of a type with cases to their value.
///
/// It is the alignment of the whole: the number of the case takes as many bytes as its own
/// alignment, and where the value needs more, the whole does.
pub(in crate::component) const fn payload(whole: &CanonicalAbiInfo) -> u32 {
    whole.align
}

fn bytes(primitive: Primitive) -> u32 {
    match primitive.layout() {
        ValueLayout::Scalar { size, .. } => size,
        ValueLayout::Words(_) => 0,
    }
}
