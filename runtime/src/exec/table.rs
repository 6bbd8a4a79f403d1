//! Tables: their elements, as a whole and in ranges.
//!
//! Indices and sizes are `u64`, whatever the address type of the table. As for memories, bounds are
//! compared before anything is paid for or written. Standard: section 4.6, "Instructions", "Table
//! Instructions".

use super::machine::{Machine, Stop};
use super::{in_bounds, range};
use crate::spec::{Rate, Trap};
use crate::types::{ElemIdx, Ref, TableIdx};

/// `table.get`
pub(crate) fn get<M: Machine>(m: &mut M, x: TableIdx, at: u64) -> Result<Ref, Stop> {
    let element = usize::try_from(at).ok().and_then(|at| m.table(x).get(at));
    element.copied().ok_or(Trap::TableOutOfBounds.into())
}

/// `table.set`
pub(crate) fn set<M: Machine>(m: &mut M, x: TableIdx, at: u64, value: Ref) -> Result<(), Stop> {
    let element = usize::try_from(at)
        .ok()
        .and_then(|at| m.table(x).get_mut(at));
    *element.ok_or(Trap::TableOutOfBounds)? = value;
    Ok(())
}

/// `table.size`
pub(crate) fn size<M: Machine>(m: &mut M, x: TableIdx) -> Result<u64, Stop> {
    Ok(m.table(x).len() as u64)
}

/// `table.grow`: the size before, or -1.
pub(crate) fn grow<M: Machine>(
    m: &mut M,
    x: TableIdx,
    init: Ref,
    delta: u64,
    rate: Rate,
) -> Result<u64, Stop> {
    // -1 of both address types: where they have 32 bits, the lower half counts.
    Ok(m.table_grow(x, delta, init, rate)?.unwrap_or(u64::MAX))
}

/// `table.fill`: `count` times the value, from `at` on.
pub(crate) fn fill<M: Machine>(
    m: &mut M,
    x: TableIdx,
    at: u64,
    value: Ref,
    count: u64,
    rate: Rate,
) -> Result<(), Stop> {
    let to = range(at, count, m.table(x).len()).ok_or(Trap::TableOutOfBounds)?;
    m.pay(rate, count)?;
    let to = m.table(x).get_mut(to);
    to.ok_or(Trap::TableOutOfBounds)?.fill(value);
    Ok(())
}

/// `table.copy`: `count` elements of table `y` from `from` on, to `to` in table `x`.
pub(crate) fn copy<M: Machine>(
    m: &mut M,
    x: TableIdx,
    y: TableIdx,
    to: u64,
    from: u64,
    count: u64,
    rate: Rate,
) -> Result<(), Stop> {
    let copied = m.table_copy((x, to), (y, from), count, rate)?;
    copied.ok_or(Trap::TableOutOfBounds.into())
}

/// `table.init`: `count` elements of segment `y` from `from` on, to `to` in table `x`.
pub(crate) fn init<M: Machine>(
    m: &mut M,
    y: ElemIdx,
    x: TableIdx,
    to: u64,
    from: i32,
    count: i32,
    rate: Rate,
) -> Result<(), Stop> {
    // Places in a segment are `i32`, whatever the address type of the table.
    let (from, count) = (u64::from(from as u32), u64::from(count as u32));
    let (table, elements) = m.table_and_elements(x, y);
    if in_bounds(to, count, table) && in_bounds(from, count, elements) {
        m.pay(rate, count)?;
    }
    let (table, elements) = m.table_and_elements(x, y);
    super::copy_between(table, elements, to, from, count).ok_or(Trap::TableOutOfBounds.into())
}

/// `elem.drop`
pub(crate) fn drop_elements<M: Machine>(m: &mut M, x: ElemIdx) -> Result<(), Stop> {
    m.drop_elements(x);
    Ok(())
}
