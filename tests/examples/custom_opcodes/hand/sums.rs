//! Sums of bytes.

use super::machine::{Machine, Stop};
use super::range;
use crate::spec::Trap;
use crate::types::MemoryIdx;

/// `memory.sum`: the sum of `count` bytes from `at` on.
pub(crate) fn sum<M: Machine>(m: &mut M, x: MemoryIdx, at: u64, count: u64) -> Result<i32, Stop> {
    let memory = m.memory(x);
    let bytes = range(at, count, memory.len()).and_then(|bytes| memory.get(bytes));
    let bytes = bytes.ok_or(Trap::MemoryOutOfBounds)?;
    let sum = |sum: i32, byte: &u8| sum.wrapping_add(i32::from(*byte));
    Ok(bytes.iter().fold(0, sum))
}
