//! What runtimes need that do not do without a heap.
//!

#![no_std]

mod heap;

pub use heap::Heap;

/// The kernel, as in `firmware`.
pub static KERNEL: &[u8] = include_bytes!("../../kernel/kernel.wasm");
/// How often it does its work.
pub const ROUNDS: i32 = 40;
/// What it answers then.
pub const ANSWER: i32 = 1_561_112_528;
