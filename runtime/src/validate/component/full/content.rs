//! Values that a component holds itself: whether the bytes are one of the type.
//!
//! What is left to read is a list of types, so that values in each other take no stack; of a list it is
//! the type of its elements and how many are left. Standard: Component Model, `Binary.md`, "Value
//! Definitions".

use super::Full;
use super::record::{Entity, Goal};
use super::storage::ComponentStorage;
use super::value::{Parts, Value};
use crate::profile::{Everything, Gate};
use crate::read::Reader;
use crate::read::component::{DefinedType, Primitive, Sort};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit};
use crate::validate::List;

/// What is left to read: values of a type, or entries of a map.
const VALUES: u32 = 0;
const ENTRIES: u32 = 1;

impl<'a, G: Gate, S: ComponentStorage> Full<'a, '_, G, S> {
    /// The bytes are one value of a type, and nothing else.
    pub(super) fn is_content(
        &mut self,
        ty: Entity,
        content: &'a [u8],
        at: usize,
    ) -> Result<(), Reject> {
        let start = self.text_of(content).start as usize;
        let mut reader = Reader::range(self.bytes, start..start + content.len());
        let before = self.goals.len();
        let mark = self.mark();
        self.values_left(ty, 1, VALUES, at)?;
        while let Some(goal) = self.next_goal(before, at)? {
            let (left, what) = (goal.expected.first, goal.expected.second);
            if let Some(left @ 1..) = left.checked_sub(1) {
                self.values_left(goal.actual, left, what, at)?;
            }
            match what {
                ENTRIES => self.read_entry(goal.actual, at)?,
                _ => self.read_value(goal.actual, &mut reader, at)?,
            }
        }
        self.forget(mark);
        reader.complete()
    }

    /// So many values of a type are to be read, or entries of a map.
    fn values_left(&mut self, ty: Entity, count: u32, what: u32, at: usize) -> Result<(), Reject> {
        let goal = Goal {
            actual: ty,
            expected: Entity::new(Sort::Value, count, what),
        };
        let most = u64::from(u32::MAX);
        self.goals.add(goal, Limit::ComponentSteps, most, at)
    }

    /// An entry of a map: a key and a value.
    fn read_entry(&mut self, map: Entity, at: usize) -> Result<(), Reject> {
        match self.value(map, at)? {
            Value::Defined {
                ty,
                scope,
                substitution,
            } => self.all_left(&ty, scope, substitution, at),
            Value::Primitive(_) => Ok(()),
        }
    }

    fn read_value(&mut self, value: Entity, r: &mut Reader<'a>, at: usize) -> Result<(), Reject> {
        let wrong = |r: &Reader<'_>| Reject::new(ErrorCode::ValueContent, r.position());
        let (ty, scope, substitution) = match self.value(value, at)? {
            Value::Primitive(ty) => return read_primitive(ty, r),
            Value::Defined {
                ty,
                scope,
                substitution,
            } => (ty, scope, substitution),
        };
        let place = *r;
        let part = match ty {
            DefinedType::Record { .. } | DefinedType::Tuple { .. } => {
                return self.all_left(&ty, scope, substitution, at);
            }
            DefinedType::List { element } => (Some(element), r.u32()?),
            DefinedType::FixedList { element, length } => (Some(element), length.get()),
            DefinedType::Map { .. } => {
                return match r.u32()? {
                    0 => Ok(()),
                    entries => self.values_left(value, entries, ENTRIES, at),
                };
            }
            DefinedType::Variant { cases } => {
                let case = cases.iter().nth(r.u32()? as usize);
                (case.ok_or_else(|| wrong(&place))?.ty, 1)
            }
            DefinedType::Enum { labels } => match (r.u32()? as usize) < labels.len() {
                true => (None, 0),
                false => return Err(wrong(&place)),
            },
            DefinedType::Flags { labels } => {
                let bytes = r.bytes(labels.len().div_ceil(u8::BITS as usize))?;
                let unused = labels.len() % u8::BITS as usize;
                let last = bytes.last().copied().unwrap_or(0);
                match unused == 0 || last >> unused == 0 {
                    true => (None, 0),
                    false => return Err(wrong(&place)),
                }
            }
            DefinedType::Option { ty } => match r.u8()? {
                0 => (None, 0),
                1 => (Some(ty), 1),
                _ => return Err(wrong(&place)),
            },
            DefinedType::Result { ok, err } => match r.u8()? {
                0 => (ok, 1),
                1 => (err, 1),
                _ => return Err(wrong(&place)),
            },
            // Handles are given at run time.
            _ => return Err(wrong(&place)),
        };
        match part {
            (Some(part), count @ 1..) => {
                let part = self.any_part(part, scope, substitution, at)?;
                self.values_left(part, count, VALUES, at)
            }
            _ => Ok(()),
        }
    }

    /// A value of each part is to be read, the first one first.
    fn all_left(
        &mut self,
        ty: &DefinedType<'a>,
        scope: u32,
        substitution: u32,
        at: usize,
    ) -> Result<(), Reject> {
        let start = self.goals.len();
        for part in Parts::of(ty) {
            let part = self.any_part(part, scope, substitution, at)?;
            self.values_left(part, 1, VALUES, at)?;
        }
        // The last one is taken first.
        let (mut low, mut high) = (start, self.goals.len());
        while low + 1 < high {
            high -= 1;
            if let Some((first, last)) = self.goals.get(low).zip(self.goals.get(high)) {
                self.goals.set(low, last);
                self.goals.set(high, first);
            }
            low += 1;
        }
        Ok(())
    }
}

fn read_primitive(ty: Primitive, r: &mut Reader<'_>) -> Result<(), Reject> {
    let at = r.position();
    let wrong = Reject::new(ErrorCode::ValueContent, at);
    let holds = match ty {
        Primitive::Bool => r.u8()? <= 1,
        Primitive::S8 | Primitive::U8 => r.u8().map(|_| true)?,
        Primitive::S16 => i16::try_from(r.i32()?).is_ok(),
        Primitive::U16 => u16::try_from(r.u32()?).is_ok(),
        Primitive::S32 => r.i32().map(|_| true)?,
        Primitive::U32 => r.u32().map(|_| true)?,
        Primitive::S64 => r.i64().map(|_| true)?,
        Primitive::U64 => r.u64().map(|_| true)?,
        // There is one that is not a number.
        Primitive::F32 => {
            let value = r.f32()?;
            !value.is_nan() || value.to_bits() == f32::NAN.to_bits()
        }
        Primitive::F64 => {
            let value = r.f64()?;
            !value.is_nan() || value.to_bits() == f64::NAN.to_bits()
        }
        Primitive::Char => {
            let bytes = r.rest();
            let length = bytes.first().map_or(1, |first| first.leading_ones().max(1));
            core::str::from_utf8(r.bytes(length as usize)?).is_ok()
        }
        Primitive::String => r.name(&Everything).map(|_| true)?,
        // Handles are given at run time.
        Primitive::ErrorContext => false,
    };
    match holds {
        true => Ok(()),
        false => Err(wrong),
    }
}
