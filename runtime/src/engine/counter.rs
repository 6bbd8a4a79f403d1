//! Counters that threads share, also where atomics have 32 bits only.
//!
//! There a counter wraps after 2^32 steps: an epoch that advances a thousand times a second does
//! so after seven weeks, and 2^32 stores do not fit such a machine.

use core::sync::atomic::Ordering;

#[cfg(not(target_has_atomic = "64"))]
use core::sync::atomic::AtomicU32 as Atomic;
#[cfg(target_has_atomic = "64")]
use core::sync::atomic::AtomicU64 as Atomic;

/// A number that only grows.
pub(crate) struct Counter(Atomic);

#[allow(clippy::unnecessary_cast, reason = "atomics may have 32 bits")]
impl Counter {
    /// Begins at one, so that zero stands for "none".
    pub(crate) const fn new() -> Self {
        Self(Atomic::new(1))
    }

    /// The number now; code compiled for speed polls it.
    #[inline(always)]
    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed) as u64
    }

    /// The number now; it then grows by one.
    pub(crate) fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) as u64
    }
}
