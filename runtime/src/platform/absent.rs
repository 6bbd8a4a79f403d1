//! No operating system, or none that this build knows how to ask.
//!
//! Nothing is ever reserved, so that all memories are allocated, and nothing is given back.

use core::convert::Infallible;
use core::mem::MaybeUninit;
use core::ptr::NonNull;

use super::{Part, Platform};

/// There are no images.
pub(crate) type File = Infallible;

/// Reserves nothing.
pub(crate) struct Absent;

// SAFETY: there is never a reservation.
unsafe impl Platform for Absent {
    fn page(&self) -> usize {
        1
    }

    fn reserve(&self, _: usize) -> Option<NonNull<u8>> {
        None
    }

    unsafe fn release(&self, _: NonNull<u8>, _: usize) {}

    unsafe fn decommit(&self, _: NonNull<u8>, _: usize) -> bool {
        false
    }

    unsafe fn populate(&self, _: NonNull<u8>, _: usize) {}

    fn enlarge_pages(&self, _: &mut [MaybeUninit<u8>]) {}

    fn keep(&self, _: usize, _: &mut dyn Iterator<Item = Part<'_>>) -> Option<File> {
        None
    }

    unsafe fn map(&self, file: &File, _: NonNull<u8>, _: usize) -> bool {
        match *file {}
    }

    unsafe fn blank(&self, _: NonNull<u8>, _: usize) -> bool {
        false
    }
}
