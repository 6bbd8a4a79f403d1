//! A value with several owners whose memory can be refused: an `Arc` without weak references that
//! is made by a function that can fail, which stable Rust has not.
//!
//! Invariant of this module: the pointer of each [`Shared`] came from a box; as many owners exist
//! as `owners` says, or fewer where one was forgotten; whoever takes away the last frees the box.

use alloc::boxed::Box;
use core::ops::Deref;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::allocation::{self, OutOfMemory};

/// One of the owners of a value.
pub(crate) struct Shared<T>(NonNull<Owned<T>>);

struct Owned<T> {
    owners: AtomicUsize,
    value: T,
}

/// More owners than this cannot exist: each takes a word of memory. Only forgotten ones can reach
/// this number.
const MOST_OWNERS: usize = isize::MAX as usize;

// SAFETY: owners on several threads read the value, and the last drops it: as for `Arc`, it must be
// `Sync` and `Send`.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: a shared owner can be cloned to become an owner on another thread: as above.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// The first owner of a value.
    pub(crate) fn new(value: T) -> Result<Self, OutOfMemory> {
        let owners = AtomicUsize::new(1);
        let owned = allocation::boxed(Owned { owners, value })?;
        Ok(Self(NonNull::from(Box::leak(owned))))
    }

    /// Whether both own the same value.
    pub(crate) fn same(a: &Self, b: &Self) -> bool {
        a.0 == b.0
    }

    fn owned(&self) -> &Owned<T> {
        // SAFETY: the box lives as long as there is an owner, and this is one.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.owned().value
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        // The owner that is cloned keeps the value alive; nothing needs to be ordered.
        let before = self.owned().owners.fetch_add(1, Ordering::Relaxed);
        if before > MOST_OWNERS {
            abort();
        }
        Self(self.0)
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        if self.owned().owners.fetch_sub(1, Ordering::Release) == 1 {
            // What other owners did with the value comes before its end. A load, not a fence: that is
            // what thread sanitizers understand.
            self.owned().owners.load(Ordering::Acquire);
            // SAFETY: the pointer came from a box, and no other owner exists.
            drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
    }
}

/// Ends the process: after another clone, `owners` could be too small.
#[cold]
fn abort() -> ! {
    /// A panic does not leave a function of this convention, it aborts; in `core` nothing else does.
    extern "C" fn stop() -> ! {
        panic!("a value has too many owners")
    }
    stop()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::sync::Arc;

    #[test]
    fn the_last_owner_drops_the_value() {
        let witness = Arc::new(());
        let Ok(first) = Shared::new(witness.clone()) else {
            panic!("there is memory");
        };
        let second = first.clone();
        assert!(Shared::same(&first, &second));
        drop(first);
        assert_eq!(Arc::strong_count(&witness), 2);
        assert_eq!(Arc::strong_count(&second), 2);
        drop(second);
        assert_eq!(Arc::strong_count(&witness), 1);
    }
}
