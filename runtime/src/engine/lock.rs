//! A lock for the few things that an engine shares between threads.
//!
//! With the operating system it is the standard library's; without, it spins: the type registry is
//! held only for the time of one lookup or registration, and single-threaded systems never wait.
//!
//! Invariant of this module: the spinning lock's value is reached only through a [`Guard`], and a
//! guard exists only while `held` is true and owned by it.

#[cfg(feature = "std")]
pub(crate) use blocking::Lock;
#[cfg(not(feature = "std"))]
pub(crate) use spinning::Lock;

#[cfg(feature = "std")]
mod blocking {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    /// A value behind a lock.
    #[derive(Default)]
    pub(crate) struct Lock<T>(Mutex<T>);

    impl<T> Lock<T> {
        /// Waits for the value. A panic of another holder does not matter: every change to what
        /// we lock is complete or absent.
        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

#[cfg(not(feature = "std"))]
mod spinning {
    use core::cell::UnsafeCell;
    use core::ops::{Deref, DerefMut};
    use core::sync::atomic::{AtomicBool, Ordering};

    /// A value behind a lock.
    #[derive(Default)]
    pub(crate) struct Lock<T> {
        held: AtomicBool,
        value: UnsafeCell<T>,
    }

    /// The right to use the value.
    pub(crate) struct Guard<'a, T>(&'a Lock<T>);

    // SAFETY: threads that share the lock reach the value only through a guard, of which there is one
    // at a time: so the value moves between threads, for which `T` is `Send`, and is never shared.
    unsafe impl<T: Send> Sync for Lock<T> {}

    impl<T> Lock<T> {
        /// Waits for the value.
        pub(crate) fn lock(&self) -> Guard<'_, T> {
            while self.held.swap(true, Ordering::Acquire) {
                core::hint::spin_loop();
            }
            Guard(self)
        }
    }

    impl<T> Deref for Guard<'_, T> {
        type Target = T;

        fn deref(&self) -> &T {
            // SAFETY: this guard owns `held`, so no other guard leads to the value.
            unsafe { &*self.0.value.get() }
        }
    }

    impl<T> DerefMut for Guard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            // SAFETY: this guard owns `held`, so no other leads to the value, and is borrowed
            // exclusively, so it has lent no other reference.
            unsafe { &mut *self.0.value.get() }
        }
    }

    impl<T> Drop for Guard<'_, T> {
        fn drop(&mut self) {
            self.0.held.store(false, Ordering::Release);
        }
    }
}
