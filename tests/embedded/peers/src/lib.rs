//! What runtimes need that do not work without a heap.
//!
//! The kernel and its rounds are those of `firmware`, so that the numbers can be compared; the heap
//! knows how much of it was used.

#![no_std]

mod heap;

pub use heap::Heap;

/// The kernel, as in `firmware`.
pub static KERNEL: &[u8] = include_bytes!("../../kernel/kernel.wasm");
/// How often it does its work.
pub const ROUNDS: i32 = 40;
/// What it answers then.
pub const ANSWER: i32 = 1_561_112_528;
