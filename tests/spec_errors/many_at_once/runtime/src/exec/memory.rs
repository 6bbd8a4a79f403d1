//! Memories.

pub(crate) fn grow<M: Machine>(m: &mut M, x: MemoryIdx, delta: i32) -> Result<u64, Stop> {
    m.memory_grow(x, delta)
}

pub(crate) fn fill<M: Machine>(
    m: &mut M,
    x: MemoryIdx,
    start: u64,
    value: i32,
    count: u64,
    rate: Rate,
) -> Result<(), Stop> {
    m.pay(rate, count)?;
    m.memory_fill(x, start, value, count)
}
