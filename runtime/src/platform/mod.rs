//! What linear memories and stacks need of the operating system: address space that costs nothing until
//! it is touched, and images, with which many memories can begin.
//!
//! A memory that reserves all that it can ever become grows by a comparison and an addition: nothing
//! is copied, nothing is asked of the system, and pages that nobody touches take no memory. Where
//! there is no such system, or it refuses, memories are allocated ([`allocation`](crate::allocation))
//! and move when they grow; so are stacks, which do not grow. Which way one went is nothing that a guest
//! can find out.
//!
//! Invariant of this module: a [`Reservation`] is the only way to the bytes that its platform gave,
//! and gives them back when it ends, not before, unless the system may have taken some of them away. Nobody
//! changes an [`Image`] once it is made.

#[cfg(not(all(feature = "mmap", unix, target_pointer_width = "64")))]
mod absent;
#[cfg(all(test, feature = "mmap", unix, target_pointer_width = "64"))]
mod tests;
#[cfg(all(feature = "mmap", unix, target_pointer_width = "64"))]
mod unix;

use core::mem::MaybeUninit;
use core::ops::Range;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, Ordering};

#[cfg(not(all(feature = "mmap", unix, target_pointer_width = "64")))]
use self::absent::{Absent as Own, File};
#[cfg(all(feature = "mmap", unix, target_pointer_width = "64"))]
use self::unix::{File, Unix as Own};

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

    /// Says that these bytes will all be written soon: a system that gives memory by pages can give large
    /// ones. It is only advice.
    fn enlarge_pages(&self, room: &mut [MaybeUninit<u8>]);

    /// Keeps an image of `size` bytes, whole pages: zeros, and over them the parts, one after the other.
    /// None, if the system cannot do that or refuses.
    fn keep(&self, size: usize, parts: &mut dyn Iterator<Item = Part<'_>>) -> Option<File>;

    /// Puts an image of this size in the place of the bytes that are there, whole pages: who reads them sees
    /// what is kept, who writes changes these bytes alone. False, if the system refuses; then nobody may
    /// use them any more, since it may have taken them away all the same, and given them to others.
    ///
    /// # Safety
    /// The pages are of a reservation, and no reference to their bytes is alive.
    unsafe fn map(&self, file: &File, base: NonNull<u8>, size: usize) -> bool;

    /// Makes whole pages what they were when they were reserved. False, if the system refuses; then nobody
    /// may use them any more, for the same reason.
    ///
    /// # Safety
    /// The pages are of a reservation, and no reference to their bytes is alive.
    unsafe fn blank(&self, base: NonNull<u8>, size: usize) -> bool;
}

/// A part of an image: its distance from the first byte, and its bytes.
pub(crate) type Part<'b> = (usize, &'b [u8]);

/// What many memories have somewhere when they begin, kept once: pages that none of them writes exist once,
/// too.
pub(crate) struct Image {
    file: File,
    start: usize,
    size: usize,
}

impl Image {
    /// An image for the bytes of a memory from one to another, or some more: zeros, and over them the
    /// parts, whose places are those in the memory.
    pub(crate) fn new<'b>(
        platform: &dyn Platform,
        bytes: Range<usize>,
        parts: impl Iterator<Item = Part<'b>>,
    ) -> Option<Self> {
        let page = platform.page();
        let start = bytes.start / page * page;
        let size = bytes
            .end
            .checked_next_multiple_of(page)?
            .checked_sub(start)?;
        let mut parts = parts.map(|(at, bytes)| (at - start, bytes));
        let file = platform.keep(size, &mut parts)?;
        Some(Self { file, start, size })
    }

    /// The bytes of a memory that it is for, whole pages.
    pub(crate) fn range(&self) -> Range<usize> {
        self.start..self.start + self.size
    }
}

/// That of the system which this build is for.
pub(crate) fn own() -> &'static dyn Platform {
    &Own
}

/// The system refused to put something else in the place of bytes of a reservation: it has no memory for its
/// own tables, or too many of their entries. Then the bytes may be gone.
pub(crate) struct Lost;

/// Address space that was reserved.
pub(crate) struct Reservation {
    platform: &'static dyn Platform,
    base: NonNull<u8>,
    size: usize,
    /// Whether some of the bytes may not be its own any more.
    lost: AtomicBool,
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
            lost: AtomicBool::new(false),
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

    /// Puts an image into the memory that begins at `base`.
    ///
    /// # Errors
    /// Nobody may use its bytes any more.
    ///
    /// # Safety
    /// `base` is a multiple of the page, the image's bytes are of the memory's part of this reservation, and
    /// nobody uses them.
    pub(crate) unsafe fn map(&self, image: &Image, base: usize) -> Result<(), Lost> {
        // SAFETY: the caller promises that the bytes are of the reservation, and free.
        let mapped = unsafe {
            let first = self.base.add(base + image.start);
            self.platform.map(&image.file, first, image.size)
        };
        self.keeps(mapped)
    }

    /// Makes whole pages zero on which an image is.
    ///
    /// # Errors
    /// Nobody may use them any more.
    ///
    /// # Safety
    /// They are of this reservation, and nobody uses them.
    pub(crate) unsafe fn blank(&self, start: usize, size: usize) -> Result<(), Lost> {
        // SAFETY: the caller promises that the bytes are of the reservation, and free.
        self.keeps(unsafe { self.platform.blank(self.base.add(start), size) })
    }

    /// Whether it has all of its bytes yet, after the system replaced some of them or refused to.
    fn keeps(&self, replaced: bool) -> Result<(), Lost> {
        if replaced {
            return Ok(());
        }
        // What the system may have given to others is not this reservation's to give back.
        self.lost.store(true, Ordering::Relaxed);
        Err(Lost)
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
        if *self.lost.get_mut() {
            return;
        }
        // SAFETY: it was reserved in `new` and nothing of it was lost, it is given back only here, and who
        // used its bytes did so through this value.
        unsafe { self.platform.release(self.base, self.size) }
    }
}
