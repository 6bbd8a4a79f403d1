//! Tables of references, as the host makes, reads, writes and grows them.
//!
//! Elements are slots that hold references of the same store. Each value from outside is compared
//! with the store and with the element type before it is written, since the guest calls through
//! tables without asking where an element came from. Standard: section 7.1, "Embedding", "Tables".

use core::ops::Range;

use super::val::{Ref, value_type};
use crate::engine::scoped::TableType;
use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::store::context::{AsContext, AsContextMut, StoreContext};
use crate::store::entity::TableEntity;
use crate::store::growth;
use crate::store::inner::Handle;

/// A table of a store. Copies name the same table.
///
/// A table that belongs to another store than the one it is used with has no elements, and
/// whatever can fail does.
#[derive(Clone, Copy, Debug)]
pub struct Table(pub(crate) Handle);

impl Table {
    /// A new table full of `init`.
    ///
    /// # Errors
    /// If the limits forbid it, if the type is one of another engine, if `init` is not of the
    /// element type or of another store, or when memory is short.
    pub fn new(mut store: impl AsContextMut, ty: TableType, init: Ref) -> Result<Self> {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let ty = ty.pack(&inner.engine)?;
        if ty.max.is_some_and(|max| max < ty.min) {
            return Err(UseError::Configuration("no such table can be made".into()).into());
        }
        let init = init.to_raw(ty.element, inner)?;
        inner.types.hold_for(ty.element.into())?;
        let number = growth::make_table(store.reborrow().store(), ty, init)?;
        Ok(Self(store.inner().handle(number)))
    }

    /// Its type; the default type, if it belongs to another store.
    pub fn ty(&self, store: impl AsContext) -> TableType {
        let store = store.as_context();
        let ty = self.entity(&store).map(|table| table.ty);
        TableType::unpack(ty.unwrap_or_default(), store.engine())
    }

    /// How many elements it has.
    pub fn size(&self, store: impl AsContext) -> u64 {
        self.entity(&store.as_context())
            .map_or(0, |table| table.elements.len() as u64)
    }

    /// An element; nothing beyond the size, or if the table belongs to another store.
    pub fn get(&self, store: impl AsContext, index: u64) -> Option<Ref> {
        let inner = store.as_context().inner();
        let table = inner.table(self.0).ok()?;
        let slot = *table.elements.get(usize::try_from(index).ok()?)?;
        Some(Ref::from_raw(slot, table.ty.element, inner))
    }

    /// Sets an element.
    ///
    /// # Errors
    /// If there is no such element, or the value is not of the element type.
    pub fn set(&self, mut store: impl AsContextMut, index: u64, value: Ref) -> Result<()> {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let value = value.to_raw(inner.table(self.0)?.ty.element, inner)?;
        let elements = &mut inner.table_mut(self.0)?.elements;
        let element = usize::try_from(index)
            .ok()
            .and_then(|index| elements.get_mut(index));
        *element.ok_or(UseError::TableBounds)? = value;
        Ok(())
    }

    /// Grows by `delta` elements of value `init`, and gives the number of elements before.
    ///
    /// # Errors
    /// If it cannot grow (a [`LimitError`](crate::LimitError) says what limits it), or the value is
    /// not of the element type.
    pub fn grow(&self, mut store: impl AsContextMut, delta: u64, init: Ref) -> Result<u64> {
        let store = store.as_context_mut();
        let inner = store.inner();
        let table = inner.table(self.0)?;
        let init = init.to_raw(table.ty.element, inner)?;
        Ok(growth::extend_table(store.store(), self.0, delta, init)??)
    }

    /// Sets `length` elements from `start` to `value`.
    ///
    /// # Errors
    /// If the range is not in the table, or the value is not of the element type.
    pub fn fill(
        &self,
        mut store: impl AsContextMut,
        start: u64,
        value: Ref,
        length: u64,
    ) -> Result<()> {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let value = value.to_raw(inner.table(self.0)?.ty.element, inner)?;
        let elements = &mut inner.table_mut(self.0)?.elements;
        let range = range(start, length)?;
        elements
            .get_mut(range)
            .ok_or(UseError::TableBounds)?
            .fill(value);
        Ok(())
    }

    /// Copies elements from a table to another or within one.
    ///
    /// # Errors
    /// If a range is not in its table, the element types do not fit, or memory is short.
    pub fn copy(
        mut store: impl AsContextMut,
        destination: &Self,
        destination_index: u64,
        source: &Self,
        source_index: u64,
        length: u64,
    ) -> Result<()> {
        let mut store = store.as_context_mut();
        let inner = store.inner_mut();
        let from = inner.table(source.0)?;
        let to = inner.table(destination.0)?;
        if !inner.engine.ref_matches(from.ty.element, to.ty.element) {
            let (expected, found) = (to.ty.element.into(), from.ty.element.into());
            return Err(value_type(expected, found, &inner.engine).into());
        }
        let target = range(destination_index, length)?;
        if target.end > to.elements.len() {
            return Err(UseError::TableBounds.into());
        }
        let from = from
            .elements
            .get(range(source_index, length)?)
            .ok_or(UseError::TableBounds)?;
        let mut elements = alloc::vec::Vec::new();
        crate::allocation::reserve(&mut elements, from.len())?;
        elements.extend_from_slice(from);
        let to = &mut inner.table_mut(destination.0)?.elements;
        to.get_mut(target)
            .ok_or(UseError::TableBounds)?
            .copy_from_slice(&elements);
        Ok(())
    }

    fn entity<'a, T>(&self, store: &StoreContext<'a, T>) -> Option<&'a TableEntity> {
        store.inner().table(self.0).ok()
    }
}

fn range(start: u64, length: u64) -> Result<Range<usize>, UseError> {
    let end = start.checked_add(length).ok_or(UseError::TableBounds)?;
    match (usize::try_from(start), usize::try_from(end)) {
        (Ok(start), Ok(end)) => Ok(start..end),
        _ => Err(UseError::TableBounds),
    }
}
