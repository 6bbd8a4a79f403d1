//! The table against a model that remembers every handle ever given out.
//!
//! All short sequences of calls on a table of two entries, and long ones at random, with handles
//! that are live, stale or made up; after each call the table must agree with the model. Words of
//! several splits between index and generation are used, also until their generations are used up.

use alloc::vec::Vec;
use core::fmt::Debug;

use super::*;

/// A handle, its value, and whether that is still in the table.
struct Issued<H> {
    handle: H,
    value: u32,
    live: bool,
}

/// The model beside the table.
struct Both<E, H> {
    table: HandleTable<E, H>,
    issued: Vec<Issued<H>>,
    /// The value that comes next.
    next: u32,
    /// The most values at a time.
    most: usize,
    /// How many entries may be left when their generations are used up.
    retires: bool,
}

impl<E: Entries<Item = u32>, H: Handle + Debug> Both<E, H> {
    fn new(entries: E, most: u32) -> Self {
        Self {
            table: HandleTable::new(entries, most),
            issued: Vec::new(),
            next: 0,
            most: most as usize,
            retires: H::LAST_GENERATION < 16,
        }
    }

    fn live(&self) -> usize {
        self.issued.iter().filter(|issued| issued.live).count()
    }

    fn insert(&mut self) {
        let value = self.next;
        self.next += 1;
        match self.table.insert(value) {
            Ok(handle) => {
                assert!(self.live() < self.most);
                // With generations no handle comes twice; without, none that is in use.
                let twice = |issued: &Issued<H>| {
                    issued.handle == handle && (issued.live || H::LAST_GENERATION > 0)
                };
                assert!(!self.issued.iter().any(twice), "{handle:?} comes twice");
                if H::LAST_GENERATION == 0 {
                    self.issued.retain(|issued| issued.handle != handle);
                }
                self.issued.push(Issued {
                    handle,
                    value,
                    live: true,
                });
            }
            Err(back) => {
                assert_eq!(back, value);
                assert!(self.retires || self.live() == self.most);
            }
        }
    }

    fn remove(&mut self, number: usize) {
        let Some(issued) = self.issued.get_mut(number) else {
            return;
        };
        let expected = if issued.live {
            Ok(issued.value)
        } else {
            Err(HandleError::Dropped)
        };
        assert_eq!(self.table.remove(issued.handle), expected);
        issued.live = false;
    }

    fn pop(&mut self) {
        let Some(value) = self.table.pop() else {
            assert_eq!(self.live(), 0);
            return;
        };
        let mut live = self.issued.iter_mut().filter(|issued| issued.live);
        let issued = live.find(|issued| issued.value == value);
        issued.expect("the value was in the table").live = false;
    }

    fn check(&mut self) {
        assert_eq!(self.table.len(), self.live());
        assert_eq!(self.table.is_empty(), self.live() == 0);
        assert_eq!(self.table.iter().count(), self.live());
        for issued in &self.issued {
            let expected = if issued.live {
                Ok(issued.value)
            } else {
                Err(HandleError::Dropped)
            };
            assert_eq!(self.table.get(issued.handle).copied(), expected);
            let expected = self.table.get_mut(issued.handle).map(|value| *value);
            assert_eq!(self.table.get(issued.handle).copied(), expected);
            let named = self
                .table
                .iter()
                .any(|item| item == (issued.handle, &issued.value));
            assert_eq!(named, issued.live);
        }
    }
}

/// All sequences of this many calls on a table of two entries.
fn all_sequences<E, H>(entries: impl Fn() -> E, length: u32)
where
    E: Entries<Item = u32>,
    H: Handle + Debug,
{
    // Insert, pop, and drop any of the last four handles.
    const CALLS: usize = 6;
    for mut sequence in 0..CALLS.pow(length) {
        let mut both: Both<E, H> = Both::new(entries(), 2);
        for _ in 0..length {
            match sequence % CALLS {
                0 => both.insert(),
                1 => both.pop(),
                call => both.remove((both.issued.len() + 1).wrapping_sub(call)),
            }
            sequence /= CALLS;
            both.check();
        }
    }
}

#[test]
fn every_short_sequence() {
    all_sequences::<_, Handle32<2>>(|| [Entry::VACANT; 2], 6);
    // Generations of one bit: entries are used up.
    all_sequences::<_, Handle32<31>>(|| [Entry::VACANT; 2], 6);
    all_sequences::<_, Handle32<32>>(|| [Entry::VACANT; 2], 6);
    all_sequences::<_, Handle64>(Vec::new, 6);
}

fn random_sequence<E, H>(entries: E, most: u32, mut seed: u64)
where
    E: Entries<Item = u32>,
    H: Handle + Debug,
{
    let mut both: Both<E, H> = Both::new(entries, most);
    for step in 0..2_000 {
        // xorshift64
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let number = (seed >> 32) as usize;
        // Filling up and emptying take turns.
        let inserts = if step / 250 % 2 == 0 { 6 } else { 3 };
        match seed % 10 {
            call if call < inserts => both.insert(),
            9 => both.pop(),
            8 => both.remove(number % both.issued.len().max(1)),
            _ => {
                let live = both.issued.iter().rposition(|issued| issued.live);
                both.remove(live.map_or(0, |last| last - number % (last + 1).min(9)));
            }
        }
        if step % 50 == 0 {
            both.check();
        }
    }
    while !both.table.is_empty() {
        both.pop();
    }
    both.check();
}

#[test]
fn long_sequences_at_random() {
    for seed in 1..=8 {
        random_sequence::<_, Handle64>(Vec::new(), 40, seed);
        random_sequence::<_, Handle32<27>>(Vec::new(), 200, seed);
        random_sequence::<_, Handle32<30>>(&mut [Entry::VACANT; 100][..], 100, seed);
        random_sequence::<_, Handle32<32>>([Entry::VACANT; 16], 16, seed);
        random_sequence::<_, Handle32<4>>(&mut [Entry::VACANT; 15][..], 15, seed);
    }
}

#[test]
fn numbers_as_a_standard_prescribes() {
    let mut table: HandleTable<_, Handle32<32>> = HandleTable::new(Vec::new(), u32::MAX);
    let insert = |table: &mut HandleTable<_, Handle32<32>>| table.insert(()).map(Handle32::bits);
    for number in 1..=4 {
        assert_eq!(insert(&mut table), Ok(number));
    }
    for number in [2, 4, 1] {
        assert_eq!(table.remove(Handle32::from_bits(number)), Ok(()));
    }
    for number in [1, 4, 2, 5] {
        assert_eq!(insert(&mut table), Ok(number));
    }
}

#[test]
fn made_up_handles() {
    let mut table: HandleTable<_, Handle32<8>> = HandleTable::new([Entry::VACANT; 3], 3);
    let first = table.insert('a').expect("room");
    for bits in (0..=u32::from(u16::MAX)).filter(|bits| *bits != first.bits()) {
        let handle = Handle32::from_bits(bits);
        assert!(table.get(handle).is_err() && table.get_mut(handle).is_err());
        assert!(table.remove(handle).is_err());
    }
    assert_eq!(
        table.remove(Handle32::from_bits(0)),
        Err(HandleError::Unknown)
    );
    assert_eq!(
        table.remove(Handle32::from_bits(9)),
        Err(HandleError::Unknown)
    );
    assert_eq!((table.get(first), table.len()), (Ok(&'a'), 1));
}

#[test]
fn entries_are_used_up() {
    let mut table: HandleTable<_, Handle32<30>> = HandleTable::new([Entry::VACANT; 2], 2);
    for _ in 0..8 {
        let handle = table.insert(0).expect("four generations each");
        assert_eq!(table.remove(handle), Ok(0));
    }
    assert_eq!(table.insert(0), Err(0));
    assert!(table.is_empty());
}

#[test]
fn full() {
    let mut entries = [Entry::VACANT; 2];
    let mut table: HandleTable<_, Handle64> = HandleTable::new(&mut entries[..], 9);
    assert!(table.insert('a').is_ok() && table.insert('b').is_ok());
    assert_eq!(table.insert('c'), Err('c'));
    let mut table: HandleTable<_, Handle64> = HandleTable::new(Vec::new(), 1);
    assert!(table.insert('a').is_ok());
    assert_eq!(table.insert('b'), Err('b'));
    let mut table: HandleTable<_, Handle32<1>> = HandleTable::new(Vec::new(), 9);
    assert!(table.insert('a').is_ok());
    assert_eq!(table.insert('b'), Err('b'));
}

/// Values that own others, 100,000 deep, are destroyed one after the other.
#[test]
fn destructors_use_the_table() {
    let mut table: HandleTable<_, Handle64> = HandleTable::new(Vec::new(), u32::MAX);
    let mut owned = None;
    for _ in 0..100_000 {
        owned = table.insert(owned).ok();
    }
    let mut next = owned;
    while let Some(handle) = next {
        next = table.remove(handle).expect("owned once");
    }
    assert!(table.is_empty());
    // The last ones go when the table does, and one of them leaves another.
    let _ = table.insert(None);
    let _ = table.insert(None);
    let mut left = 1;
    let mut popped = 0;
    while table.pop().is_some() {
        popped += 1;
        if left > 0 {
            left -= 1;
            let _ = table.insert(None);
        }
    }
    assert_eq!((popped, table.len()), (3, 0));
}
