//! The stack of the guest: frames from below, return records from above.
//!
//! Invariant: `Enter` compares the end of the new frame, plus [`Stack::MARGIN`], with the
//! innermost record before a frame is used, so that frames and records never meet and a call
//! may always push its records. The slots are reached by addresses only: none of these functions
//! makes a reference to them.

use crate::platform::Platform;
use crate::store::stack_slots::StackSlots;

/// Where a call goes on when its callee returns.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Record {
    /// The instruction behind the call.
    pub(crate) ip: *const u32,
    /// The caller's frame.
    pub(crate) sp: *mut u64,
    /// The caller's pinned locals.
    pub(crate) p: u64,
    /// The caller's pinned locals.
    pub(crate) q: u64,
    /// The caller's pinned locals.
    pub(crate) fp: f64,
    /// The caller's pinned locals.
    pub(crate) fq: f64,
}

/// One contiguous stack, reserved once: its slots, which a store keeps while the stack rests.
pub(crate) struct Stack(pub(super) StackSlots);

// A record takes whole slots.
const _: () = assert!(size_of::<Record>().is_multiple_of(size_of::<u64>()));

impl Stack {
    /// Slots between a frame and the innermost record that stay free: room for the two records
    /// that a call into another instance pushes.
    pub(crate) const MARGIN: usize = 2 * size_of::<Record>() / size_of::<u64>();

    /// A stack of this many bytes, or nothing when memory is short.
    pub(crate) fn new(platform: &'static dyn Platform, bytes: usize) -> Option<Self> {
        let slots = (bytes / size_of::<u64>()).max(4 * Self::MARGIN);
        StackSlots::new(platform, slots).map(Self)
    }

    /// The first frame.
    pub(crate) fn base(&mut self) -> *mut u64 {
        self.0.base()
    }

    /// Where records begin, growing downwards.
    pub(crate) fn top(&mut self) -> *mut Record {
        // No reference to the slots is made, so that addresses of `base` stay good.
        self.base().wrapping_add(self.capacity()).cast()
    }

    /// How many slots a frame and its records can take.
    pub(crate) fn capacity(&self) -> usize {
        self.0.count()
    }
}
