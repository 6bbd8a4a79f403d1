//! What linear memories and stacks need of the operating system: address space that costs nothing until
//! it is touched.
//!
//! A memory that reserves all that it can ever become grows by a comparison and an addition: nothing
//! is copied, nothing is asked of the system, and pages that nobody touches take no memory. Where
//! there is no such system, or it refuses, memories are allocated ([`allocation`](crate::allocation))
//! and move when they grow; so are stacks, which do not grow. Which way one went is nothing that a guest
//! can find out.
//!
//! Invariant of this module: a [`Reservation`] is the only way to the bytes that its platform gave,
//! and gives them back when it ends, not before.

#[cfg(not(all(feature = "mmap", unix, target_pointer_width = "64")))]
mod absent;
#[cfg(all(test, feature = "mmap", unix, target_pointer_width = "64"))]
mod tests;
#[cfg(all(feature = "mmap", unix, target_pointer_width = "64"))]
mod unix;

use core::ptr::NonNull;

#[cfg(not(all(feature = "mmap", unix, target_pointer_width = "64")))]
use self::absent::Absent as Own;
#[cfg(all(feature = "mmap", unix, target_pointer_width = "64"))]
use self::unix::Unix as Own;

/// An operating system's memory management.
///
/// # Safety
/// What [`reserve`](Self::reserve) and [`decommit`](Self::decommit) promise is relied upon.
pub(crate) unsafe trait Platform: Sync {
    /// Bytes of a page, a power of two.
    fn page(&self) -> usize;

    /// This many bytes that nobody else uses, of value zero, for reading and writing. A page takes no
    /// memory before it is touched. `size` is a multiple of the page, and not zero. None, if the system
    /// refuses.
    fn reserve(&self, size: usize) -> Option<NonNull<u8>>;

    /// Gives back what was reserved.
    ///
    /// # Safety
    /// It is exactly one reservation, and nobody uses its bytes any more.
    unsafe fn release(&self, base: NonNull<u8>, size: usize);

    /// Makes whole pages zero again by taking their memory away; false, if it did nothing.
    ///
    /// # Safety
    /// The pages are of a reservation, and no reference to their bytes is alive.
    unsafe fn decommit(&self, base: NonNull<u8>, size: usize) -> bool;

    /// Gives whole pages of a reservation the memory that the first access would give them, if the system
    /// can do that at once; their bytes stay what they are. It is only advice.
    ///
    /// # Safety
    /// The pages are of a reservation.
    unsafe fn populate(&self, base: NonNull<u8>, size: usize);
}

/// That of the system which this build is for.
pub(crate) fn own() -> &'static dyn Platform {
    &Own
}

/// Address space that was reserved.
pub(crate) struct Reservation {
    platform: &'static dyn Platform,
    base: NonNull<u8>,
    size: usize,
}

// SAFETY: it owns the bytes, as a box does, and a `Platform` is `Sync`.
unsafe impl Send for Reservation {}
// SAFETY: what is shared gives an address only, and whoever follows that answers for it.
unsafe impl Sync for Reservation {}

impl Reservation {
    /// At least `size` bytes of zeros, or none if that is zero or the platform refuses.
    pub(crate) fn new(platform: &'static dyn Platform, size: usize) -> Option<Self> {
        let size = size.checked_next_multiple_of(platform.page())?;
        let base = (size > 0).then(|| platform.reserve(size)).flatten()?;
        Some(Self {
            platform,
            base,
            size,
        })
    }

    /// The first byte.
    pub(crate) fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// How many bytes there are.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Asks for the memory of the pages of bytes, from one to another, if there are several.
    pub(crate) fn populate(&self, begin: usize, end: usize) {
        let page = self.platform.page();
        let (begin, end) = (begin / page * page, end.next_multiple_of(page));
        if end.saturating_sub(begin) > page && end <= self.size {
            // SAFETY: whole pages, of which none is beyond the end of the reservation, as was just
            // compared.
            unsafe { self.platform.populate(self.base.add(begin), end - begin) };
        }
    }

    /// Makes `length` bytes from `start` on zero. Beyond the first `resident` of them, the memory of
    /// whole pages is given back.
    ///
    /// # Safety
    /// They are of this reservation, `start` is a multiple of the page, and nobody uses them.
    pub(crate) unsafe fn clear(&self, start: usize, length: usize, resident: usize) {
        let page = self.platform.page();
        let kept = resident
            .checked_next_multiple_of(page)
            .unwrap_or(length)
            .min(length);
        let whole = (length - kept).next_multiple_of(page);
        // SAFETY: the caller promises that the bytes are of the reservation, and free. `start` and,
        // where something is left, `kept` are multiples of the page, and so is the reservation's end:
        // the last page is whole.
        unsafe {
            let base = self.base.add(start);
            base.write_bytes(0, kept);
            if whole > 0 && !self.platform.decommit(base.add(kept), whole) {
                base.add(kept).write_bytes(0, length - kept);
            }
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: it was reserved in `new`, is given back only here, and who used its bytes did so
        // through this value.
        unsafe { self.platform.release(self.base, self.size) }
    }
}
