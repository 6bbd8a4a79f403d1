//! A tree of intervals with an allocator that only grows: boxes, vectors, recursion over options.
//! Owned nodes move through calls, as in safe trees of others.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{boxed::Box, vec::Vec};
use core::alloc::{GlobalAlloc, Layout};
use core::sync::atomic::{AtomicUsize, Ordering};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

const SIZE: usize = 1 << 20;
static mut HEAP: [u128; SIZE / 16] = [0; SIZE / 16];

/// Nothing is freed but by starting again.
struct Bump(AtomicUsize);

#[global_allocator]
static BUMP: Bump = Bump(AtomicUsize::new(0));

// SAFETY: each piece is handed out once, aligned, and within the heap.
unsafe impl GlobalAlloc for Bump {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let begin = self
            .0
            .load(Ordering::Relaxed)
            .next_multiple_of(layout.align());
        let end = begin + layout.size();
        if end > SIZE {
            return core::ptr::null_mut();
        }
        self.0.store(end, Ordering::Relaxed);
        (&raw mut HEAP).cast::<u8>().wrapping_add(begin)
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[derive(Clone, Copy)]
struct Interval {
    begin: i32,
    end: i32,
}

impl Interval {
    fn meets(self, other: Self) -> bool {
        self.begin < other.end && other.begin < self.end
    }
}

struct Node {
    interval: Interval,
    last: i32,
    priority: u32,
    left: Tree,
    right: Tree,
}

type Tree = Option<Box<Node>>;

fn last(tree: &Tree) -> i32 {
    tree.as_ref().map_or(i32::MIN, |node| node.last)
}

impl Node {
    fn update(&mut self) {
        self.last = self
            .interval
            .end
            .max(last(&self.left))
            .max(last(&self.right));
    }
}

fn insert(tree: Tree, interval: Interval, priority: u32) -> Box<Node> {
    let Some(mut node) = tree else {
        let last = interval.end;
        return Box::new(Node {
            interval,
            last,
            priority,
            left: None,
            right: None,
        });
    };
    if interval.begin < node.interval.begin {
        let mut left = insert(node.left.take(), interval, priority);
        if left.priority > node.priority {
            node.left = left.right.take();
            node.update();
            left.right = Some(node);
            node = left;
        } else {
            node.left = Some(left);
        }
    } else {
        let mut right = insert(node.right.take(), interval, priority);
        if right.priority > node.priority {
            node.right = right.left.take();
            node.update();
            right.left = Some(node);
            node = right;
        } else {
            node.right = Some(right);
        }
    }
    node.update();
    node
}

fn collect(tree: &Tree, asked: Interval, found: &mut Vec<Interval>) {
    let Some(node) = tree else { return };
    if node.last <= asked.begin {
        return;
    }
    collect(&node.left, asked, found);
    if node.interval.meets(asked) {
        found.push(node.interval);
    }
    if node.interval.begin < asked.end {
        collect(&node.right, asked, found);
    }
}

#[unsafe(no_mangle)]
extern "C" fn run(n: u32) -> u64 {
    let (mut seed, mut sum) = (0x1234_5678_u32, 0_u64);
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed
    };
    let mut interval = |most: u32| {
        let begin = (random() >> 8) as i32 % 100_000;
        (
            Interval {
                begin,
                end: begin + 1 + (random() % most) as i32,
            },
            random(),
        )
    };
    for _ in 0..n {
        BUMP.0.store(0, Ordering::Relaxed);
        let mut tree = None;
        for _ in 0..200 {
            let (interval, priority) = interval(900);
            tree = Some(insert(tree, interval, priority));
        }
        let mut found = Vec::new();
        for _ in 0..200 {
            found.clear();
            collect(&tree, interval(2_500).0, &mut found);
            let lengths = found.iter().map(|found| (found.end - found.begin) as u64);
            sum = sum.wrapping_mul(7).wrapping_add(lengths.sum::<u64>());
        }
        core::mem::forget(tree);
    }
    sum
}
