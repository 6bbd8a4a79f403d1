//! Sums of bytes.

use super::machine::{Machine, Stop};
use super::range;
use crate::spec::{Rate, Trap};
use crate::types::MemoryIdx;

/// `memory.sum`: the sum of `count` bytes from `at` on.
pub(crate) fn sum<M: Machine>(
    m: &mut M,
    x: MemoryIdx,
    at: u64,
    count: u64,
    rate: Rate,
) -> Result<i32, Stop> {
    let bytes = range(at, count, m.memory(x).len()).ok_or(Trap::MemoryOutOfBounds)?;
    m.pay(rate, count)?;
    let bytes = m.memory(x).get(bytes).ok_or(Trap::MemoryOutOfBounds)?;
    let sum = |sum: i32, byte: &u8| sum.wrapping_add(i32::from(*byte));
    Ok(bytes.iter().fold(0, sum))
}
