//! Making and growing memories and tables: one implementation for the API and the engine.
//!
//! Invariant of this module, which the callers of its unsafe functions promise: [`StorePointers`]
//! are those of one live store that nobody else uses during the call, and the entity is one of that
//! store's arenas. The host's limiter sees the store's data only, never the part that is borrowed
//! here: the two are different fields, reached by pointers, and no reference to both is made.

use core::ptr::NonNull;

use super::StoreData;
use super::bytes::Bytes;
use super::entity::{MemoryEntity, TableEntity};
use super::inner::{Handle, StoreInner};
use super::limiter::{Growth, Resource};
use super::pointers::StorePointers;
use crate::allocation::{self, OutOfMemory};
use crate::error::cause::LimitError;
use crate::error::{Error, Result};
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
    let most = memory_ceiling(inner, &memory.ty);
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
    let desired = (table.elements.len() as u64).checked_add(delta);
    let most = table_ceiling(inner, &table.ty);
    desired
        .filter(|desired| *desired <= most)
        .map_or(0, |_| delta)
}

/// Grows a memory by `delta` pages. Gives the pages that it had, or nothing if it cannot grow;
/// an error of the host's limiter ends the guest's call.
///
/// # Safety
/// The module's invariant.
pub(crate) unsafe fn grow_memory(
    store: StorePointers,
    memory: NonNull<MemoryEntity>,
    delta: u64,
) -> Result<Option<u64>> {
    // SAFETY: the caller promises that the store is live and used by nobody else, and that the
    // entity is one of its own: items of an arena lie apart from the store itself.
    let (inner, memory) = unsafe { (&mut *store.inner.as_ptr(), &mut *memory.as_ptr()) };
    let current = memory.bytes.len() as u64;
    let pages = current >> memory.ty.page_size_log2;
    if delta == 0 {
        return Ok(Some(pages));
    }
    let most = memory_ceiling(inner, &memory.ty);
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
    let act = |desired, capacity| memory.bytes.extend(desired, capacity);
    // SAFETY: the caller promises that the store is live and used by nobody else; its data is
    // borrowed by nobody here.
    let done = unsafe { attempt(inner, store, growth, most, act) }?;
    Ok(done.then_some(pages))
}

/// Grows a table by `delta` elements. Gives the elements that it had, or nothing if it cannot
/// grow; an error of the host's limiter ends the guest's call.
///
/// # Safety
/// The module's invariant.
pub(crate) unsafe fn grow_table(
    store: StorePointers,
    table: NonNull<TableEntity>,
    delta: u64,
    fill: Ref,
) -> Result<Option<u64>> {
    // SAFETY: the caller promises that the store is live and used by nobody else, and that the
    // entity is one of its own: items of an arena lie apart from the store itself.
    let (inner, table) = unsafe { (&mut *store.inner.as_ptr(), &mut *table.as_ptr()) };
    let current = table.elements.len() as u64;
    if delta == 0 {
        return Ok(Some(current));
    }
    let most = table_ceiling(inner, &table.ty);
    let desired = current.saturating_add(delta);
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
    let done = unsafe { attempt(inner, store, growth, most, act) }?;
    Ok(done.then_some(current))
}

/// Makes a memory and gives its number.
///
/// # Safety
/// The module's invariant.
pub(crate) unsafe fn new_memory(store: StorePointers, ty: MemoryType) -> Result<u32> {
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
    let most = memory_ceiling(inner, &ty);
    let mut made = None;
    let act = |desired, _| {
        made = Some(allocation::zeroed(desired));
        answered(&made)
    };
    // SAFETY: the caller promises that the store is live and used by nobody else; its data is
    // borrowed by nobody here.
    let done = unsafe { attempt(inner, store, growth, most, act) }?;
    match made {
        Some(None) => Err(OutOfMemory.into()),
        Some(Some(bytes)) if done => Ok(inner.memories.push(MemoryEntity {
            bytes: Bytes::owned(bytes),
            ty,
        })?),
        _ => Err(refused_new("memory bytes", most, desired)),
    }
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
    let most = table_ceiling(inner, &ty);
    let mut made = None;
    let act = |desired, _| {
        let mut elements = allocation::zeroed(desired);
        if let Some(elements) = &mut elements
            && !fill.is_null()
        {
            elements.fill(fill);
        }
        made = Some(elements);
        answered(&made)
    };
    // SAFETY: the caller promises that the store is live and used by nobody else; its data is
    // borrowed by nobody here.
    let done = unsafe { attempt(inner, store, growth, most, act) }?;
    match made {
        Some(None) => Err(OutOfMemory.into()),
        Some(Some(elements)) if done => Ok(inner.tables.push(TableEntity { elements, ty })?),
        _ => Err(refused_new("table elements", most, ty.min)),
    }
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
pub(crate) fn make_memory<T>(store: &mut StoreData<T>, ty: MemoryType) -> Result<u32> {
    // SAFETY: the pointers are those of `store`, which is borrowed exclusively until this returns.
    unsafe { new_memory(store.pointers(), ty) }
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
) -> Result<Option<u64>> {
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
) -> Result<Option<u64>> {
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
    most: u64,
    act: impl FnOnce(usize, usize) -> Result<(), OutOfMemory>,
) -> Result<bool> {
    let StoreInner {
        engine, limiter, ..
    } = inner;
    if growth.desired > most {
        let what = match growth.resource {
            Resource::Memory => "memory bytes",
            Resource::Table => "table elements",
        };
        let error = refused(what, most, growth.desired);
        // SAFETY: the limiter is that of the store which `typed` leads to, whose data is free.
        unsafe { limiter.failed(store.typed, growth.resource, error) }?;
        return Ok(false);
    }
    // SAFETY: the limiter is that of the store which `typed` leads to, whose data is free.
    if !unsafe { limiter.admit(engine.limits(), store.typed, growth) }? {
        return Ok(false);
    }
    let done = usize::try_from(growth.desired)
        .map_err(|_| OutOfMemory)
        .and_then(|desired| {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            let limits = engine.limits();
            // SAFETY: the limiter is that of the store which `typed` leads to, whose data is free.
            let capacity = unsafe { limiter.capacity(limits, store.typed, growth, desired, most) };
            act(desired, capacity)
        });
    match done {
        Ok(()) => {
            limiter.taken(growth);
            Ok(true)
        }
        Err(error) => {
            // SAFETY: the limiter is that of the store which `typed` leads to, whose data is free.
            unsafe { limiter.failed(store.typed, growth.resource, error.into()) }?;
            Ok(false)
        }
    }
}

/// Whether the allocator gave what it was asked for; if it was never asked, somebody has refused.
fn answered<T>(made: &Option<Option<T>>) -> Result<(), OutOfMemory> {
    match made {
        Some(None) => Err(OutOfMemory),
        _ => Ok(()),
    }
}

/// A new object is larger than its type or the engine allow, or than the host wants.
fn refused_new(what: &'static str, most: u64, wanted: u64) -> Error {
    if wanted > most {
        return refused(what, most, wanted);
    }
    Error::msg(format_args!(
        "the limits of the store do not allow {wanted} {what}"
    ))
}

fn refused(what: &'static str, limit: u64, wanted: u64) -> Error {
    LimitError {
        what,
        limit,
        wanted,
    }
    .into()
}

/// The most bytes that a memory of this type can have.
fn memory_ceiling(inner: &StoreInner, ty: &MemoryType) -> u64 {
    let limits = inner.engine.limits();
    let most = [
        MemoryType::default().bytes(limits.memory_pages),
        ty.bytes(ty.most_pages()),
        ty.max.and_then(|pages| ty.bytes(pages)),
    ];
    most.into_iter().flatten().min().unwrap_or(u64::MAX)
}

/// The most elements that a table of this type can have.
fn table_ceiling(inner: &StoreInner, ty: &TableType) -> u64 {
    ty.max
        .unwrap_or(u64::MAX)
        .min(inner.engine.limits().table_elements)
}
