//! Large allocations that may fail.
//!
//! Invariant of this module: a vector made from raw parts has the layout of its allocation, and
//! all its items are zero, which is a value of every [`Zeroable`] type.

use alloc::alloc::{Layout, alloc_zeroed};
use alloc::vec::Vec;
use core::ptr::NonNull;

use crate::cause::OutOfMemory;
use crate::types::Ref;

/// Types of which all bits zero is a value.
///
/// # Safety
/// It must be one, and the type must have a size.
pub(crate) unsafe trait Zeroable: Copy {}

// SAFETY: zero is a byte.
unsafe impl Zeroable for u8 {}
// SAFETY: zero is an integer.
unsafe impl Zeroable for u64 {}
// SAFETY: a transparent integer.
unsafe impl Zeroable for Ref {}

/// That many zeros, or nothing when memory is short. The pages of a large one are not touched.
pub(crate) fn zeroed<T: Zeroable>(length: usize) -> Option<Vec<T>> {
    if length == 0 {
        return Some(Vec::new());
    }
    let layout = Layout::array::<T>(length).ok()?;
    // SAFETY: neither the length nor the size of `T` is zero.
    let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
    // SAFETY: the module's invariant; the layout is that of an array of `length` items.
    Some(unsafe { Vec::from_raw_parts(start.cast::<T>().as_ptr(), length, length) })
}

/// Lengthens `items` to `length` with copies of `fill`.
///
/// Room is reserved ahead in proportion to the size, up to `most` items, so that a guest that
/// grows step by step does not copy everything at each step.
pub(crate) fn grow<T: Copy>(
    items: &mut Vec<T>,
    length: usize,
    most: usize,
    fill: T,
) -> Result<(), OutOfMemory> {
    if length > items.capacity() {
        let ahead = items.capacity().saturating_mul(2).min(most).max(length);
        items
            .try_reserve_exact(ahead - items.len())
            .or_else(|_| items.try_reserve_exact(length - items.len()))
            .map_err(|_| OutOfMemory)?;
    }
    items.resize(length, fill);
    Ok(())
}

/// Makes room for one more item.
pub(crate) fn reserve<T>(items: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
    items.try_reserve(more).map_err(|_| OutOfMemory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros() {
        assert_eq!(zeroed::<u64>(3).as_deref(), Some(&[0, 0, 0][..]));
        assert_eq!(zeroed::<u64>(0).as_deref(), Some(&[][..]));
        assert!(zeroed::<u64>(usize::MAX / 8).is_none());
    }

    #[test]
    fn growing_step_by_step_reserves_ahead() {
        let mut bytes = zeroed::<u8>(16).unwrap_or_default();
        let mut moves = 0;
        for length in 17..=1024 {
            let before = bytes.capacity();
            assert!(grow(&mut bytes, length, 4096, 0).is_ok());
            moves += usize::from(bytes.capacity() != before);
        }
        assert_eq!(moves, 6);
    }
}
