
/// `memory.sum`: the sum of some bytes.
pub(crate) fn sum<M: Machine>(m: &mut M, x: MemoryIdx, at: u64, count: u64) -> Result<i32, Stop> {
    let bytes = m.memory(x);
    let range = range(at, count, bytes.len()).ok_or(Trap::MemoryOutOfBounds)?;
    Ok(bytes[range].iter().map(|byte| i32::from(*byte)).sum())
}
