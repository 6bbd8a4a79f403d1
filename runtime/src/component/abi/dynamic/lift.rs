//! From a guest to [`Val`].
//!
//! A value is read from its outermost part on. Whatever takes memory of the host for it is taken from
//! a budget before it is allocated, so that a guest cannot claim more by a length alone.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Handles, Parts, Place};
use crate::allocation::{self, OutOfMemory};
use crate::component::MAX_LIST_BYTE_LENGTH;
use crate::component::abi::{CanonicalOptions, FlatReader, LiftContext, list, pointer, shape};
use crate::component::types::{Defined, TypeTable, ValueType};
use crate::component::val::Val;
use crate::spec::Trap;

/// What values are lifted with.
pub(crate) struct Lifting<'a, H: ?Sized> {
    pub(super) types: &'a TypeTable,
    pub(super) cx: LiftContext<'a>,
    pub(super) handles: &'a mut H,
    /// Bytes of the host that values may still take.
    pub(super) budget: &'a mut u64,
}

/// A value of which parts are missing.
struct Open<'t> {
    ty: &'t Defined,
    case: usize,
    /// How many parts it has.
    count: usize,
    /// Those that are there.
    found: Vec<Val>,
    parts: Parts,
}

/// What begins at a place.
enum Begun<'t> {
    Whole(Val),
    Open(Open<'t>),
}

impl<'a, H: Handles + ?Sized> Lifting<'a, H> {
    /// From this memory. What is lifted takes bytes of the budget, and traps if there are none
    /// left ([`Trap::LiftedTooMuch`]).
    pub(crate) fn new(
        types: &'a TypeTable,
        memory: &'a [u8],
        options: CanonicalOptions,
        handles: &'a mut H,
        budget: &'a mut u64,
    ) -> Self {
        let cx = LiftContext::new(memory, options);
        Self {
            types,
            cx,
            handles,
            budget,
        }
    }

    /// The value at an address.
    pub(crate) fn load(&mut self, ty: ValueType, at: u64) -> Result<Val, Trap> {
        let info = self.types.info(ty, self.cx.options().address);
        self.checked(at, info.size, info.align)?;
        self.value(ty, &mut FlatReader::new(&[]), Place::Memory(at))
    }

    /// An address, if the value there is within the memory.
    pub(super) fn checked(&self, at: u64, size: u32, align: u32) -> Result<u64, Trap> {
        let (memory, outside) = (self.cx.memory().len(), Trap::MemoryOutOfBounds);
        pointer::checked(at, align, size.into(), memory, outside)?;
        Ok(at)
    }

    /// The value at a place, from its outermost part to the innermost.
    pub(super) fn value(
        &mut self,
        ty: ValueType,
        flat: &mut FlatReader<'_>,
        at: Place,
    ) -> Result<Val, Trap> {
        let mut open: Vec<Open<'a>> = Vec::new();
        let mut begun = self.begin(ty, flat, at)?;
        loop {
            begun = match begun {
                Begun::Whole(value) => match open.pop() {
                    None => return Ok(value),
                    Some(mut outer) => {
                        outer.found.push(value);
                        Begun::Open(outer)
                    }
                },
                Begun::Open(mut inner) => match inner.next(self.types, self.cx.options()) {
                    None => Begun::Whole(self.close(inner, flat)?),
                    Some((ty, at)) => {
                        allocation::reserve(&mut open, 1).map_err(no_memory)?;
                        open.push(inner);
                        self.begin(ty, flat, at)?
                    }
                },
            };
        }
    }

    /// Reads a value as far as it is not made of others.
    fn begin(
        &mut self,
        ty: ValueType,
        flat: &mut FlatReader<'_>,
        at: Place,
    ) -> Result<Begun<'a>, Trap> {
        let id = match ty {
            ValueType::Primitive(primitive) => {
                return self.primitive(primitive, flat, at).map(Begun::Whole);
            }
            ValueType::Defined(id) => id,
        };
        let address = self.cx.options().address;
        let info = self.types.info(ty, address);
        let start = flat.position();
        let types = self.types;
        let ty = types.get(id);
        match ty {
            Defined::Record(fields) => {
                let names = fields.iter().map(|(name, _)| name.len()).sum();
                self.charge(1, names)?;
                self.charge(fields.len(), size_of::<(String, Val)>())?;
                self.open(ty, 0, fields.len(), Parts::of(at, start, &info))
            }
            Defined::Tuple(fields) => {
                self.charge(fields.len(), size_of::<Val>())?;
                self.open(ty, 0, fields.len(), Parts::of(at, start, &info))
            }
            Defined::FixedList(_, count) => {
                self.charge(*count as usize, size_of::<Val>())?;
                self.open(ty, 0, *count as usize, Parts::of(at, start, &info))
            }
            Defined::List(_) | Defined::Map(..) => {
                let words: (u64, u64) = self.words(flat, at)?;
                self.list(ty, words)
            }
            Defined::Variant(_)
            | Defined::Enum(_)
            | Defined::Option(_)
            | Defined::Result { .. } => {
                let count = shape::cases(ty).unwrap_or(0);
                let case = self.low(flat, at, shape::discriminant(count))?;
                if case >= count {
                    return Err(Trap::InvalidDiscriminant);
                }
                let case = case as usize;
                if let Defined::Enum(labels) = ty {
                    let label = self.name(labels.get(case).map_or("", |label| label))?;
                    return Ok(Begun::Whole(Val::Enum(label)));
                }
                let count = usize::from(shape::part(ty, case, 0).is_some());
                self.charge(count, size_of::<Val>())?;
                self.open(ty, case, count, Parts::of_case(at, flat.position(), &info))
            }
            Defined::Flags(labels) => {
                let bits = self.low(flat, at, shape::flags(labels.len()))?;
                let set = |place: usize| {
                    bits.checked_shr(place as u32)
                        .is_some_and(|bit| bit & 1 == 1)
                };
                self.charge(labels.len(), size_of::<String>())?;
                let mut flags = list::reserved(labels.len())?;
                for (place, label) in labels.iter().enumerate() {
                    if set(place) {
                        flags.push(self.name(label)?);
                    }
                }
                Ok(Begun::Whole(Val::Flags(flags)))
            }
            Defined::Own(resource) => {
                let handle = self.low(flat, at, info.size)?;
                let value = self.handles.lift_own(*resource, handle)?;
                Ok(Begun::Whole(Val::Resource(value)))
            }
            Defined::Borrow(resource) => {
                let handle = self.low(flat, at, info.size)?;
                let value = self.handles.lift_borrow(*resource, handle)?;
                Ok(Begun::Whole(Val::Resource(value)))
            }
            Defined::Stream(_) | Defined::Future(_) => Err(Trap::MissingAsync),
        }
    }

    /// A list or map with this address and length.
    fn list(&mut self, ty: &'a Defined, (at, len): (u64, u64)) -> Result<Begun<'a>, Trap> {
        let outside = Trap::ListOutOfBounds;
        let element = shape::element(self.types, ty, self.cx.options().address).ok_or(outside)?;
        let bytes = pointer::bytes(len, element.size, MAX_LIST_BYTE_LENGTH).ok_or(outside)?;
        let memory = self.cx.memory().len();
        pointer::checked(at, element.align, bytes, memory, outside)?;
        // It is not more than the bytes, and those are within the memory.
        let mut count = len as usize;
        if let Defined::Map(..) = ty {
            count *= 2;
        }
        self.charge(count, size_of::<Val>())?;
        self.open(ty, 0, count, Parts::Memory(at))
    }

    fn open(
        &self,
        ty: &'a Defined,
        case: usize,
        count: usize,
        parts: Parts,
    ) -> Result<Begun<'a>, Trap> {
        Ok(Begun::Open(Open {
            ty,
            case,
            count,
            found: list::reserved(count)?,
            parts,
        }))
    }

    /// A value whose parts are all there.
    fn close(&self, open: Open<'a>, flat: &mut FlatReader<'_>) -> Result<Val, Trap> {
        if let Parts::Flat(end) = open.parts {
            flat.skip_to(end);
        }
        let mut found = open.found;
        let boxed = |value: Option<Val>| -> Result<Option<Box<Val>>, Trap> {
            value.map(allocation::boxed).transpose().map_err(no_memory)
        };
        Ok(match open.ty {
            Defined::Record(fields) => {
                let mut record = list::reserved(fields.len())?;
                for ((name, _), value) in fields.iter().zip(found) {
                    record.push((copy(name)?, value));
                }
                Val::Record(record)
            }
            Defined::List(_) | Defined::FixedList(..) => Val::List(found),
            Defined::Map(..) => {
                let mut map = list::reserved(found.len() / 2)?;
                let mut values = found.into_iter();
                while let (Some(key), Some(value)) = (values.next(), values.next()) {
                    map.push((key, value));
                }
                Val::Map(map)
            }
            Defined::Variant(cases) => {
                let name = cases.get(open.case).map_or("", |(name, _)| name);
                Val::Variant(copy(name)?, boxed(found.pop())?)
            }
            Defined::Option(_) => Val::Option(boxed(found.pop())?),
            Defined::Result { .. } => {
                let value = boxed(found.pop())?;
                Val::Result(if open.case == 0 {
                    Ok(value)
                } else {
                    Err(value)
                })
            }
            _ => Val::Tuple(found),
        })
    }

    /// The name of a case or label.
    fn name(&mut self, name: &str) -> Result<String, Trap> {
        self.charge(1, name.len())?;
        copy(name)
    }

    /// Takes bytes of the budget.
    pub(super) fn charge(&mut self, count: usize, size: usize) -> Result<(), Trap> {
        let bytes = count
            .checked_mul(size)
            .and_then(|bytes| u64::try_from(bytes).ok());
        let left = bytes.and_then(|bytes| self.budget.checked_sub(bytes));
        *self.budget = left.ok_or(Trap::LiftedTooMuch)?;
        Ok(())
    }
}

impl Open<'_> {
    /// Type and place of the part that is missing first.
    fn next(&mut self, types: &TypeTable, options: CanonicalOptions) -> Option<(ValueType, Place)> {
        let index = self.found.len();
        let ty = (index < self.count).then(|| shape::part(self.ty, self.case, index))??;
        let info = types.info(ty, options.address);
        let at = self.parts.next((types, options), (self.ty, index), &info);
        Some((ty, at))
    }
}

fn copy(name: &str) -> Result<String, Trap> {
    let name = allocation::boxed_str(name).map_err(no_memory)?;
    Ok(name.into_string())
}

fn no_memory(_: OutOfMemory) -> Trap {
    Trap::AllocationTooLarge
}
