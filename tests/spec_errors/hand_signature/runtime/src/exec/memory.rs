//! Memories.

pub(crate) fn size<M: Machine>(m: &mut M, x: MemoryIdx) -> Result<u64, Stop> {
    Ok(m.memory_pages(x))
}

pub(crate) fn grow<M: Machine>(
    m: &mut M,
    x: MemoryIdx,
    delta: u32,
    rate: Rate,
) -> Result<u64, Stop> {
    m.memory_grow(x, delta, rate)
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
