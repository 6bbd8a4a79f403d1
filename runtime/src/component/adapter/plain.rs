//! Which types are the same bits on both sides.
//!
//! A value is plain if all its bits mean something and every combination of them is a value: numbers,
//! and what is made of them without padding. Plain values are copied without a look at them.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::component::AddressType;
use crate::component::types::{Defined, TypeId, TypeTable, ValueType};
use crate::component::{Primitive, abi::shape};

/// Types that a program moves, each with whether it is plain.
#[derive(Debug, Default)]
pub(super) struct Plain(BTreeMap<TypeId, bool>);

impl Plain {
    /// That of these types and of all that they are made of.
    pub(super) fn of(types: &TypeTable, values: impl Iterator<Item = ValueType>) -> Self {
        let mut found = BTreeSet::new();
        let mut open = alloc::vec::Vec::new();
        let mut see = |ty: ValueType, open: &mut alloc::vec::Vec<TypeId>| {
            if let ValueType::Defined(id) = ty
                && found.insert(id)
            {
                open.push(id);
            }
        };
        values.for_each(|ty| see(ty, &mut open));
        while let Some(id) = open.pop() {
            parts(types.get(id)).for_each(|part| see(part, &mut open));
        }
        // Types are made of those before them.
        let mut plain = Self::default();
        for id in found {
            let is = plain.defined(types, ValueType::Defined(id), types.get(id));
            plain.0.insert(id, is);
        }
        plain
    }

    /// Whether a type is plain.
    pub(super) fn is(&self, ty: ValueType) -> bool {
        match ty {
            ValueType::Primitive(primitive) => match primitive {
                Primitive::S8
                | Primitive::U8
                | Primitive::S16
                | Primitive::U16
                | Primitive::S32
                | Primitive::U32
                | Primitive::S64
                | Primitive::U64
                | Primitive::F32
                | Primitive::F64 => true,
                Primitive::Bool | Primitive::Char | Primitive::String | Primitive::ErrorContext => {
                    false
                }
            },
            ValueType::Defined(id) => self.0.get(&id).is_some_and(|plain| *plain),
        }
    }

    /// The same of a type of which all parts are known.
    fn defined(&self, types: &TypeTable, ty: ValueType, defined: &Defined) -> bool {
        match defined {
            Defined::Record(_) | Defined::Tuple(_) | Defined::FixedList(..) => {
                let size = |ty| u64::from(types.info(ty, AddressType::I32).size);
                let sum = match defined {
                    Defined::FixedList(element, count) => size(*element) * u64::from(*count),
                    _ => parts(defined).map(size).sum(),
                };
                sum == size(ty) && parts(defined).all(|part| self.is(part))
            }
            Defined::Flags(labels) => labels.len() as u32 == shape::flags(labels.len()) * u8::BITS,
            _ => false,
        }
    }
}

/// All types that one is made of, each once or more often.
fn parts(ty: &Defined) -> impl Iterator<Item = ValueType> + '_ {
    let (count, cases) = match ty {
        Defined::Record(fields) => (fields.len(), 1),
        Defined::Tuple(fields) => (fields.len(), 1),
        Defined::List(_) | Defined::FixedList(..) => (1, 1),
        Defined::Map(..) => (2, 1),
        _ => (1, shape::cases(ty).unwrap_or(0) as usize),
    };
    let each = move |case| (0..count).filter_map(move |index| shape::part(ty, case, index));
    (0..cases).flat_map(each)
}
