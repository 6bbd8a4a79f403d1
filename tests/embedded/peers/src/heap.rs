//! A heap that knows how much of it was in use at most.
//!
//! Peers need an allocator; the most that was in use is the memory that a device would have to give
//! them.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr::{self, NonNull};

/// Bytes of the heap.
const SIZE: usize = 1 << 20;

static mut SPACE: [u8; SIZE] = [0; SIZE];

/// A heap for one thread.
pub struct Heap(UnsafeCell<State>);

struct State {
    blocks: linked_list_allocator::Heap,
    used: usize,
    peak: usize,
}

// SAFETY: these programs have one thread, and no interrupt is enabled.
unsafe impl Sync for Heap {}

impl Heap {
    /// Without memory.
    #[expect(clippy::new_without_default, reason = "for a static")]
    pub const fn new() -> Self {
        Self(UnsafeCell::new(State {
            blocks: linked_list_allocator::Heap::empty(),
            used: 0,
            peak: 0,
        }))
    }

    /// Gives it its memory: once, before anything is allocated.
    pub fn start(&self) {
        // SAFETY: nothing else uses the space.
        unsafe { self.state().blocks.init((&raw mut SPACE).cast(), SIZE) }
    }

    /// The most bytes that were in use.
    pub fn peak(&self) -> u32 {
        self.state().peak as u32
    }

    #[expect(
        clippy::mut_from_ref,
        reason = "one thread, and no call comes in between"
    )]
    fn state(&self) -> &mut State {
        // SAFETY: as for `Sync`; no reference outlives the method that asked for it.
        unsafe { &mut *self.0.get() }
    }
}

// SAFETY: the blocks are those of an allocator.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let state = self.state();
        state.used += layout.size();
        state.peak = state.peak.max(state.used);
        let block = state.blocks.allocate_first_fit(layout);
        block.map_or(ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let state = self.state();
        state.used -= layout.size();
        if let Some(block) = NonNull::new(block) {
            // SAFETY: the caller's promise.
            unsafe { state.blocks.deallocate(block, layout) }
        }
    }
}
