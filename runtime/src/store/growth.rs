//! Making and growing memories and tables: one implementation for the API and the engine.
//!
//! Invariant of this module, which the callers of its unsafe functions promise: [`StorePointers`]
//! are those of one live store that nobody else uses during the call, and the entity is one of that
//! store's arenas. The host's limiter sees the store's data only, never the part that is borrowed
//! here: the two are different fields, reached by pointers, and no reference to both is made.

use alloc::vec::Vec;
use core::ptr::NonNull;

use super::StoreData;
use super::bytes::Bytes;
use super::entity::{MemoryEntity, TableEntity};
use super::inner::{Handle, StoreInner};
use super::limiter::{Growth, Refusal, Resource};
use super::pointers::StorePointers;
use crate::allocation::{self, OutOfMemory};
use crate::engine::space::Bound;
use crate::error::Result;
use crate::error::cause::LimitError;
use crate::platform::Image;
use crate::spec::Limit;
use crate::types::{MemoryType, Ref, TableType};

/// How many bytes a growth by `delta` pages adds; none if the memory cannot become so large.
///
/// # Safety
/// The store is live, the memory is one of its own, and nobody else uses either.
pub(crate) unsafe fn memory_room(
    store: StorePointers,
    memory: NonNull<MemoryEntity>,
    delta: u64,
) -> u64 {
    // SAFETY: the caller promises that both are live and used by nobody else; the references end here.
    let (inner, memory) = unsafe { (store.inner.as_ref(), memory.as_ref()) };
    let current = memory.bytes().len() as u64;
    let pages = current >> memory.ty.page_size_log2;
    let desired = pages
        .checked_add(delta)
        .and_then(|pages| memory.ty.bytes(pages));
    let bound = memory.bytes.bound();
    let most = memory_ceiling(inner, &memory.ty, bound, pages.saturating_add(delta)).most;
    desired
        .filter(|desired| *desired <= most)
        .map_or(0, |desired| desired - current)
}

/// The same for a growth of a table by `delta` elements.
///
/// # Safety
/// The store is live, the table is one of its own, and nobody else uses either.
pub(crate) unsafe fn table_room(
    store: StorePointers,
    table: NonNull<TableEntity>,
    delta: u64,
) -> u64 {
    // SAFETY: the caller promises that both are live and used by nobody else; the references end here.
    let (inner, table) = unsafe { (store.inner.as_ref(), table.as_ref()) };
    let desired = (table.elements.len() as u64).saturating_add(delta);
    let most = table_ceiling(inner, &table.ty, desired).most;
    if desired <= most { delta } else { 0 }
}

/// Grows a memory by `delta` pages. Gives the pages that it had, or why it cannot grow; an error of
/// the host's limiter ends the guest's call.
///
/// # Safety
/// The module's invariant.
pub(crate) unsafe fn grow_memory(
    store: StorePointers,
    memory: NonNull<MemoryEntity>,
    delta: u64,
) -> Result<Result<u64, Refusal>> {
    // SAFETY: the caller promises that the store is live and used by nobody else, and that the
    // entity is one of its own: items of an arena lie apart from the store itself.
    let (inner, memory) = unsafe { (&mut *store.inner.as_ptr(), &mut *memory.as_ptr()) };
    let current = memory.bytes.len() as u64;
    let pages = current >> memory.ty.page_size_log2;
    if delta == 0 {
        return Ok(Ok(pages));
    }
    let bound = memory.bytes.bound();
    let ceiling = memory_ceiling(inner, &memory.ty, bound, pages.saturating_add(delta));
    let desired = pages
        .checked_add(delta)
        .and_then(|pages| memory.ty.bytes(pages));
    let maximum = memory.ty.max.and_then(|pages| memory.ty.bytes(pages));
    let growth = Growth {
        resource: Resource::Memory,
        current,
        desired: desired.unwrap_or(u64::MAX),
        maximum,
        capacity: memory.bytes.capacity() as u64,
    };
    let act = |desired, capacity| Ok(memory.bytes.extend(desired, capacity)?);
    // SAFETY: the caller promises that the store is live and used by nobody else; its data is
    // borrowed by nobody here.
    let done = unsafe { attempt(inner, store, growth, ceiling, act) }?;
    Ok(done.map(|()| pages))
}

/// Grows a table by `delta` elements. Gives the elements that it had, or why it cannot
/// grow; an error of the host's limiter ends the guest's call.
///
/// # Safety
/// The module's invariant.
pub(crate) unsafe fn grow_table(
    store: StorePointers,
    table: NonNull<TableEntity>,
    delta: u64,
    fill: Ref,
) -> Result<Result<u64, Refusal>> {
    // SAFETY: the caller promises that the store is live and used by nobody else, and that the
    // entity is one of its own: items of an arena lie apart from the store itself.
    let (inner, table) = unsafe { (&mut *store.inner.as_ptr(), &mut *table.as_ptr()) };
    let current = table.elements.len() as u64;
    if delta == 0 {
        return Ok(Ok(current));
    }
    let desired = current.saturating_add(delta);
    let ceiling = table_ceiling(inner, &table.ty, desired);
    let growth = Growth {
        resource: Resource::Table,
        current,
        desired,
        maximum: table.ty.max,
        capacity: table.elements.capacity() as u64,
    };
    let act = |desired, capacity| {
        allocation::reserve_ahead(&mut table.elements, desired, capacity)?;
        table.elements.resize(desired, fill);
        Ok(())
    };
    // SAFETY: the caller promises that the store is live and used by nobody else; its data is
    // borrowed by nobody here.
    let done = unsafe { attempt(inner, store, growth, ceiling, act) }?;
    Ok(done.map(|()| current))
}

/// Makes a memory, which begins with an image if that is possible, and gives its number.
///
/// # Safety
/// The module's invariant.
pub(crate) unsafe fn new_memory(
    store: StorePointers,
    ty: MemoryType,
    image: Option<&Image>,
) -> Result<u32> {
    // SAFETY: the caller promises that the store is live and used by nobody else.
    let inner = unsafe { &mut *store.inner.as_ptr() };
    let most = inner.engine.limits().store_objects;
    let now = inner.memories.len();
    let what = "memories of the store";
    let limiter = &mut inner.limiter;
    // SAFETY: the caller promises that the store is live and used by nobody else; the limiter is its
    // own, and its data is borrowed by nobody here.
    unsafe { limiter.count(store.typed, what, now, most, |host| host.memories()) }?;
    let desired = ty.bytes(ty.min).unwrap_or(u64::MAX);
    let maximum = ty.max.and_then(|pages| ty.bytes(pages));
    let growth = Growth {
        resource: Resource::Memory,
        current: 0,
        desired,
        maximum,
        capacity: desired,
    };
    let ceiling = memory_ceiling(inner, &ty, inner.engine.space().bound(), ty.min);
    let (engine, limiter) = (inner.engine.clone(), &mut inner.limiter);
    let limits = engine.limits();
    // SAFETY: the caller promises that the store is live and used by nobody else; the limiter is its
    // own, and its data is borrowed by nobody here.
    let reach = unsafe { limiter.reach(limits, store.typed, ceiling.most) };
    let mut made = None;
    let act = |desired, _| {
        made = Some(Bytes::new(engine.space(), limits, desired, reach, image)?);
        Ok(())
    };
    // SAFETY: the caller promises that the store is live and used by nobody else; its data is
    // borrowed by nobody here.
    unsafe { attempt(inner, store, growth, ceiling, act) }??;
    let bytes = made.ok_or(OutOfMemory)?;
    Ok(inner.memories.push(MemoryEntity { bytes, ty })?)
}

/// Makes a table full of `fill` and gives its number.
///
/// # Safety
/// The module's invariant.
pub(crate) unsafe fn new_table(store: StorePointers, ty: TableType, fill: Ref) -> Result<u32> {
    // SAFETY: the caller promises that the store is live and used by nobody else.
    let inner = unsafe { &mut *store.inner.as_ptr() };
    let most = inner.engine.limits().store_objects;
    let now = inner.tables.len();
    let what = "tables of the store";
    let limiter = &mut inner.limiter;
    // SAFETY: the caller promises that the store is live and used by nobody else; the limiter is its
    // own, and its data is borrowed by nobody here.
    unsafe { limiter.count(store.typed, what, now, most, |host| host.tables()) }?;
    let growth = Growth {
        resource: Resource::Table,
        current: 0,
        desired: ty.min,
        maximum: ty.max,
        capacity: ty.min,
    };
    let ceiling = table_ceiling(inner, &ty, ty.min);
    let mut elements = Vec::new();
    let act = |desired, _| {
        elements = allocation::zeroed(desired).ok_or(OutOfMemory)?;
        if !fill.is_null() {
            elements.fill(fill);
        }
        Ok(())
    };
    // SAFETY: the caller promises that the store is live and used by nobody else; its data is
    // borrowed by nobody here.
    unsafe { attempt(inner, store, growth, ceiling, act) }??;
    Ok(inner.tables.push(TableEntity { elements, ty })?)
}

/// Whether one more instance may be made.
pub(crate) fn admit_instance<T>(store: &mut StoreData<T>) -> Result<()> {
    let typed = store.pointers().typed;
    let inner = &mut store.inner;
    let (most, now) = (inner.engine.limits().store_objects, inner.instances.len());
    let what = "instances of the store";
    let limiter = &mut inner.limiter;
    // SAFETY: `typed` is the pointer of `store`, which is borrowed exclusively until this returns,
    // and its data is borrowed by nobody here.
    unsafe { limiter.count(typed, what, now, most, |host| host.instances()) }
}

/// [`new_memory`] for the API.
pub(crate) fn make_memory<T>(
    store: &mut StoreData<T>,
    ty: MemoryType,
    image: Option<&Image>,
) -> Result<u32> {
    // SAFETY: the pointers are those of `store`, which is borrowed exclusively until this returns.
    unsafe { new_memory(store.pointers(), ty, image) }
}

/// [`new_table`] for the API.
pub(crate) fn make_table<T>(store: &mut StoreData<T>, ty: TableType, fill: Ref) -> Result<u32> {
    // SAFETY: the pointers are those of `store`, which is borrowed exclusively until this returns.
    unsafe { new_table(store.pointers(), ty, fill) }
}

/// [`grow_memory`] for the API; by handle, so that the memory is one of the store.
pub(crate) fn extend_memory<T>(
    store: &mut StoreData<T>,
    memory: Handle,
    delta: u64,
) -> Result<Result<u64, Refusal>> {
    let memory = NonNull::from(store.inner.memory_mut(memory)?);
    // SAFETY: the store is borrowed exclusively, and the memory is its own.
    unsafe { grow_memory(store.pointers(), memory, delta) }
}

/// [`grow_table`] for the API; by handle, so that the table is one of the store.
pub(crate) fn extend_table<T>(
    store: &mut StoreData<T>,
    table: Handle,
    delta: u64,
    fill: Ref,
) -> Result<Result<u64, Refusal>> {
    let table = NonNull::from(store.inner.table_mut(table)?);
    // SAFETY: the store is borrowed exclusively, and the table is its own.
    unsafe { grow_table(store.pointers(), table, delta, fill) }
}

/// Asks everybody, then does it: `act` gets the new size, and for how much to make room.
///
/// # Safety
/// `inner` is the part of a live store that `store` leads to, whose data nobody uses.
unsafe fn attempt(
    inner: &mut StoreInner,
    store: StorePointers,
    growth: Growth,
    ceiling: Ceiling,
    act: impl FnOnce(usize, usize) -> Result<(), Refusal>,
) -> Result<Result<(), Refusal>> {
    let StoreInner {
        engine, limiter, ..
    } = inner;
    if growth.desired > ceiling.most {
        let refusal = Refusal::Limit(ceiling.beyond);
        // SAFETY: the limiter is that of the store which `typed` leads to, whose data is free.
        return unsafe { limiter.failed(store.typed, growth.resource, refusal) };
    }
    // SAFETY: the limiter is that of the store which `typed` leads to, whose data is free.
    if let Err(refusal) = unsafe { limiter.admit(engine.limits(), store.typed, growth) }? {
        return Ok(Err(refusal));
    }
    let done = usize::try_from(growth.desired)
        .map_err(|_| Refusal::Memory(OutOfMemory))
        .and_then(|desired| {
            let most = usize::try_from(ceiling.most).unwrap_or(usize::MAX);
            let limits = engine.limits();
            // SAFETY: the limiter is that of the store which `typed` leads to, whose data is free.
            let capacity = unsafe { limiter.capacity(limits, store.typed, growth, desired, most) };
            act(desired, capacity)
        });
    match done {
        Ok(()) => {
            limiter.taken(growth);
            Ok(Ok(()))
        }
        Err(refusal) => {
            // SAFETY: the limiter is that of the store which `typed` leads to, whose data is free.
            unsafe { limiter.failed(store.typed, growth.resource, refusal) }
        }
    }
}

/// The most that something can ever become, by the lowest of its limits.
struct Ceiling {
    /// In bytes or elements.
    most: u64,
    /// What to say of a wish beyond it, in the unit of that limit.
    beyond: LimitError,
}

impl Ceiling {
    /// A limit of `most` bytes or elements; without a number it is beyond all that can be counted.
    fn new(most: Option<u64>, what: &'static str, limit: u64, wanted: u64) -> Self {
        Self {
            most: most.unwrap_or(u64::MAX),
            beyond: LimitError {
                what,
                limit,
                wanted,
            },
        }
    }

    /// The lower of two; the first, if they are equal.
    fn or_lower(self, other: Option<Self>) -> Self {
        match other {
            Some(other) if other.most < self.most => other,
            _ => self,
        }
    }
}

/// That of a memory of this type which wants so many pages, with its bound if it cannot move.
fn memory_ceiling(
    inner: &StoreInner,
    ty: &MemoryType,
    bound: Option<Bound>,
    pages: u64,
) -> Ceiling {
    let by_type = |what, limit| Ceiling::new(ty.bytes(limit), what, limit, pages);
    let bytes = ty.bytes(pages).unwrap_or(u64::MAX);
    let standard = MemoryType::default();
    let (limit, most) = (Limit::MemoryPages, inner.engine.limits().memory_pages);
    let wanted = if ty.page_size_log2 == standard.page_size_log2 {
        pages
    } else {
        bytes.div_ceil(standard.page_size())
    };
    let engine = Ceiling::new(standard.bytes(most), limit.name(), most, wanted);
    by_type("pages of the memory's address type", ty.most_pages())
        .or_lower(ty.max.map(|max| by_type("pages of the memory's type", max)))
        .or_lower(bound.map(|Bound { what, most }| Ceiling::new(Some(most), what, most, bytes)))
        .or_lower(Some(engine))
}

/// That of a table of this type which wants so many elements.
fn table_ceiling(inner: &StoreInner, ty: &TableType, wanted: u64) -> Ceiling {
    let ceiling = |what, most| Ceiling::new(Some(most), what, most, wanted);
    let (limit, most) = (Limit::TableElements, inner.engine.limits().table_elements);
    ceiling(limit.name(), most).or_lower(
        ty.max
            .map(|max| ceiling("elements of the table's type", max)),
    )
}
