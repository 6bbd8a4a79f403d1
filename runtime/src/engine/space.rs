//! Where the memories of an engine get their bytes from: address space of the platform, counted, or
//! slots of a pool that was reserved when the engine was made.
//!
//! Address space is plenty but not endless, and what is reserved is lost to the rest of the process. So
//! it has a limit of its own (`reserved_memory`), beyond which memories are allocated. A pool has two:
//! how many memories, and of which size; beyond them there are errors, because who wants a pool wants
//! to know.
//!
//! Invariant of this module: a slot of the pool is in the list of free ones, belongs to one [`Place`] or is
//! lost, and the bytes of those that are free are zero.

use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::config::{Config, InstanceAllocationStrategy};
use super::lock::Lock;
use super::use_error::UseError;
use crate::allocation;
use crate::error::Result;
use crate::error::cause::LimitError;
use crate::platform::{Image, Lost, Platform, Reservation};
use crate::spec::{Limit, Limits};

/// The address space of an engine's memories.
pub(crate) struct Space {
    platform: &'static dyn Platform,
    /// Bytes that are reserved for single memories.
    reserved: AtomicUsize,
    /// Whether bytes were lost for an image: then there are no more images.
    loses: AtomicBool,
    pool: Option<Arc<Pool>>,
}

/// The most bytes that a memory can have which cannot move.
pub(crate) struct Bound {
    /// What the limit is called.
    pub(crate) what: &'static str,
    /// How many.
    pub(crate) most: u64,
}

/// Address space for one memory.
pub(crate) struct Place {
    origin: Origin,
    /// How many bytes may be something else than zero: the first ones.
    used: usize,
    /// Where an image was put.
    image: Range<usize>,
    /// Whether its bytes are nobody's any more.
    lost: bool,
}

enum Origin {
    /// A reservation of its own, which the space counts.
    Single(Reservation, Arc<Space>),
    /// A slot of a pool.
    Slot(u32, Arc<Pool>),
}

/// Slots of equal size, in one reservation.
struct Pool {
    reservation: Reservation,
    /// Bytes of a slot, whole pages.
    stride: usize,
    /// Bytes of a memory, at most.
    size: usize,
    /// How many slots there are.
    slots: u64,
    /// Bytes that stay committed when a slot becomes free.
    resident: usize,
    free: Lock<Vec<u32>>,
}

impl Space {
    /// Nothing reserved, no pool.
    pub(crate) fn new(platform: &'static dyn Platform) -> Self {
        Self {
            platform,
            reserved: AtomicUsize::new(0),
            loses: AtomicBool::new(false),
            pool: None,
        }
    }

    /// The same with the pool that a configuration asks for.
    pub(crate) fn of(config: &Config, platform: &'static dyn Platform) -> Result<Self> {
        let mut space = Self::new(platform);
        if let InstanceAllocationStrategy::Pooling(pooling) = &config.strategy {
            let pool = Pool::new(config.get_limits(), pooling.resident, platform)?;
            space.pool = Some(Arc::new(pool));
        }
        Ok(space)
    }

    /// Where the space is.
    pub(crate) fn platform(&self) -> &'static dyn Platform {
        self.platform
    }

    /// That of all memories, if there is a pool.
    pub(crate) fn bound(&self) -> Option<Bound> {
        self.pool.as_ref().map(|pool| pool.bound())
    }

    /// A place for a memory that may become `reach` bytes long; none, if it is to be allocated. It begins
    /// with the image, if that is possible ([`Place::has_image`]).
    ///
    /// # Errors
    /// If there is a pool, and no slot of it is free.
    pub(crate) fn take(
        self: &Arc<Self>,
        limits: &Limits,
        reach: u64,
        image: Option<&Image>,
    ) -> Result<Option<Place>, LimitError> {
        let origin = match &self.pool {
            Some(pool) => Some(Origin::Slot(pool.take()?, pool.clone())),
            None => {
                let reservation = self.reserve(limits, reach);
                reservation.map(|reservation| Origin::Single(reservation, self.clone()))
            }
        };
        let Some(origin) = origin else {
            return Ok(None);
        };
        let image = image.filter(|_| !self.loses.load(Ordering::Relaxed));
        let mut place = Place {
            origin,
            used: 0,
            image: 0..0,
            lost: false,
        };
        match image.map_or(Ok(()), |image| place.map(image)) {
            Ok(()) => Ok(Some(place)),
            // Each try could lose more.
            Err(Lost) => {
                self.loses.store(true, Ordering::Relaxed);
                self.take(limits, reach, None)
            }
        }
    }

    /// How many bytes single memories reserve now.
    #[cfg(test)]
    pub(crate) fn reserved(&self) -> usize {
        self.reserved.load(Ordering::Relaxed)
    }

    /// A reservation within the limits.
    fn reserve(&self, limits: &Limits, reach: u64) -> Option<Reservation> {
        let most = usize::try_from(limits.reserved_memory).unwrap_or(usize::MAX);
        let size = usize::try_from(reach).ok()?;
        let size = size.checked_next_multiple_of(self.platform.page())?;
        let more = |now: usize| now.checked_add(size).filter(|sum| *sum <= most);
        let counted = self
            .reserved
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        counted.ok()?;
        let reservation = Reservation::new(self.platform, size);
        if reservation.is_none() {
            self.reserved.fetch_sub(size, Ordering::Relaxed);
        }
        reservation
    }
}

impl Pool {
    fn new(limits: &Limits, resident: usize, platform: &'static dyn Platform) -> Result<Self> {
        let (size, slots) = (limits.pool_memory_size, limits.pool_memories);
        let reserve = || {
            let size = usize::try_from(size).ok()?;
            let stride = size.checked_next_multiple_of(platform.page())?;
            let all = stride.checked_mul(usize::try_from(slots).ok()?)?;
            Some((size, stride, Reservation::new(platform, all)?))
        };
        let (size, stride, reservation) = reserve().ok_or_else(|| {
            let why = format!("no address space for a pool of {slots} memories of {size} bytes");
            UseError::Configuration(why.into())
        })?;
        // Room for all, so that to give back a slot allocates nothing. The lowest is taken first.
        let free = Lock::default();
        let numbers = 0..u32::try_from(slots).unwrap_or(u32::MAX);
        *free.lock() = allocation::boxed_list(numbers.rev())?.into_vec();
        Ok(Self {
            reservation,
            stride,
            size,
            slots,
            resident,
            free,
        })
    }

    fn take(&self) -> Result<u32, LimitError> {
        self.free.lock().pop().ok_or(LimitError {
            what: Limit::PoolMemories.name(),
            limit: self.slots,
            wanted: self.slots + 1,
        })
    }

    fn bound(&self) -> Bound {
        Bound {
            what: Limit::PoolMemorySize.name(),
            most: self.size as u64,
        }
    }

    /// Where a slot begins.
    fn start(&self, slot: u32) -> usize {
        slot as usize * self.stride
    }

    /// Takes a slot back of which the first `used` bytes may be something else than zero, and where an image
    /// may be.
    ///
    /// # Safety
    /// It was taken, and nobody uses it any more; `used` is at most its size, and the image's bytes are of
    /// it.
    unsafe fn give_back(&self, slot: u32, used: usize, image: &Range<usize>) {
        let start = self.start(slot);
        let mut resident = self.resident;
        if !image.is_empty() {
            // SAFETY: the caller promises that these bytes are of the slot, and that nobody uses it.
            let blank = unsafe { self.reservation.blank(start + image.start, image.len()) };
            if blank.is_err() {
                // The slot is lost.
                return;
            }
            // What stays would be lost to the next image.
            resident = 0;
        }
        // SAFETY: the reservation consists of the slots, which are whole pages; the caller promises
        // that the bytes are of this one, and that nobody uses it.
        unsafe { self.reservation.clear(start, used, resident) };
        self.free.lock().push(slot);
    }
}

impl Place {
    /// Its first byte, and how many there are. Nobody else uses them, and they are zero when it is new.
    pub(crate) fn bytes(&self) -> (NonNull<u8>, usize) {
        match &self.origin {
            Origin::Single(reservation, _) => (reservation.base(), reservation.size()),
            Origin::Slot(slot, pool) => {
                // SAFETY: the reservation consists of the slots, of which this is one.
                let base = unsafe { pool.reservation.base().add(pool.start(*slot)) };
                (base, pool.size)
            }
        }
    }

    /// Puts an image into it, which is new, if the system can do that.
    fn map(&mut self, image: &Image) -> Result<(), Lost> {
        let range = image.range();
        let (reservation, base, size) = match &self.origin {
            Origin::Single(reservation, _) => (reservation, 0, reservation.size()),
            Origin::Slot(slot, pool) => (&pool.reservation, pool.start(*slot), pool.stride),
        };
        if range.end > size {
            return Ok(());
        }
        // SAFETY: a reservation and a slot begin with a page, and the image ends before they do. The place
        // is new: nobody knows the address of its bytes.
        let mapped = unsafe { reservation.map(image, base) };
        self.lost = mapped.is_err();
        mapped?;
        self.image = range;
        Ok(())
    }

    /// Whether it began with an image.
    pub(crate) fn has_image(&self) -> bool {
        !self.image.is_empty()
    }

    /// Asks for the pages of bytes, from one to another, which are of its memory.
    pub(crate) fn populate(&self, begin: usize, end: usize) {
        match &self.origin {
            Origin::Single(reservation, _) => reservation.populate(begin, end),
            Origin::Slot(slot, pool) => {
                let start = pool.start(*slot);
                pool.reservation.populate(start + begin, start + end);
            }
        }
    }

    /// That of its memory, if it must stay here.
    pub(crate) fn bound(&self) -> Option<Bound> {
        match &self.origin {
            Origin::Single(..) => None,
            Origin::Slot(_, pool) => Some(pool.bound()),
        }
    }

    /// Notes how many bytes, the first ones, its memory has: what lies beyond was never written.
    ///
    /// # Safety
    /// So it is, and there are so many.
    pub(crate) unsafe fn note_used(&mut self, used: usize) {
        self.used = used;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        match &self.origin {
            Origin::Single(reservation, space) => {
                let size = reservation.size();
                space.reserved.fetch_sub(size, Ordering::Relaxed);
            }
            Origin::Slot(..) if self.lost => {}
            // SAFETY: the slot was taken for this place, which ends. How much of it was used, the memory
            // has said; where the image is, `map`.
            Origin::Slot(slot, pool) => unsafe { pool.give_back(*slot, self.used, &self.image) },
        }
    }
}
