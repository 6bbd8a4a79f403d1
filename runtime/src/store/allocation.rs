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

/// Makes room for `length` items, at least.
///
/// Room is reserved ahead in proportion to the size, up to `most` items, so that a guest that
/// grows step by step does not copy everything at each step.
pub(crate) fn reserve_ahead<T>(
    items: &mut Vec<T>,
    length: usize,
    most: usize,
) -> Result<(), OutOfMemory> {
    if length <= items.capacity() {
        return Ok(());
    }
    let ahead = items.capacity().saturating_mul(2).min(most).max(length);
    items
        .try_reserve_exact(ahead - items.len())
        .or_else(|_| items.try_reserve_exact(length - items.len()))
        .map_err(|_| OutOfMemory)
}

/// Lengthens `items` to `length` with zeros, with room ahead up to `most` items.
pub(crate) fn grow<T: Zeroable>(
    items: &mut Vec<T>,
    length: usize,
    most: usize,
) -> Result<(), OutOfMemory> {
    reserve_ahead(items, length, most)?;
    if let Some(new @ 1..) = length.checked_sub(items.len()) {
        let spare = items.spare_capacity_mut().as_mut_ptr();
        // SAFETY: there is room for `length` items, and zero is a value of each.
        unsafe {
            spare.write_bytes(0, new);
            items.set_len(length);
        }
    }
    Ok(())
}

/// Makes room for so many items more.
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
            assert!(grow(&mut bytes, length, 4096).is_ok());
            moves += usize::from(bytes.capacity() != before);
        }
        assert_eq!(moves, 6);
        assert!(bytes.len() == 1024 && bytes.iter().all(|byte| *byte == 0));
    }
}
