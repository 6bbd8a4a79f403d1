//! Lists in the caller's bytes.
//!
//! What stays grows up from the front: the index spaces, and what a sink keeps of each section. The
//! validator's other stacks, and what a sink needs for a body, grow down from the back. Each list
//! lies right behind the one before it, and gives way when that one grows. So there is room exactly
//! as long as the items fit, whatever the mixture. What a sink's items are only the sink knows.
//!
//! All lists share the bytes, which is why these are cells.

use core::cell::Cell;
use core::cmp::Ordering;
use core::fmt;
use core::marker::PhantomData;

use super::environment::Environment;
use super::item::Item;
use super::operands::Operands;
use super::stack::Scratch;
use super::storage::{Full, List, Storage};
use crate::reject::Reject;
use crate::spec::Limit;

/// Memory of the caller, for one validation.
///
/// ```
/// use tabwasm::profile::NoAlloc;
/// use tabwasm::reject::Verdict;
/// use tabwasm::validate::{Arena, validate};
///
/// let mut bytes = [0; 1024];
/// let arena = Arena::new(&mut bytes);
/// assert_eq!(validate(b"\0asm\x01\0\0\0", &NoAlloc, &arena), Verdict::Valid);
/// assert!(arena.peak() < 100);
/// ```
pub struct Arena<'b> {
    bytes: &'b [Cell<u8>],
    /// Where each list begins, as a distance from its end of the memory, and behind those of each
    /// end where the last one ends.
    starts: [Cell<usize>; BACK + 1],
    peak: Cell<usize>,
}

/// The place behind the lists at the front, and that behind those at the back.
const FRONT: usize = ListName::Values as usize + 1;
const BACK: usize = ListName::Frames as usize + 1;

/// The lists, each behind the one before. Those that begin with `Kept` are the sink's: it puts items
/// of its own there, or nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub(crate) enum ListName {
    // At the front: what stays, in the order of the sections.
    ValueTypes,
    Types,
    KeptImports,
    Funcs,
    KeptFuncs,
    Tables,
    KeptTables,
    Memories,
    Globals,
    KeptGlobals,
    KeptElements,
    KeptCode,
    KeptData,
    // Behind them, because there are few where a branch is.
    Values,
    // At the back; one number is that of the end of the front.
    Exports = FRONT as u8 + 1,
    Nodes,
    Declared,
    Tags,
    ElementTypes,
    Runs,
    Locals,
    Set,
    Initialised,
    // Of the body that is being read, and of its blocks.
    KeptBody,
    KeptBlocks,
    Frames,
}

impl ListName {
    const ALL: [Self; 26] = [
        Self::ValueTypes,
        Self::Types,
        Self::KeptImports,
        Self::Funcs,
        Self::KeptFuncs,
        Self::Tables,
        Self::KeptTables,
        Self::Memories,
        Self::Globals,
        Self::KeptGlobals,
        Self::KeptElements,
        Self::KeptCode,
        Self::KeptData,
        Self::Values,
        Self::Exports,
        Self::Nodes,
        Self::Declared,
        Self::Tags,
        Self::ElementTypes,
        Self::Runs,
        Self::Locals,
        Self::Set,
        Self::Initialised,
        Self::KeptBody,
        Self::KeptBlocks,
        Self::Frames,
    ];

    /// The one with this number.
    const fn numbered(number: u8) -> Self {
        // One number belongs to no list.
        let before = number as usize - (number as usize > FRONT) as usize;
        Self::ALL[before]
    }

    /// Whether it is at the front.
    #[inline(always)]
    fn is_front(self) -> bool {
        (self as usize) < FRONT
    }

    /// Whether nothing lies behind it, at the same end.
    #[inline(always)]
    fn is_last(self) -> bool {
        matches!(self, Self::Values | Self::Frames)
    }

    /// Where the list ends, those behind it at the same end begin, and the last one ends.
    #[inline(always)]
    fn behind(self) -> core::ops::RangeInclusive<usize> {
        self as usize + 1..=if self.is_front() { FRONT } else { BACK }
    }
}

impl<'b> Arena<'b> {
    /// Uses these bytes.
    pub fn new(bytes: &'b mut [u8]) -> Self {
        Self {
            bytes: Cell::from_mut(bytes).as_slice_of_cells(),
            starts: Default::default(),
            peak: Cell::new(0),
        }
    }

    /// How many bytes were in use at most: with that many, validation ends the same way.
    pub fn peak(&self) -> usize {
        self.peak.get()
    }

    /// Does not touch this many bytes at the front.
    pub(crate) fn skip(&self, bytes: usize) -> Result<(), Reject> {
        if !self.claim(bytes) {
            return Err(self.lack(bytes, 0));
        }
        for start in self.starts.iter().take(FRONT + 1) {
            start.set(bytes);
        }
        Ok(())
    }

    /// Adds an item to a list that may be as long as there is memory.
    pub(crate) fn put<T: Item, const PLACE: u8>(&self, item: T, at: usize) -> Result<(), Reject> {
        let place = ArenaList::<T, PLACE>::PLACE;
        let cells = self.extend(place, T::SIZE, usize::MAX);
        if cells.len() < T::SIZE {
            return Err(self.lack(T::SIZE, at));
        }
        item.store(cells, 0);
        Ok(())
    }

    /// There is no room for this many bytes more.
    #[cold]
    #[inline(never)]
    fn lack(&self, bytes: usize, at: usize) -> Reject {
        Reject::limit(Limit::Arena, (self.used() + bytes) as u64, at)
    }

    /// The list of a place.
    pub(crate) fn list<'s, T: Item, const PLACE: u8>(&'s self) -> ArenaList<'s, T, PLACE>
    where
        'b: 's,
    {
        ArenaList {
            arena: self,
            items: PhantomData,
        }
    }

    /// Bytes of the front, for what stays behind when the lists are done with.
    pub(crate) fn front(&self) -> &'b [Cell<u8>] {
        self.bytes
    }

    /// How many bytes the lists at the front have, in the order of the places.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        let pairs = self.starts.iter().zip(self.starts.iter().skip(1));
        pairs
            .take(FRONT)
            .map(|(start, end)| end.get() - start.get())
    }

    /// Where a list begins, as a distance from its end of the memory.
    #[inline(always)]
    fn start(&self, place: ListName) -> usize {
        self.starts[place as usize].get()
    }

    /// Where a list ends.
    #[inline(always)]
    fn end(&self, place: ListName) -> &Cell<usize> {
        &self.starts[place as usize + 1]
    }

    /// How many items of a size a list has.
    #[inline(always)]
    pub(super) fn len(&self, place: ListName, size: usize) -> usize {
        (self.end(place).get() - self.start(place)) / size
    }

    /// Whether a list has no items.
    #[inline(always)]
    pub(super) fn is_empty(&self, place: ListName) -> bool {
        self.end(place).get() == self.start(place)
    }

    #[cfg_attr(small, inline(never))]
    fn extend(&self, place: ListName, size: usize, most: usize) -> &[Cell<u8>] {
        self.extend_here(place, size, most)
    }

    /// Makes room at the end of a list, and gives it, unless the list or the memory is
    /// [`full`](Self::full): no bytes then.
    #[inline(always)]
    pub(super) fn extend_here(&self, place: ListName, size: usize, most: usize) -> &[Cell<u8>] {
        if self.len(place, size) >= most || !self.claim(size) {
            return &[];
        }
        let at = self.end(place).get();
        if place.is_last() {
            self.end(place).set(at + size);
        } else {
            self.shift(place, size, 0);
        }
        self.cells(place, at, size)
    }

    /// Why a list could not grow.
    #[cold]
    #[inline(never)]
    pub(super) fn full(&self, place: ListName, size: usize, most: usize) -> Full {
        if self.len(place, size) >= most {
            Full::Limit
        } else {
            Full::Arena(self.used() + size)
        }
    }

    /// The same as a rejection, for a list that serves a limit. Not made of a [`Full`], which would
    /// travel through memory: that took 96 bytes of flash and 24 of stack on a Cortex-M4.
    #[cold]
    #[inline(never)]
    pub(super) fn refuse(
        &self,
        place: ListName,
        size: usize,
        most: usize,
        limit: Limit,
        at: usize,
    ) -> Reject {
        let there = self.len(place, size);
        let (limit, at_least) = match there >= most {
            true => (limit, there + 1),
            false => (Limit::Arena, self.used() + size),
        };
        Reject::limit(limit, at_least as u64, at)
    }

    /// Drops items behind the first `len`.
    #[cfg_attr(small, inline(never))]
    fn truncate(&self, place: ListName, len: usize, size: usize) {
        self.truncate_here(place, len, size);
    }

    #[inline(always)]
    pub(super) fn truncate_here(&self, place: ListName, len: usize, size: usize) {
        if let Some(fewer) = self.len(place, size).checked_sub(len) {
            self.shrink(place, fewer * size);
        }
    }

    /// Drops this many bytes at the end of a list.
    #[inline(always)]
    fn shrink(&self, place: ListName, bytes: usize) {
        if place.is_last() {
            let end = self.end(place);
            end.set(end.get() - bytes);
        } else {
            self.shift(place, 0, bytes);
        }
    }

    /// Takes the last item of a list away.
    #[inline(always)]
    pub(super) fn pop<T: Item>(&self, place: ListName) -> Option<T> {
        if self.is_empty(place) {
            return None;
        }
        let item = T::load(
            self.cells(place, self.end(place).get() - T::SIZE, T::SIZE),
            0,
        );
        self.shrink(place, T::SIZE);
        Some(item)
    }

    /// The bytes of an item of a list; none if there is no such item.
    #[cfg_attr(not(small), inline(always))]
    #[cfg_attr(small, inline(never))]
    fn locate(&self, place: ListName, index: usize, size: usize) -> &[Cell<u8>] {
        if index < self.len(place, size) {
            self.cells(place, self.start(place) + index * size, size)
        } else {
            &[]
        }
    }

    /// So many bytes at a distance from the end of the memory where a list is.
    #[inline(always)]
    fn cells(&self, place: ListName, at: usize, size: usize) -> &[Cell<u8>] {
        let at = match place.is_front() {
            true => at,
            false => self.bytes.len() - at - size,
        };
        self.bytes.get(at..at + size).unwrap_or_default()
    }

    /// Whether this many bytes more are there; if so, they are about to be used.
    #[inline(always)]
    fn claim(&self, bytes: usize) -> bool {
        let used = self.used() + bytes;
        if used > self.bytes.len() {
            return false;
        }
        if used > self.peak.get() {
            self.peak.set(used);
        }
        true
    }

    /// Does something with the bytes that no list has, as memory of its own.
    pub(crate) fn aside<R>(&self, work: impl FnOnce(&Arena<'_>) -> R) -> R {
        let front = self.end(ListName::Values).get();
        let back = self.bytes.len() - self.end(ListName::Frames).get();
        let free = Arena {
            bytes: self.bytes.get(front..back).unwrap_or_default(),
            starts: Default::default(),
            peak: Cell::new(0),
        };
        let result = work(&free);
        let peak = self.used() + free.peak();
        self.peak.set(self.peak.get().max(peak));
        result
    }

    /// How many bytes are in use.
    pub(crate) fn used(&self) -> usize {
        self.end(ListName::Values).get() + self.end(ListName::Frames).get()
    }

    /// Moves what lies behind a place: up by `more` bytes, then down by `less`.
    #[inline(never)]
    fn shift(&self, place: ListName, more: usize, less: usize) {
        let behind = self.starts.get(place.behind()).unwrap_or_default();
        let [first, .., last] = behind else {
            return;
        };
        let (start, end) = (first.get(), last.get());
        if start < end {
            self.slide(place, start, end, start + more - less);
        }
        for start in behind {
            start.set(start.get() + more - less);
        }
    }

    /// Moves the bytes of a range, counted from an end of the memory.
    fn slide(&self, place: ListName, start: usize, end: usize, to: usize) {
        let count = end - start;
        let (from, to) = if place.is_front() {
            (start, to)
        } else {
            (self.bytes.len() - end, self.bytes.len() - to - count)
        };
        let down = to < from;
        let (Some(from), Some(to)) = (
            self.bytes.get(from..from + count),
            self.bytes.get(to..to + count),
        ) else {
            return;
        };
        let pairs = from.iter().zip(to);
        let move_byte = |(from, to): (&Cell<u8>, &Cell<u8>)| to.set(from.get());
        if down {
            pairs.for_each(move_byte);
        } else {
            pairs.rev().for_each(move_byte);
        }
    }
}

impl fmt::Debug for Arena<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena")
            .field("bytes", &self.bytes.len())
            .field("peak", &self.peak)
            .finish_non_exhaustive()
    }
}

impl<'s> Storage for &'s Arena<'s> {
    type List<T: Item, const PLACE: u8> = ArenaList<'s, T, PLACE>;
    type Operands = Operands<'s>;

    const SPELLED: usize = 0;

    fn open(self) -> (Environment<Self>, Scratch<Self>) {
        let environment = Environment {
            value_types: self.list(),
            types: self.list(),
            nodes: self.list(),
            funcs: self.list(),
            tables: self.list(),
            memories: self.list(),
            globals: self.list(),
            tags: self.list(),
            elements: self.list(),
            declared: self.list(),
            exports: self.list(),
            counts: Default::default(),
            root: None,
        };
        let scratch = Scratch {
            values: Operands::new(self),
            frames: self.list(),
            runs: self.list(),
            locals: self.list(),
            initialised: self.list(),
            set: self.list(),
        };
        (environment, scratch)
    }
}

/// A limit as a number of items.
#[inline(always)]
pub(super) fn most_items(most: u64) -> usize {
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// A list in the caller's bytes, at the place with this number.
pub struct ArenaList<'s, T, const PLACE: u8> {
    arena: &'s Arena<'s>,
    items: PhantomData<T>,
}

impl<T, const PLACE: u8> ArenaList<'_, T, PLACE> {
    const PLACE: ListName = ListName::numbered(PLACE);
}

impl<T: Item, const PLACE: u8> List<T> for ArenaList<'_, T, PLACE> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.arena.len(Self::PLACE, T::SIZE)
    }

    #[inline(always)]
    fn is_empty(&self) -> bool {
        self.arena.is_empty(Self::PLACE)
    }

    #[inline(always)]
    fn get(&self, index: usize) -> Option<T> {
        let cells = self.arena.locate(Self::PLACE, index, T::SIZE);
        (cells.len() >= T::SIZE).then(|| T::load(cells, 0))
    }

    #[inline(always)]
    fn set(&mut self, index: usize, item: T) {
        item.store(self.arena.locate(Self::PLACE, index, T::SIZE), 0);
    }

    #[inline]
    fn push(&mut self, item: T, most: u64) -> Result<(), Full> {
        let most = most_items(most);
        let cells = self.arena.extend(Self::PLACE, T::SIZE, most);
        if cells.len() < T::SIZE {
            return Err(self.arena.full(Self::PLACE, T::SIZE, most));
        }
        item.store(cells, 0);
        Ok(())
    }

    // Not by way of `push`, for the same reason as `Arena::refuse`.
    #[inline]
    fn add(&mut self, item: T, limit: Limit, most: u64, at: usize) -> Result<(), Reject> {
        let most = most_items(most);
        let cells = self.arena.extend(Self::PLACE, T::SIZE, most);
        if cells.len() < T::SIZE {
            return Err(self.arena.refuse(Self::PLACE, T::SIZE, most, limit, at));
        }
        item.store(cells, 0);
        Ok(())
    }

    #[inline]
    fn truncate(&mut self, len: usize) {
        self.arena.truncate(Self::PLACE, len, T::SIZE);
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.arena.pop(Self::PLACE)
    }

    fn partition_point(&self, mut first: impl FnMut(T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).is_some_and(&mut first) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Heap sort: no memory, and no input takes long.
    fn sort(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let count = self.len();
        let mut sink = |list: &mut Self, mut parent: usize, end: usize| {
            loop {
                let mut child = 2 * parent + 1;
                let (Some(above), Some(left)) = (list.get(parent), list.get(child)) else {
                    return;
                };
                if child >= end {
                    return;
                }
                let mut below = left;
                if let Some(right) = list.get(child + 1).filter(|_| child + 1 < end)
                    && compare(&left, &right) == Ordering::Less
                {
                    (child, below) = (child + 1, right);
                }
                if compare(&above, &below) != Ordering::Less {
                    return;
                }
                list.set(parent, below);
                list.set(child, above);
                parent = child;
            }
        };
        for parent in (0..count / 2).rev() {
            sink(self, parent, count);
        }
        for end in (1..count).rev() {
            if let (Some(first), Some(last)) = (self.get(0), self.get(end)) {
                self.set(0, last);
                self.set(end, first);
            }
            sink(self, 0, end);
        }
    }
}

impl<T, const PLACE: u8> fmt::Debug for ArenaList<'_, T, PLACE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", Self::PLACE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_give_way_to_each_other() {
        let mut bytes = [0; 64];
        let arena = Arena::new(&mut bytes);
        let mut types = arena.list::<u32, { ListName::Types as u8 }>();
        let mut values = arena.list::<u32, { ListName::Values as u8 }>();
        let mut runs = arena.list::<u64, { ListName::Runs as u8 }>();
        let mut frames = arena.list::<u16, { ListName::Frames as u8 }>();
        for number in 0..3 {
            values.push(10 + number, 9).unwrap();
            types.push(number, 9).unwrap();
            frames.push(20 + number as u16, 9).unwrap();
            runs.push(u64::from(30 + number), 9).unwrap();
        }
        for index in 0..3 {
            assert_eq!(types.get(index), Some(index as u32));
            assert_eq!(values.get(index), Some(10 + index as u32));
            assert_eq!(runs.get(index), Some(30 + index as u64));
            assert_eq!(frames.get(index), Some(20 + index as u16));
        }
        types.truncate(1);
        runs.truncate(0);
        assert_eq!((values.get(2), frames.get(2)), (Some(12), Some(22)));
        assert_eq!((types.len(), arena.peak()), (1, 54));
        assert_eq!(values.push(0, 3), Err(Full::Limit));
    }

    #[test]
    fn the_memory_can_be_filled_to_the_last_byte() {
        let mut bytes = [0; 12];
        let arena = Arena::new(&mut bytes);
        let mut values = arena.list::<u32, { ListName::Values as u8 }>();
        let mut frames = arena.list::<u32, { ListName::Frames as u8 }>();
        values.push(1, 9).unwrap();
        frames.push(2, 9).unwrap();
        values.push(3, 9).unwrap();
        assert_eq!(frames.push(4, 9), Err(Full::Arena(16)));
        assert_eq!((values.pop(), frames.pop()), (Some(3), Some(2)));
        assert_eq!(values.len(), 1);
    }

    #[test]
    fn sorts() {
        let mut bytes = [0; 400];
        let arena = Arena::new(&mut bytes);
        for count in 0..50 {
            let mut list = arena.list::<u32, { ListName::Exports as u8 }>();
            list.truncate(0);
            for index in 0..count {
                list.push(index * 7 % 31, 99).unwrap();
            }
            list.sort(Ord::cmp);
            let sorted = (1..count as usize).all(|at| list.get(at - 1) <= list.get(at));
            assert!(sorted, "{count} items");
        }
    }
}
