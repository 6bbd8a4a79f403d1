//! From [`Val`] to a guest.
//!
//! Each value is compared with its type when it is reached; one that does not fit is a
//! [`ValueMismatch`](crate::component::ValueMismatch). The order of writes is the standard's: what a list or string points to comes
//! before its address.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::mismatch::mismatch;
use super::{Handles, Parts, Place};
use crate::allocation;
use crate::component::MAX_LIST_BYTE_LENGTH;
use crate::component::abi::{CanonicalOptions, FlatWriter, LowerContext, Realloc, pointer, shape};
use crate::component::resource::ResourceAny;
use crate::component::types::{Defined, ResourceId, TypeTable, ValueType};
use crate::component::val::Val;
use crate::error::Error;
use crate::spec::Trap;

/// What values are lowered with.
pub(crate) struct Lowering<'a, R: ?Sized> {
    pub(super) types: &'a TypeTable,
    pub(super) cx: LowerContext<'a, R>,
}

/// A value of which parts are still to be written.
struct Open<'v> {
    ty: &'v Defined,
    value: &'v Val,
    case: usize,
    /// How many parts it has, and how many of them are written.
    count: usize,
    written: usize,
    parts: Parts,
    /// For a list: where its address and length go, and these.
    list: Option<(Place, (u64, u64))>,
}

impl<'a, R: Realloc + Handles + ?Sized> Lowering<'a, R> {
    /// To this guest.
    pub(crate) fn new(types: &'a TypeTable, guest: &'a mut R, options: CanonicalOptions) -> Self {
        let cx = LowerContext::new(guest, options);
        Self { types, cx }
    }

    /// Writes a value to an address.
    pub(crate) fn store(&mut self, ty: ValueType, value: &Val, at: u64) -> Result<(), Error> {
        let info = self.types.info(ty, self.cx.options().address);
        let (memory, outside) = (self.cx.memory().len(), Trap::MemoryOutOfBounds);
        pointer::checked(at, info.align, info.size.into(), memory, outside)?;
        self.value(ty, value, &mut FlatWriter::new(&mut []), Place::Memory(at))
    }

    /// Writes a value to a place, from its outermost part to the innermost.
    pub(super) fn value<'v>(
        &mut self,
        ty: ValueType,
        value: &'v Val,
        flat: &mut FlatWriter<'_>,
        at: Place,
    ) -> Result<(), Error>
    where
        'a: 'v,
    {
        let mut open: Vec<Open<'v>> = Vec::new();
        let mut next = self.begin(ty, value, flat, at)?;
        loop {
            let Some(mut inner) = next.take().or_else(|| open.pop()) else {
                return Ok(());
            };
            match inner.next(self.types, self.cx.options()) {
                None => self.close(&inner, flat)?,
                Some((ty, value, at)) => {
                    allocation::reserve(&mut open, 1)?;
                    open.push(inner);
                    next = self.begin(ty, value, flat, at)?;
                }
            }
        }
    }

    /// Writes a value as far as it is not made of others; what remains, if it is.
    fn begin<'v>(
        &mut self,
        ty: ValueType,
        value: &'v Val,
        flat: &mut FlatWriter<'_>,
        at: Place,
    ) -> Result<Option<Open<'v>>, Error>
    where
        'a: 'v,
    {
        let id = match ty {
            ValueType::Primitive(primitive) => {
                self.primitive(primitive, value, flat, at)?;
                return Ok(None);
            }
            ValueType::Defined(id) => id,
        };
        let options = self.cx.options();
        let info = self.types.info(ty, options.address);
        let types = self.types;
        let ty = types.get(id);
        let parts = Parts::of(at, flat.position(), &info);
        let open = |case, count, parts, list| Open {
            ty,
            value,
            case,
            count,
            written: 0,
            parts,
            list,
        };
        let fields = |count| Ok(Some(open(0, count, parts, None)));
        match (ty, value) {
            (Defined::Record(types), Val::Record(values)) if same_names(types, values) => {
                fields(types.len())
            }
            (Defined::Tuple(types), Val::Tuple(values)) if types.len() == values.len() => {
                fields(types.len())
            }
            (Defined::FixedList(_, count), Val::List(values))
                if *count as usize == values.len() =>
            {
                fields(values.len())
            }
            (Defined::List(_), Val::List(values)) => {
                let words = self.list(ty, values.len())?;
                let parts = Parts::Memory(words.0);
                Ok(Some(open(0, values.len(), parts, Some((at, words)))))
            }
            (Defined::Map(..), Val::Map(values)) => {
                let words = self.list(ty, values.len())?;
                let (parts, count) = (Parts::Memory(words.0), values.len().saturating_mul(2));
                Ok(Some(open(0, count, parts, Some((at, words)))))
            }
            (Defined::Flags(labels), Val::Flags(set)) => {
                let bits = bits(labels, set).ok_or_else(|| mismatch(ty, value))?;
                self.low(flat, at, bits, shape::flags(labels.len()))?;
                Ok(None)
            }
            (Defined::Own(resource), Val::Resource(held)) => {
                self.handle(flat, at, *resource, *held, R::lower_own)
            }
            (Defined::Borrow(resource), Val::Resource(held)) => {
                self.handle(flat, at, *resource, *held, R::lower_borrow)
            }
            (Defined::Stream(_) | Defined::Future(_), _) => Err(Trap::MissingAsync.into()),
            _ => {
                let case = case(ty, value).ok_or_else(|| mismatch(ty, value))?;
                let (case, has_value) = case;
                let size = shape::discriminant(shape::cases(ty).unwrap_or(0));
                self.low(flat, at, case, size)?;
                let parts = Parts::of_case(at, flat.position(), &info);
                Ok(Some(open(case as usize, has_value.into(), parts, None)))
            }
        }
    }

    /// Memory for the elements of a list: where, and how many.
    fn list(&mut self, ty: &Defined, len: usize) -> Result<(u64, u64), Trap> {
        let outside = Trap::ListOutOfBounds;
        let element = shape::element(self.types, ty, self.cx.options().address).ok_or(outside)?;
        let len = len as u64;
        let bytes = pointer::bytes(len, element.size, MAX_LIST_BYTE_LENGTH).ok_or(outside)?;
        let at = self.cx.reserve(element.align, bytes, outside)?;
        Ok((at, len))
    }

    /// What remains when all parts are written.
    fn close(&mut self, open: &Open<'_>, flat: &mut FlatWriter<'_>) -> Result<(), Trap> {
        match (open.list, open.parts) {
            (Some((Place::Flat, (at, len))), _) => {
                flat.push(at)?;
                flat.push(len)
            }
            (Some((Place::Memory(to), words)), _) => self.cx.store_words(to, words),
            (None, Parts::Flat(end)) => flat.fill(end),
            (None, Parts::Memory(_)) => Ok(()),
        }
    }

    fn handle<'v>(
        &mut self,
        flat: &mut FlatWriter<'_>,
        at: Place,
        resource: ResourceId,
        held: ResourceAny,
        lower: impl FnOnce(&mut R, ResourceId, ResourceAny) -> Result<u32, Trap>,
    ) -> Result<Option<Open<'v>>, Error> {
        let handle = lower(self.cx.guest(), resource, held)?;
        self.known(&handle, flat, at)?;
        Ok(None)
    }
}

impl<'v> Open<'v> {
    /// The part that is to be written next: type, value and place.
    fn next(
        &mut self,
        types: &TypeTable,
        options: CanonicalOptions,
    ) -> Option<(ValueType, &'v Val, Place)> {
        let index = self.written;
        let ty = (index < self.count).then(|| shape::part(self.ty, self.case, index))??;
        let value = part(self.value, index)?;
        self.written += 1;
        let info = types.info(ty, options.address);
        let at = self.parts.next((types, options), (self.ty, index), &info);
        Some((ty, value, at))
    }
}

/// The part of a value with this number.
fn part(value: &Val, index: usize) -> Option<&Val> {
    match value {
        Val::Record(fields) => fields.get(index).map(|(_, value)| value),
        Val::Tuple(values) | Val::List(values) => values.get(index),
        Val::Map(pairs) => {
            let (key, value) = pairs.get(index / 2)?;
            Some(if index.is_multiple_of(2) { key } else { value })
        }
        Val::Variant(_, value) | Val::Option(value) => value.as_deref(),
        Val::Result(Ok(value) | Err(value)) => value.as_deref(),
        _ => None,
    }
}

/// Which case of a type a value is, and whether the case has a value; none if it is no such value.
fn case(ty: &Defined, value: &Val) -> Option<(u32, bool)> {
    let (case, given) = match (ty, value) {
        (Defined::Variant(cases), Val::Variant(name, given)) => {
            let case = cases.iter().position(|(known, _)| **known == **name)?;
            (case, given.is_some())
        }
        (Defined::Enum(labels), Val::Enum(name)) => {
            (labels.iter().position(|known| **known == **name)?, false)
        }
        (Defined::Option(_), Val::Option(given)) => (given.is_some().into(), given.is_some()),
        (Defined::Result { .. }, Val::Result(Ok(given))) => (0, given.is_some()),
        (Defined::Result { .. }, Val::Result(Err(given))) => (1, given.is_some()),
        _ => return None,
    };
    let wanted = shape::part(ty, case, 0).is_some();
    (wanted == given).then_some((case as u32, wanted))
}

fn same_names<T>(types: &[(Box<str>, T)], values: &[(String, Val)]) -> bool {
    let names = types.iter().map(|(name, _)| &**name);
    names.eq(values.iter().map(|(name, _)| &**name))
}

/// Flags that are set; none if one of them is no label.
fn bits(labels: &[Box<str>], set: &[String]) -> Option<u32> {
    set.iter().try_fold(0, |bits, label| {
        let place = labels.iter().position(|known| **known == **label)?;
        Some(bits | 1u32.checked_shl(place as u32)?)
    })
}
