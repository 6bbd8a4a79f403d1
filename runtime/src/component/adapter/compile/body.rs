//! Bodies: what moves a value that is made of others.
//!
//! A body ends by going back to where it was called from, with the frame that was left there. Which
//! bodies there are is known only when all are written, since each may call new ones; how deep they
//! nest follows then from who calls whom.

use alloc::collections::BTreeMap;

use super::super::op::{Op, Place};
use super::{Compiler, Cursor};
use crate::allocation::{self, OutOfMemory};
use crate::component::abi::{CanonicalOptions, shape};
use crate::component::types::{Defined, TypeId, ValueType};
use crate::error::Result;

/// What a body moves, and between what; it is there once for all that agree in this.
///
/// In memory, a value begins at the frame's address. Bodies are in the order of their types, with
/// those before a body that it may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Body {
    /// A type; the same after the number of its definition.
    rank: u64,
    moved: Moved,
    /// The registers at which it begins on each side, if it is not in memory.
    from: Option<u32>,
    to: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Moved {
    /// A key of a map with its value.
    Entry(TypeId),
    Value(ValueType),
}

impl Body {
    /// Of a value in memory.
    pub(super) fn value(ty: ValueType) -> Self {
        let rank = match ty {
            ValueType::Primitive(_) => 0,
            ValueType::Defined(id) => 2 * u64::from(id.0) + 2,
        };
        Self {
            rank,
            moved: Moved::Value(ty),
            from: None,
            to: None,
        }
    }

    /// Of a key of this map, with its value.
    pub(super) fn entry(map: TypeId) -> Self {
        Self {
            rank: 2 * u64::from(map.0) + 1,
            moved: Moved::Entry(map),
            from: None,
            to: None,
        }
    }

    /// Of a value at these places, and what is added to the frame's addresses.
    pub(super) fn at(ty: ValueType, from: Place, to: Place) -> (Self, u32, u32) {
        let split = |place| match place {
            Place::Slot(slot) => (Some(slot), 0),
            Place::Memory(offset) => (None, offset),
        };
        let ((from, source), (to, target)) = (split(from), split(to));
        let body = Self {
            from,
            to,
            ..Self::value(ty)
        };
        (body, source, target)
    }

    fn places(&self) -> (Place, Place) {
        let place = |slot: Option<u32>| slot.map_or(Place::Memory(0), Place::Slot);
        (place(self.from), place(self.to))
    }
}

/// How deep bodies nest that call each other so.
pub(super) fn height(bodies: &[(Body, u32)], calls: &mut [(u32, u32)]) -> Result<u32> {
    let rank = |number: u32| bodies[number as usize].0.rank;
    // Whoever is called has a lower rank, so how much is below it is known.
    calls.sort_unstable_by_key(|(outer, _)| rank(*outer));
    let mut below = allocation::zeroed::<u64>(bodies.len()).ok_or(OutOfMemory)?;
    for (outer, inner) in calls {
        let inner = below[*inner as usize] + 1;
        let outer = &mut below[*outer as usize];
        *outer = inner.max(*outer);
    }
    let deepest = below.into_iter().max();
    Ok(deepest.map_or(0, |below| below as u32 + 1))
}

impl Compiler<'_> {
    /// Writes a body.
    pub(super) fn body(&mut self, number: usize, (body, _): (Body, u32)) -> Result<()> {
        self.bodies[number].1 = self.program.ops.len() as u32;
        let (from, to) = body.places();
        let mut cursors = (
            Cursor::new(self.program.source, from),
            Cursor::new(self.program.target, to),
        );
        let types = self.types;
        let ty = match body.moved {
            Moved::Entry(map) => {
                if let Defined::Map(key, value) = types.get(map) {
                    self.fields(number, [*key, *value], &mut cursors)?;
                }
                return self.push(Op::Return);
            }
            Moved::Value(ty) => ty,
        };
        let ValueType::Defined(id) = ty else {
            self.value(Some(number), ty, (from, to))?;
            return self.push(Op::Return);
        };
        match types.get(id) {
            Defined::Record(fields) => {
                let fields = fields.iter().map(|(_, ty)| *ty);
                self.fields(number, fields, &mut cursors)?;
            }
            Defined::Tuple(fields) => {
                self.fields(number, fields.iter().copied(), &mut cursors)?;
            }
            Defined::FixedList(element, count) => match (from, to) {
                (Place::Memory(from), Place::Memory(to)) => {
                    let count = *count;
                    self.push(Op::Fixed { from, to, count })?;
                    let size =
                        |options: CanonicalOptions| types.info(*element, options.address).size;
                    let sizes = (size(self.program.source), size(self.program.target));
                    let body = Body::value(*element);
                    self.elements(Some(number), Some(*element), body, sizes)?;
                }
                // No more than core values can be.
                _ => {
                    let elements = (0..*count).map(|_| *element);
                    self.fields(number, elements, &mut cursors)?;
                }
            },
            Defined::Variant(_) | Defined::Option(_) | Defined::Result { .. } => {
                return self.cases(number, ty, id, (from, to));
            }
            _ => self.value(Some(number), ty, (from, to))?,
        }
        self.push(Op::Return)
    }

    /// Moves values that follow each other.
    fn fields(
        &mut self,
        outer: usize,
        fields: impl IntoIterator<Item = ValueType>,
        (from, to): &mut (Cursor, Cursor),
    ) -> Result<()> {
        for ty in fields {
            let places = (from.next(self.types, ty), to.next(self.types, ty));
            self.value(Some(outer), ty, places)?;
        }
        Ok(())
    }

    /// Moves a value of a type with cases.
    fn cases(
        &mut self,
        outer: usize,
        ty: ValueType,
        id: TypeId,
        (from, to): (Place, Place),
    ) -> Result<()> {
        let (types, options) = (self.types, (self.program.source, self.program.target));
        let count = shape::cases(types.get(id)).unwrap_or(0);
        let cases = self.program.cases.len() as u32;
        self.push(Op::Switch {
            size: shape::discriminant(count),
            count,
            from,
            to,
            cases,
        })?;
        allocation::reserve(&mut self.program.cases, count as usize)?;
        let payload = |place, options: CanonicalOptions| match place {
            Place::Slot(slot) => Place::Slot(slot + 1),
            Place::Memory(offset) => {
                let info = types.info(ty, options.address);
                Place::Memory(offset + shape::payload(&info))
            }
        };
        let places = (payload(from, options.0), payload(to, options.1));
        self.size.take(count as usize * size_of::<u32>())?;
        // Cases with values of one type are one.
        let mut begun: BTreeMap<Option<ValueType>, u32> = BTreeMap::new();
        for case in 0..count as usize {
            let value = shape::part(types.get(id), case, 0);
            let next = self.program.ops.len() as u32;
            let begins = *begun.entry(value).or_insert(next);
            self.program.cases.push(begins);
            if begins < next {
                continue;
            }
            if let Some(value) = value {
                self.value(Some(outer), value, places)?;
            }
            if let Place::Slot(slot) = to {
                let flat = |ty| types.info(ty, options.1.address).flat.count();
                let (all, used) = (flat(ty), 1 + value.map_or(0, flat));
                if used < all {
                    let (slot, count) = (slot + used, all - used);
                    self.push(Op::Zero { slot, count })?;
                }
            }
            self.push(Op::Return)?;
        }
        Ok(())
    }
}
