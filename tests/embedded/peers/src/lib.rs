//! A heap for runtimes that need one.
//!

#![no_std]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use linked_list_allocator::Heap;

/// The kernel.
pub static KERNEL: &[u8] = include_bytes!("../../kernel/kernel.wasm");

const SIZE: usize = 1 << 20;
static mut SPACE: [u8; SIZE] = [0; SIZE];

/// A heap for one thread, that remembers the most it has given.
pub struct OneHeap(UnsafeCell<State>);

struct State { heap: Heap, used: usize, peak: usize }

// SAFETY: these programs have one thread, and no interrupt is enabled.
unsafe impl Sync for OneHeap {}

impl OneHeap {
    /// Nothing to give yet.
    pub const fn new() -> Self {
        Self(UnsafeCell::new(State { heap: Heap::empty(), used: 0, peak: 0 }))
    }
    /// Gets its memory.
    pub fn start(&self) {
        // SAFETY: called once, before anything is allocated.
        unsafe { (*self.0.get()).heap.init(&raw mut SPACE as *mut u8, SIZE) }
    }
    /// The most bytes that were in use.
    pub fn peak(&self) -> u32 {
        // SAFETY: one thread.
        unsafe { (*self.0.get()).peak as u32 }
    }
}

// SAFETY: `Heap` gives memory that nothing else has.
unsafe impl GlobalAlloc for OneHeap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: one thread.
        let state = unsafe { &mut *self.0.get() };
        state.used += layout.size();
        state.peak = state.peak.max(state.used);
        state.heap.allocate_first_fit(layout).map_or(core::ptr::null_mut(), |p| p.as_ptr())
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe {
            let state = &mut *self.0.get();
            state.used -= layout.size();
            state.heap.deallocate(core::ptr::NonNull::new_unchecked(ptr), layout);
        }
    }
}
