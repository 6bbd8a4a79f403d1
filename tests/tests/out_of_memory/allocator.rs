//! An allocator that runs short of memory when it is told to, and knows what each thread holds.
//!
//! Only the thread that asked for it is short, so that the test harness and its other threads never
//! are.

use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::ptr;

/// The system's allocator, which can be made to fail.
pub(crate) struct Failing;

/// Which allocations fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shortage {
    /// One.
    Once,
    /// That one and all after it.
    Lasting,
}

#[derive(Clone, Copy)]
struct Plan {
    shortage: Shortage,
    /// How many allocations succeed before.
    before: u64,
    /// Whether to show where the first one fails.
    shown: bool,
}

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PLAN: Cell<Option<Plan>> = const { Cell::new(None) };
    static FAILED: Cell<bool> = const { Cell::new(false) };
}

/// The bytes that this thread allocated and has not given back.
pub(crate) fn held() -> isize {
    HELD.get()
}

/// Runs something in which allocations fail after the first `before`; says whether one has failed.
/// The place of the first that fails is printed if it is to be `shown`.
pub(crate) fn short<T>(
    shortage: Shortage,
    before: u64,
    shown: bool,
    run: impl FnOnce() -> T,
) -> (T, bool) {
    FAILED.set(false);
    PLAN.set(Some(Plan {
        shortage,
        before,
        shown,
    }));
    let result = run();
    PLAN.set(None);
    (result, FAILED.get())
}

/// Whether the present allocation fails.
fn fails() -> bool {
    let Some(mut plan) = PLAN.get() else {
        return false;
    };
    if plan.before > 0 {
        plan.before -= 1;
        PLAN.set(Some(plan));
        return false;
    }
    PLAN.set(None);
    if plan.shown {
        println!("{}", Backtrace::force_capture());
    }
    FAILED.set(true);
    if plan.shortage == Shortage::Lasting {
        plan.shown = false;
        PLAN.set(Some(plan));
    }
    true
}

fn count(bytes: isize) {
    HELD.set(HELD.get() + bytes);
}

// SAFETY: whatever does not fail is left to the system's allocator.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if fails() {
            return ptr::null_mut();
        }
        count(layout.size() as isize);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if fails() {
            return ptr::null_mut();
        }
        count(layout.size() as isize);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if fails() {
            return ptr::null_mut();
        }
        count(size as isize - layout.size() as isize);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
