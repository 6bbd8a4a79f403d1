
/// `memory.sum`: the sum of some bytes.
pub(crate) fn sum<M: Machine>(
    m: &mut M,
    x: MemoryIdx,
    at: u64,
    count: u64,
    rate: Rate,
) -> Result<i32, Stop> {
    let range = range(at, count, m.memory(x).len()).ok_or(Trap::MemoryOutOfBounds)?;
    m.pay(rate, count)?;
    Ok(m.memory(x)[range].iter().map(|byte| i32::from(*byte)).sum())
}
