//! Sums.

pub(crate) fn sum<M: Machine>(m: &mut M, x: MemoryIdx) -> Result<i32, Stop> {
    Ok(m.memory(x).iter().map(|byte| i32::from(*byte)).sum())
}
