//! Execution of instructions that touch state and do not move control.
//!
//! The functions that rows of the tables name in `hand`, once for all engines: an engine is a
//! [`machine::Machine`], and gives the objects of the running instance. Section 4.4 of the
//! standard.

pub(crate) mod access;
pub(crate) mod machine;
pub(crate) mod memory;
pub(crate) mod reference;
pub(crate) mod slot;
pub(crate) mod table;

use core::ops::Range;

/// The indices of `count` items from `start` on, if there are so many among `length`.
#[inline]
fn range(start: u64, count: u64, length: usize) -> Option<Range<usize>> {
    let end = start.checked_add(count)?;
    // Both fit: they are not larger than a length.
    (end <= length as u64).then_some(start as usize..end as usize)
}

/// Copies `count` items of the source from `from` on, to `to` in the target, which is the source
/// if there is none; gives `None`, and copies nothing, if either lacks items.
#[inline]
fn copy<T: Copy>(
    target: &mut [T],
    source: Option<&[T]>,
    to: u64,
    from: u64,
    count: u64,
) -> Option<()> {
    match source {
        Some(source) => copy_between(target, source, to, from, count),
        None => copy_within(target, to, from, count),
    }
}

/// Copies items of another slice.
#[inline]
fn copy_between<T: Copy>(
    target: &mut [T],
    source: &[T],
    to: u64,
    from: u64,
    count: u64,
) -> Option<()> {
    let target = target.get_mut(range(to, count, target.len())?)?;
    let source = source.get(range(from, count, source.len())?)?;
    // They are; that it is said lets no panic be linked.
    if target.len() == source.len() {
        target.copy_from_slice(source);
    }
    Some(())
}

/// Copies items of the same slice.
#[inline]
fn copy_within<T: Copy>(items: &mut [T], to: u64, from: u64, count: u64) -> Option<()> {
    let to = range(to, count, items.len())?;
    let from = range(from, count, items.len())?;
    shift(items, from, to.start);
    Some(())
}

/// Moves items to where there is room for them.
#[cfg(not(small))]
#[inline]
fn shift<T: Copy>(items: &mut [T], from: Range<usize>, to: usize) {
    items.copy_within(from, to);
}

/// Moves items to where there is room for them: one by one, because the compiler does not see that
/// `copy_within` cannot panic, and would link the panic.
#[cfg(small)]
fn shift<T: Copy>(items: &mut [T], from: Range<usize>, to: usize) {
    let cells = core::cell::Cell::from_mut(items).as_slice_of_cells();
    let count = from.end - from.start;
    let move_item = |at: usize| {
        if let (Some(from), Some(to)) = (cells.get(from.start + at), cells.get(to + at)) {
            to.set(from.get());
        }
    };
    if to < from.start {
        (0..count).for_each(move_item);
    } else {
        (0..count).rev().for_each(move_item);
    }
}

#[cfg(test)]
mod tests {
    use super::{copy, range};

    #[test]
    fn a_copy_may_overlap() {
        let mut items = [1, 2, 3, 4, 5];
        assert_eq!(copy(&mut items, None, 1, 0, 4), Some(()));
        assert_eq!(items, [1, 1, 2, 3, 4]);
        assert_eq!(copy(&mut items, None, 0, 1, 4), Some(()));
        assert_eq!(items, [1, 2, 3, 4, 4]);
        assert_eq!(copy(&mut items, None, 5, 5, 0), Some(()));
    }

    #[test]
    fn a_copy_is_done_as_a_whole_or_not_at_all() {
        let mut items = [0; 4];
        assert_eq!(copy(&mut items, Some(&[1, 2]), 3, 0, 2), None);
        assert_eq!(copy(&mut items, Some(&[1, 2]), 0, 1, 2), None);
        assert_eq!(copy(&mut items, None, 5, 0, 0), None);
        assert_eq!(copy(&mut items, Some(&[]), 0, 1, 0), None);
        assert_eq!(items, [0; 4]);
        assert_eq!(copy(&mut items, Some(&[1, 2]), 1, 0, 2), Some(()));
        assert_eq!(items, [0, 1, 2, 0]);
    }

    #[test]
    fn a_range_may_end_at_the_end() {
        assert_eq!(range(0, 0, 0), Some(0..0));
        assert_eq!(range(10, 0, 10), Some(10..10));
        assert_eq!(range(3, 7, 10), Some(3..10));
        assert_eq!(range(11, 0, 10), None);
        assert_eq!(range(3, 8, 10), None);
        assert_eq!(range(u64::MAX, 1, 10), None);
        assert_eq!(range(1, u64::MAX, usize::MAX), None);
    }
}
