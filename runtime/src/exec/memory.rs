//! Memories as a whole and in ranges: `memory.size`, `grow`, `fill`, `copy`, `init` and
//! `data.drop`.
//!
//! Addresses and sizes are `u64`, whatever the address type of the memory. Bounds are compared
//! first, then the work is paid for, then it is done: an access out of bounds pays nothing, as the
//! standard traps before any byte has changed. Standard: section 4.6, "Instructions", "Memory
//! Instructions".

use super::machine::{Machine, Stop};
use super::{in_bounds, range};
use crate::spec::{Rate, Trap};
use crate::types::{DataIdx, MemoryIdx};

/// `memory.size`: in pages.
pub(crate) fn size<M: Machine>(m: &mut M, x: MemoryIdx) -> Result<u64, Stop> {
    Ok(m.memory_pages(x))
}

/// `memory.grow`: the size before, or -1.
pub(crate) fn grow<M: Machine>(
    m: &mut M,
    x: MemoryIdx,
    delta: u64,
    rate: Rate,
) -> Result<u64, Stop> {
    // -1 of both address types: where they have 32 bits, the lower half counts.
    Ok(m.memory_grow(x, delta, rate)?.unwrap_or(u64::MAX))
}

/// `memory.fill`: `count` times the low byte of `value`, from `at` on.
pub(crate) fn fill<M: Machine>(
    m: &mut M,
    x: MemoryIdx,
    at: u64,
    value: i32,
    count: u64,
    rate: Rate,
) -> Result<(), Stop> {
    let to = range(at, count, m.memory(x).len());
    let to = to.ok_or_else(|| m.memory_out_of_bounds(&[(x, at)], count))?;
    m.pay(rate, count)?;
    let to = m.memory(x).get_mut(to);
    to.ok_or(Trap::MemoryOutOfBounds)?.fill(value as u8);
    Ok(())
}

/// `memory.copy`: `count` bytes of memory `y` from `from` on, to `to` in memory `x`.
pub(crate) fn copy<M: Machine>(
    m: &mut M,
    x: MemoryIdx,
    y: MemoryIdx,
    to: u64,
    from: u64,
    count: u64,
    rate: Rate,
) -> Result<(), Stop> {
    let copied = m.memory_copy((x, to), (y, from), count, rate)?;
    copied.ok_or_else(|| m.memory_out_of_bounds(&[(x, to), (y, from)], count).into())
}

/// `memory.init`: `count` bytes of data segment `y` from `from` on, to `to` in memory `x`.
pub(crate) fn init<M: Machine>(
    m: &mut M,
    y: DataIdx,
    x: MemoryIdx,
    to: u64,
    from: i32,
    count: i32,
    rate: Rate,
) -> Result<(), Stop> {
    // Places in a segment are `i32`, whatever the address type of the memory.
    let (from, count) = (u64::from(from as u32), u64::from(count as u32));
    let (memory, data) = m.memory_and_data(x, y);
    if in_bounds(to, count, memory) && in_bounds(from, count, data) {
        m.pay(rate, count)?;
    }
    let (memory, data) = m.memory_and_data(x, y);
    let copied = super::copy_between(memory, data, to, from, count);
    copied.ok_or_else(|| m.memory_out_of_bounds(&[(x, to)], count).into())
}

/// `data.drop`
pub(crate) fn drop_data<M: Machine>(m: &mut M, x: DataIdx) -> Result<(), Stop> {
    m.drop_data(x);
    Ok(())
}
