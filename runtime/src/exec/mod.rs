//! Execution of instructions that touch state and do not move control.
//!
//! The functions that rows of the tables name in `hand`, once for all engines: an engine is a
//! [`machine::Machine`], and gives the objects of the running instance. Standard: section 4.6,
//! "Instructions".

pub(crate) mod access;
#[cfg(feature = "alloc")]
pub(crate) mod constant;
pub(crate) mod machine;
pub(crate) mod memory;
pub(crate) mod reference;
pub(crate) mod slot;
pub(crate) mod table;
pub(crate) mod wide;

use core::ops::Range;

use crate::policy;

/// The indices of `count` items from `start` on, if all of them are below `length`.
#[inline]
fn range(start: u64, count: u64, length: usize) -> Option<Range<usize>> {
    // What is no `usize` is larger than every length.
    let (start, count) = (usize::try_from(start).ok()?, usize::try_from(count).ok()?);
    let end = start.checked_add(count)?;
    (end <= length).then_some(start..end)
}

/// Whether there are `count` items from `start` on.
fn in_bounds<T>(start: u64, count: u64, items: &[T]) -> bool {
    range(start, count, items.len()).is_some()
}

/// Copies `count` items of the source from `from` on, to `to` in the target, which is the source
/// if there is none, once it is paid for; gives `None`, and nothing is paid or copied, if either
/// lacks items.
#[cfg(any(feature = "alloc", test))]
#[inline]
pub(crate) fn copy<T: Copy, E>(
    target: &mut [T],
    source: Option<&[T]>,
    to: u64,
    from: u64,
    count: u64,
    pay: impl FnOnce() -> Result<(), E>,
) -> Result<Option<()>, E> {
    let Some(source) = source else {
        let len = target.len();
        let Some((to, from)) = places(target, (0, len, to), (0, len, from), count) else {
            return Ok(None);
        };
        pay()?;
        shift(target, from, to);
        return Ok(Some(()));
    };
    if !(in_bounds(to, count, target) && in_bounds(from, count, source)) {
        return Ok(None);
    }
    pay()?;
    Ok(copy_between(target, source, to, from, count))
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

/// Where `count` items of a slice are to go, and which they are, if they are there, in a part of
/// it and in a part of it: each is told by its start, its length and the place in it.
pub(crate) fn places<T>(
    items: &[T],
    (to_start, to_len, to): (usize, usize, u64),
    (from_start, from_len, from): (usize, usize, u64),
    count: u64,
) -> Option<(usize, Range<usize>)> {
    let to = range(to, count, to_len)?;
    let from = range(from, count, from_len)?;
    let from = from_start.checked_add(from.start)?..from_start.checked_add(from.end)?;
    let (to, end) = (
        to_start.checked_add(to.start)?,
        to_start.checked_add(to.end)?,
    );
    (from.end.max(end) <= items.len()).then_some((to, from))
}

/// Moves items to where there is room for them.
#[inline]
pub(crate) fn shift<T: Copy>(items: &mut [T], from: Range<usize>, to: usize) {
    if policy::MOVE_ONE_BY_ONE {
        return shift_one_by_one(items, from, to);
    }
    let (start, end, len) = (from.start, from.end, items.len());
    if start <= end && end <= len && to <= len - (end - start) {
        items.copy_within(start..end, to);
    }
}

/// The same; those that overlap move one by one.
#[inline(never)]
fn shift_one_by_one<T: Copy>(items: &mut [T], from: Range<usize>, to: usize) {
    let count = from.end.saturating_sub(from.start);
    if to.abs_diff(from.start) >= count {
        let (target, source) = parts(items, (to, count), (from.start, count));
        if target.len() == source.len() {
            target.copy_from_slice(source);
        }
        return;
    }
    let up = to > from.start;
    let cells = core::cell::Cell::from_mut(items).as_slice_of_cells();
    for step in 0..count {
        let at = if up { count - 1 - step } else { step };
        let place = cells.get(to.wrapping_add(at));
        if let (Some(from), Some(to)) = (cells.get(from.start.wrapping_add(at)), place) {
            to.set(from.get());
        }
    }
}

/// A part of a slice; nothing, if it is not there.
pub(crate) fn part<T>(items: &mut [T], start: usize, len: usize) -> &mut [T] {
    items
        .get_mut(start..start.saturating_add(len))
        .unwrap_or_default()
}

/// Two parts that do not overlap.
pub(crate) fn parts<T>(
    items: &mut [T],
    (first, first_len): (usize, usize),
    (second, second_len): (usize, usize),
) -> (&mut [T], &[T]) {
    let middle = first.max(second);
    let Some((low, high)) = items.split_at_mut_checked(middle) else {
        return (&mut [], &[]);
    };
    if first < second {
        (part(low, first, first_len), part(high, 0, second_len))
    } else {
        (part(high, 0, first_len), part(low, second, second_len))
    }
}

#[cfg(test)]
mod tests {
    use super::range;

    /// A copy that is paid for if it is made, and not otherwise.
    fn copy(
        items: &mut [i32],
        source: Option<&[i32]>,
        to: u64,
        from: u64,
        count: u64,
    ) -> Option<()> {
        let mut paid = None;
        let pay = || {
            paid = Some(());
            Ok::<(), ()>(())
        };
        let copied = super::copy(items, source, to, from, count, pay);
        assert_eq!(copied, Ok(paid));
        paid
    }

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
