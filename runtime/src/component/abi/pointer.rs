//! Addresses that a guest gives: the checks that every access of this room needs.
//!
//! An address must be aligned, and the bytes behind it must be in the memory; the sum is checked,
//! because a guest may choose both so that it wraps. Everything that lifts or lowers comes here, so
//! that there is one comparison to read. Standard: Component Model, `CanonicalABI.md`, `trap_if` in
//! `load` and `store`.

use core::ops::Range;

use crate::spec::Trap;

/// The bytes from an address on, which must be aligned to a power of two and within a memory of this
/// length.
#[inline]
pub(in crate::component) fn checked(
    at: u64,
    align: u32,
    size: u64,
    memory: usize,
    outside: Trap,
) -> Result<Range<usize>, Trap> {
    // No division, which would take longer than all the rest.
    if at & u64::from(align).wrapping_sub(1) != 0 {
        return Err(Trap::UnalignedPointer);
    }
    range(at, size, memory).ok_or(outside)
}

/// The bytes from an address on, if they are within a memory of this length.
#[inline]
pub(in crate::component) fn range(at: u64, size: u64, memory: usize) -> Option<Range<usize>> {
    let end = at.checked_add(size)?;
    // What is not beyond the end of the memory fits a `usize`.
    (end <= memory as u64).then_some(at as usize..end as usize)
}

/// Bytes of `count` elements, if they are at most `most`.
#[inline]
pub(in crate::component) fn bytes(count: u64, size: u32, most: usize) -> Option<u64> {
    let bytes = count.checked_mul(u64::from(size))?;
    (bytes <= most as u64).then_some(bytes)
}
