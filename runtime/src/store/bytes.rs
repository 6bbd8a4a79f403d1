//! The bytes of a linear memory: an address and a length.
//!
//! Running code keeps the address of memory 0 in its context, and a module can import one memory
//! twice, so several pointers to the same bytes are alive at a time. None of them may come from a
//! reference to the bytes that another use makes invalid: [`Bytes::raw`] makes no such reference,
//! and its address stays good until the memory grows. References ([`Bytes::as_slice`]) are for the
//! API and for instructions that work on ranges, and end before a pointer is used again.
//!
//! The bytes lie in address space that was reserved, and then growing only counts; or they were
//! allocated, and move when there is no room behind them; or the host has given them.
//!
//! Invariant of this module: `base` points at `capacity` bytes that only this value leads to, until it
//! grows or ends; `used`, at most `capacity`, have values. Of allocated bytes the three are the parts of
//! a vector; of reserved ones, those beyond `used` are zero.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem::ManuallyDrop;
use core::ptr::NonNull;
use core::slice;

use super::limiter::Refusal;
use crate::allocation::{self, OutOfMemory};
use crate::engine::space::{Bound, Place, Space};
use crate::platform::Image;
use crate::spec::Limits;

/// The bytes that a guest can address, and room for more.
pub(crate) struct Bytes {
    base: NonNull<u8>,
    used: usize,
    capacity: usize,
    origin: Origin,
}

enum Origin {
    /// Allocated here.
    Allocated,
    /// Reserved by the engine.
    Reserved(Place),
    /// Given by the host for good.
    Given,
}

// SAFETY: nothing else leads to the bytes: they move to another thread as those of a `Vec<u8>` or a
// `&'static mut [u8]` do, and a `Place` is `Send`.
unsafe impl Send for Bytes {}
// SAFETY: who shares it gets only shared references to its bytes.
unsafe impl Sync for Bytes {}

impl Bytes {
    /// `length` zeros of a memory that may become `reach` bytes long, or the image and zeros around it
    /// ([`has_image`](Self::has_image)).
    ///
    /// # Errors
    /// If memory is short, or a pool is.
    pub(crate) fn new(
        space: &Arc<Space>,
        limits: &Limits,
        length: usize,
        reach: u64,
        image: Option<&Image>,
    ) -> Result<Self, Refusal> {
        // What would have to move at once reserves nothing.
        let reach = if reach < length as u64 { 0 } else { reach };
        let place = space.take(limits, reach, image).map_err(Refusal::Limit)?;
        if let Some(bytes) = place.and_then(|place| Self::reserved(place, length)) {
            return Ok(bytes);
        }
        let bytes = allocation::zeroed(length).ok_or(Refusal::Memory(OutOfMemory))?;
        Ok(Self::allocated(bytes))
    }

    /// Bytes of an allocation.
    fn allocated(bytes: Vec<u8>) -> Self {
        let mut bytes = ManuallyDrop::new(bytes);
        Self {
            // The address of a vector is never null.
            base: NonNull::new(bytes.as_mut_ptr()).unwrap_or(NonNull::dangling()),
            used: bytes.len(),
            capacity: bytes.capacity(),
            origin: Origin::Allocated,
        }
    }

    /// The first `used` bytes of a place that is new; nothing if there are fewer.
    fn reserved(place: Place, used: usize) -> Option<Self> {
        let (base, capacity) = place.bytes();
        (used <= capacity).then_some(Self {
            base,
            used,
            capacity,
            origin: Origin::Reserved(place),
        })
    }

    /// The first `used` of these bytes, with room for the others; nothing if there are fewer.
    pub(crate) fn fixed(bytes: &'static mut [u8], used: usize) -> Option<Self> {
        let capacity = bytes.len();
        (used <= capacity).then_some(Self {
            base: NonNull::from(bytes).cast(),
            used,
            capacity,
            origin: Origin::Given,
        })
    }

    /// Where the bytes are, and how many. The address may be used, also for writing, as long as
    /// the memory neither grows nor ends, and no reference of [`Bytes::as_slice`] or
    /// [`Bytes::as_mut_slice`] is alive.
    #[inline(always)]
    pub(crate) fn raw(&mut self) -> (*mut u8, usize) {
        (self.base.as_ptr(), self.used)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.used
    }

    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        // SAFETY: `used` bytes are there, which have values, and nobody writes them while this value is
        // borrowed.
        unsafe { slice::from_raw_parts(self.base.as_ptr(), self.used) }
    }

    /// The bytes.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        // SAFETY: `used` bytes are there, which have values, and this value, the only way to them, is
        // borrowed exclusively.
        unsafe { slice::from_raw_parts_mut(self.base.as_ptr(), self.used) }
    }

    /// How many there can be without another allocation.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many there can ever be, and what limits them, if they cannot move.
    pub(crate) fn bound(&self) -> Option<Bound> {
        match &self.origin {
            Origin::Allocated => None,
            Origin::Reserved(place) => place.bound(),
            Origin::Given => Some(Bound {
                what: "bytes of the buffer",
                most: self.capacity as u64,
            }),
        }
    }

    /// Whether they began with the image.
    pub(crate) fn has_image(&self) -> bool {
        matches!(&self.origin, Origin::Reserved(place) if place.has_image())
    }

    /// Notes that bytes from `begin` to `end` will be written soon: a system that gives pages when they are
    /// touched can then give these at once, which takes less time.
    pub(crate) fn populate(&mut self, begin: u64, end: u64) {
        let end = end.min(self.used as u64);
        if let Origin::Reserved(place) = &self.origin
            && begin < end
        {
            place.populate(begin as usize, end as usize);
        }
    }

    /// Adds zeros, so that there are `length` bytes, and makes room for `capacity`, if it has to make
    /// any.
    ///
    /// # Errors
    /// If there are bytes enough neither here nor elsewhere.
    pub(crate) fn extend(&mut self, length: usize, capacity: usize) -> Result<(), OutOfMemory> {
        if length > self.capacity {
            return self.move_to(length, capacity);
        }
        let new = length.saturating_sub(self.used);
        if !matches!(self.origin, Origin::Reserved(_)) {
            // SAFETY: there are `capacity` bytes, so `new` of them lie behind the `used` ones; this
            // value, the only way to them, is borrowed exclusively.
            unsafe { self.base.add(self.used).write_bytes(0, new) };
        }
        self.used += new;
        Ok(())
    }

    /// The same elsewhere, because there is no room for so many here.
    #[cold]
    fn move_to(&mut self, length: usize, capacity: usize) -> Result<(), OutOfMemory> {
        match self.origin {
            Origin::Given => return Err(OutOfMemory),
            Origin::Allocated => {
                let mut bytes = self.take_allocation();
                let grown = allocation::grow(&mut bytes, length, capacity);
                // What was allocated before stays if there is no more.
                *self = Self::allocated(bytes);
                return grown;
            }
            Origin::Reserved(_) if self.bound().is_some() => return Err(OutOfMemory),
            Origin::Reserved(_) => {}
        }
        let moved = allocation::zeroed(capacity.max(length));
        let mut moved = moved
            .or_else(|| allocation::zeroed(length))
            .ok_or(OutOfMemory)?;
        moved[..self.used].copy_from_slice(self.as_slice());
        moved.truncate(length);
        *self = Self::allocated(moved);
        Ok(())
    }

    /// The vector of allocated bytes; none stay here.
    fn take_allocation(&mut self) -> Vec<u8> {
        let empty = ManuallyDrop::new(core::mem::replace(self, Self::allocated(Vec::new())));
        // SAFETY: these are the parts of a vector, of which nothing else is left: what they were in is
        // never dropped.
        unsafe { Vec::from_raw_parts(empty.base.as_ptr(), empty.used, empty.capacity) }
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        match &mut self.origin {
            Origin::Allocated => drop(self.take_allocation()),
            // SAFETY: those beyond `used` are zero, and there are as many.
            Origin::Reserved(place) => unsafe { place.note_used(self.used) },
            Origin::Given => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::boxed::Box;
    use alloc::vec;

    #[test]
    fn bytes_of_the_host_end_where_they_end() {
        let given = Box::leak(vec![7; 8].into_boxed_slice());
        assert!(Bytes::fixed(Box::leak(vec![7; 8].into_boxed_slice()), 9).is_none());
        let mut bytes = Bytes::fixed(given, 2).expect("two of eight");
        assert_eq!((bytes.as_slice(), bytes.capacity()), (&[7, 7][..], 8));
        assert_eq!(bytes.extend(9, 9), Err(OutOfMemory));
        assert_eq!(bytes.extend(4, 8), Ok(()));
        assert_eq!(bytes.as_mut_slice(), [7, 7, 0, 0]);
    }

    #[test]
    fn an_address_outlives_others() {
        for mut bytes in [
            Bytes::allocated(vec![0; 4]),
            Bytes::fixed(Box::leak(vec![0; 4].into_boxed_slice()), 4).expect("all of four"),
        ] {
            let (first, _) = bytes.raw();
            let (second, length) = bytes.raw();
            // SAFETY: four bytes are there, and nothing grows.
            unsafe {
                *first = 1;
                *second.add(length - 1) = 2;
                *first.add(1) = *second;
            }
            assert_eq!(bytes.as_slice(), [1, 1, 0, 2]);
        }
    }
}
