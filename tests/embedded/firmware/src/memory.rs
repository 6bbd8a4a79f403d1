//! Memory outside of the stack that a program takes once.
//!
//! A `static mut` could be taken twice; this gives an exclusive reference at the first call and
//! ends the program at the second.

use core::cell::{Cell, UnsafeCell};

/// A place that can be taken once.
pub struct Once<T> {
    taken: Cell<bool>,
    place: UnsafeCell<T>,
}

// SAFETY: these programs have one thread, and no interrupt is enabled.
unsafe impl<T> Sync for Once<T> {}

impl<T> Once<T> {
    /// With what it holds first.
    pub const fn new(value: T) -> Self {
        Self {
            taken: Cell::new(false),
            place: UnsafeCell::new(value),
        }
    }
}

/// Takes the place; the program ends if that was done before.
pub fn take<T>(once: &'static Once<T>) -> &'static mut T {
    if once.taken.replace(true) {
        board::semihosting::exit(4);
    }
    // SAFETY: this is the only reference, as the place is given once.
    unsafe { &mut *once.place.get() }
}
