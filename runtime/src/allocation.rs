//! Allocations that may fail. The standard library's own abort where there is no memory, so
//! nothing that a guest or a module causes is allocated by `Box::new`, `collect`, `format!` and the
//! like, but by what stands here, and by `try_reserve`.
//!
//! Invariant of this module: a vector or a box made from raw parts has the layout of its
//! allocation; all items of such a vector are zero, which is a value of every [`Zeroable`] type.

use alloc::alloc::{Layout, alloc, alloc_zeroed};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};
use core::ptr::NonNull;

use crate::types::Ref;

/// The allocator has no memory for this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of memory")
    }
}

impl core::error::Error for OutOfMemory {}

/// Types of which all bits zero is a value.
///
/// # Safety
/// It must be one, and the type must have a size.
pub(crate) unsafe trait Zeroable: Copy {}

// SAFETY: zero is a byte.
unsafe impl Zeroable for u8 {}
// SAFETY: zero is an integer.
unsafe impl Zeroable for u64 {}
// SAFETY: it is transparent over an integer, and zero is null.
unsafe impl Zeroable for Ref {}

/// That many zeros, or nothing when memory is short. The pages of a large one are not touched.
pub(crate) fn zeroed<T: Zeroable>(length: usize) -> Option<Vec<T>> {
    if length == 0 {
        return Some(Vec::new());
    }
    let layout = Layout::array::<T>(length).ok()?;
    // SAFETY: neither the length nor the size of `T` is zero.
    let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
    // SAFETY: the allocation has the layout of an array of `length` items, and its zeros are values
    // of a `Zeroable` type.
    Some(unsafe { Vec::from_raw_parts(start.cast::<T>().as_ptr(), length, length) })
}

/// Capacity ahead of `length` items is this part of them.
const AHEAD: usize = 8;

/// How many items to make room for when there are to be `length`: some more, but not above `most`,
/// so that a guest that grows step by step does not copy everything at each step. With an eighth
/// ahead, each item moves eight times on average.
pub(crate) fn with_capacity_ahead(length: usize, most: usize) -> usize {
    let ahead = length.saturating_add(length / AHEAD);
    ahead.min(most).max(length)
}

/// Makes room for `length` items, and for `capacity` if there is so much memory. The allocator is asked
/// to enlarge what is there, which many do in place; one that moves it holds both meanwhile.
pub(crate) fn reserve_ahead<T>(
    items: &mut Vec<T>,
    length: usize,
    capacity: usize,
) -> Result<(), OutOfMemory> {
    if length <= items.capacity() {
        return Ok(());
    }
    let mut reserve = |capacity: usize| items.try_reserve_exact(capacity - items.len());
    reserve(capacity.max(length))
        .or_else(|_| reserve(length))
        .map_err(|_| OutOfMemory)
}

/// Lengthens `items` to `length` with zeros, with a capacity of `capacity` items if there is so much memory.
pub(crate) fn grow<T: Zeroable>(
    items: &mut Vec<T>,
    length: usize,
    capacity: usize,
) -> Result<(), OutOfMemory> {
    reserve_ahead(items, length, capacity)?;
    if let Some(new @ 1..) = length.checked_sub(items.len()) {
        let spare = items.spare_capacity_mut().as_mut_ptr();
        // SAFETY: `reserve_ahead` made room for `length` items, so `new` of them are spare; zero is
        // a value of each, as `T` is `Zeroable`.
        unsafe {
            spare.write_bytes(0, new);
            items.set_len(length);
        }
    }
    Ok(())
}

/// Makes room for this many items more.
pub(crate) fn reserve<T>(items: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
    items.try_reserve(more).map_err(|_| OutOfMemory)
}

/// A value in a box.
pub(crate) fn boxed<T>(value: T) -> Result<Box<T>, OutOfMemory> {
    let layout = Layout::new::<T>();
    if layout.size() == 0 {
        // This takes no memory.
        return Ok(Box::new(value));
    }
    // SAFETY: the size is not zero.
    let place = NonNull::new(unsafe { alloc(layout) }).ok_or(OutOfMemory)?;
    let place = place.cast::<T>();
    // SAFETY: the place was just allocated with the layout of `T`, and gets a value before the box
    // is made of it.
    unsafe {
        place.write(value);
        Ok(Box::from_raw(place.as_ptr()))
    }
}

/// A copy of items in a box, which takes no more memory than it needs.
pub(crate) fn boxed_copy<T: Copy>(items: &[T]) -> Result<Box<[T]>, OutOfMemory> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(items.len())
        .map_err(|_| OutOfMemory)?;
    copy.extend_from_slice(items);
    Ok(copy.into_boxed_slice())
}

/// Items in a box, of an iterator that knows how many there are.
pub(crate) fn boxed_list<T>(
    items: impl ExactSizeIterator<Item = T>,
) -> Result<Box<[T]>, OutOfMemory> {
    let mut list = Vec::new();
    let length = items.len();
    list.try_reserve_exact(length).map_err(|_| OutOfMemory)?;
    // An iterator that gives more than it says gives them to nobody.
    list.extend(items.take(length));
    Ok(list.into_boxed_slice())
}

/// A copy of a text in a box.
pub(crate) fn boxed_str(text: &str) -> Result<Box<str>, OutOfMemory> {
    let mut copy = String::new();
    let capacity = copy.try_reserve_exact(text.len());
    capacity.map_err(|_| OutOfMemory)?;
    copy.push_str(text);
    Ok(copy.into_boxed_str())
}

/// What a value looks like. A `Display` that fails for other reasons is cut short there.
pub(crate) fn text(shown: impl fmt::Display) -> Result<String, OutOfMemory> {
    struct Text {
        written: String,
        short: bool,
    }

    impl Write for Text {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.short = self.written.try_reserve(part.len()).is_err();
            if self.short {
                return Err(fmt::Error);
            }
            self.written.push_str(part);
            Ok(())
        }
    }

    let mut text = Text {
        written: String::new(),
        short: false,
    };
    match write!(text, "{shown}") {
        Err(_) if text.short => Err(OutOfMemory),
        _ => Ok(text.written),
    }
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
    fn growing_step_by_step_moves_seldom() {
        let mut bytes = zeroed::<u8>(64).unwrap_or_default();
        let mut moves = 0;
        for length in 65..=4096 {
            let before = bytes.capacity();
            let capacity = with_capacity_ahead(length, 4000);
            assert!(grow(&mut bytes, length, capacity).is_ok());
            assert!(bytes.capacity() <= 4000.max(length));
            moves += usize::from(bytes.capacity() != before);
        }
        // The logarithm of 4000 / 64 to the base of an eighth more, and 96 steps beyond the room.
        assert_eq!(moves, 35 + 96);
        assert!(bytes.len() == 4096 && bytes.iter().all(|byte| *byte == 0));
    }

    #[test]
    fn room_ahead_is_an_eighth() {
        assert_eq!(with_capacity_ahead(800, usize::MAX), 900);
        assert_eq!(with_capacity_ahead(800, 850), 850);
        assert_eq!(with_capacity_ahead(800, 100), 800);
        assert_eq!(with_capacity_ahead(usize::MAX, usize::MAX), usize::MAX);
    }
}
