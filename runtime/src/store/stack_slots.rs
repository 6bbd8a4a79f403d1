//! The slots of a guest's stack: address space of the platform, or an allocation.
//!
//! A store takes a stack when the host calls into it first, and a short call touches its two ends only.
//! An allocator that has room for it at hand sets all of it to zero, which takes longer than the rest of
//! making an instance. Address space is zero as it is, and its pages come when they are touched.

use alloc::vec::Vec;

use crate::allocation;
use crate::platform::{Platform, Reservation};

/// StackSlots that nobody else uses, at an address that does not change.
pub(crate) struct StackSlots {
    origin: Origin,
    count: usize,
}

enum Origin {
    Reserved(Reservation),
    Allocated(Vec<u64>),
}

impl StackSlots {
    /// So many of value zero, or none when memory is short.
    pub(crate) fn new(platform: &'static dyn Platform, count: usize) -> Option<Self> {
        let size = count.checked_mul(size_of::<u64>())?;
        let origin = match Reservation::new(platform, size) {
            Some(reservation) => Origin::Reserved(reservation),
            None => Origin::Allocated(allocation::zeroed(count)?),
        };
        Some(Self { origin, count })
    }

    /// The first one. No reference to any is made, so that other addresses of them stay good.
    pub(crate) fn base(&mut self) -> *mut u64 {
        match &mut self.origin {
            Origin::Reserved(reservation) => reservation.base().cast::<u64>().as_ptr(),
            Origin::Allocated(slots) => slots.as_mut_ptr(),
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }
}
