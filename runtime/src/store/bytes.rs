//! The bytes of a linear memory: an address and a length.
//!
//! Running code keeps the address of memory 0 in its context, and a module can import one memory
//! twice, so several pointers to the same bytes are alive at a time. None of them may come from a
//! reference to the bytes that another use makes invalid: [`Bytes::raw`] makes no such reference,
//! and its address stays good until the memory grows. References ([`Bytes::as_slice`]) are for the
//! API and for instructions that work on ranges, and end before a pointer is used again.
//!
//! Invariant of this module: `base` of [`Fixed`] points at `length` bytes that the host gave away
//! for good, and that only this value leads to; `used` is at most `length`.

use alloc::vec::Vec;
use core::ptr::NonNull;
use core::slice;

use crate::allocation::{self, OutOfMemory};

/// The bytes that a guest can address, and room for more.
pub(crate) struct Bytes(Origin);

enum Origin {
    /// Allocated here.
    Owned(Vec<u8>),
    /// Given by the host.
    Fixed(Fixed),
}

struct Fixed {
    base: NonNull<u8>,
    length: usize,
    used: usize,
}

// SAFETY: the bytes were a `&'static mut [u8]`, which is `Send`, and nothing else leads to them.
unsafe impl Send for Fixed {}
// SAFETY: a shared `Fixed` only gives shared references to its bytes, as `&&mut [u8]` does, which
// is `Sync`.
unsafe impl Sync for Fixed {}

impl Bytes {
    /// Bytes of an allocation.
    pub(crate) fn owned(bytes: Vec<u8>) -> Self {
        Self(Origin::Owned(bytes))
    }

    /// The first `used` of these bytes, with room for the others; nothing if there are fewer.
    pub(crate) fn fixed(bytes: &'static mut [u8], used: usize) -> Option<Self> {
        let length = bytes.len();
        let base = NonNull::from(bytes).cast();
        let fixed = Fixed { base, length, used };
        (used <= length).then_some(Self(Origin::Fixed(fixed)))
    }

    /// Where the bytes are, and how many. The address may be used, also for writing, as long as
    /// the memory neither grows nor ends, and no reference of [`Bytes::as_slice`] or
    /// [`Bytes::as_mut_slice`] is alive.
    #[inline(always)]
    pub(crate) fn raw(&mut self) -> (*mut u8, usize) {
        match &mut self.0 {
            // Makes no reference to the bytes, as its documentation promises.
            Origin::Owned(bytes) => (bytes.as_mut_ptr(), bytes.len()),
            Origin::Fixed(fixed) => (fixed.base.as_ptr(), fixed.used),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match &self.0 {
            Origin::Owned(bytes) => bytes.len(),
            Origin::Fixed(fixed) => fixed.used,
        }
    }

    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        match &self.0 {
            Origin::Owned(bytes) => bytes,
            // SAFETY: the module's invariant: `used` bytes are there, for good; nobody writes them
            // while this value is borrowed.
            Origin::Fixed(fixed) => unsafe {
                slice::from_raw_parts(fixed.base.as_ptr(), fixed.used)
            },
        }
    }

    /// The bytes.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        match &mut self.0 {
            Origin::Owned(bytes) => bytes,
            // SAFETY: as in `as_slice`, and this value, the only way to the bytes, is borrowed
            // exclusively.
            Origin::Fixed(fixed) => unsafe {
                slice::from_raw_parts_mut(fixed.base.as_ptr(), fixed.used)
            },
        }
    }

    /// How many there can be without another allocation.
    pub(crate) fn capacity(&self) -> usize {
        match &self.0 {
            Origin::Owned(bytes) => bytes.capacity(),
            Origin::Fixed(fixed) => fixed.length,
        }
    }

    /// How many there can ever be, if the host gave them.
    pub(crate) fn given(&self) -> Option<u64> {
        match &self.0 {
            Origin::Owned(_) => None,
            Origin::Fixed(fixed) => Some(fixed.length as u64),
        }
    }

    /// Adds zeros, so that there are `length` bytes, and makes room for `room`.
    pub(crate) fn extend(&mut self, length: usize, capacity: usize) -> Result<(), OutOfMemory> {
        match &mut self.0 {
            Origin::Owned(bytes) => return allocation::grow(bytes, length, capacity),
            Origin::Fixed(fixed) if length > fixed.length => return Err(OutOfMemory),
            Origin::Fixed(fixed) => {
                let new = length.saturating_sub(fixed.used);
                // SAFETY: the module's invariant: there are `length` bytes, of which `used` are in
                // front of these `new` ones; this value is borrowed exclusively.
                unsafe { fixed.base.add(fixed.used).write_bytes(0, new) };
                fixed.used += new;
            }
        }
        Ok(())
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
            Bytes::owned(vec![0; 4]),
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
