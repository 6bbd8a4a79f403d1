//! Tables of handles: names for values, which the guest may hold and drop.
//!
//! A handle is an index and a generation in one word. Dropping a value gives its entry the next
//! generation, so that a second drop, or any use of an old copy, is an error and never meets the
//! value that came after. An entry whose generations are used up is not used again. Handles
//! without a generation ([`Handle32<32>`](Handle32)) are for numbers that a standard prescribes:
//! their entries are always used again, and an old copy is found out only until then.
//!
//! Entries stand in a slice of the caller or in a growing vector ([`Entries`]). Free ones are
//! taken last in, first out, new ones in order, from index 0: what numbers come out depends on
//! the calls alone.
//!
//! The table runs no destructors. It hands the value back, at [`HandleTable::remove`] and, when
//! everything ends, at [`HandleTable::pop`]; whoever destroys it may use the table meanwhile, so
//! that values which own values need no recursion:
//!
//! ```
//! use tabwasm::handle::{Entry, Handle32, HandleTable};
//!
//! let mut entries = [Entry::VACANT; 4];
//! let mut table: HandleTable<_, Handle32<8>> = HandleTable::new(&mut entries[..], 4);
//! let first = table.insert("first")?;
//! assert_eq!(table.remove(first), Ok("first"));
//! assert!(table.remove(first).is_err() && table.get(first).is_err());
//!
//! table.insert("second")?;
//! while let Some(leaked) = table.pop() {
//!     assert_eq!(leaked, "second");
//! }
//! assert!(table.is_empty());
//! # Ok::<(), &str>(())
//! ```

#![forbid(unsafe_code)]

mod entry;
mod word;

use core::fmt;
use core::marker::PhantomData;

use crate::spec::Misuse;
use entry::State;
pub use entry::{Entries, Entry};
pub use word::{Handle, Handle32, Handle64};

/// Values and their handles; see the [module](self).
#[derive(Clone, Debug)]
pub struct HandleTable<E, H> {
    entries: E,
    /// One above the index of the free entry to take next; 0 if there is none.
    free: u32,
    /// Entries in use or once in use; those behind hold nothing that counts.
    used: u32,
    /// Values in the table.
    live: u32,
    /// No entry from here on has a value.
    end: u32,
    /// The most values.
    most: u32,
    handle: PhantomData<H>,
}

/// A handle that names no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HandleError {
    /// The table has never given it out.
    Unknown,
    /// Its value was dropped.
    Dropped,
}

impl HandleError {
    /// As a row of the tables, which has a number and a text.
    pub const fn misuse(self) -> Misuse {
        match self {
            Self::Unknown => Misuse::UnknownHandle,
            Self::Dropped => Misuse::DroppedHandle,
        }
    }
}

impl fmt::Display for HandleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.misuse().text())
    }
}

impl core::error::Error for HandleError {}

impl<E: Entries, H: Handle> HandleTable<E, H> {
    /// A table of nothing, which may come to hold `most` values. What stands in the entries is
    /// of no account.
    pub const fn new(entries: E, most: u32) -> Self {
        Self {
            entries,
            free: 0,
            used: 0,
            live: 0,
            end: 0,
            most: if most < H::MOST { most } else { H::MOST },
            handle: PhantomData,
        }
    }

    /// Takes a value in and names it.
    ///
    /// # Errors
    /// Gives the value back if there is no room.
    pub fn insert(&mut self, value: E::Item) -> Result<H, E::Item> {
        if self.live >= self.most {
            return Err(value);
        }
        let Some((index, entry)) = self.vacant() else {
            return Err(value);
        };
        entry.state = State::Occupied(value);
        let handle = H::pack(index, entry.generation);
        self.live += 1;
        self.end = self.end.max(index + 1);
        Ok(handle)
    }

    /// The value.
    ///
    /// # Errors
    /// If the handle is none of this table, or its value was dropped.
    pub fn get(&self, handle: H) -> Result<&E::Item, HandleError> {
        let (index, generation) = self.index(handle)?;
        let entry = self.entries.as_ref().get(index as usize);
        match entry.ok_or(HandleError::Unknown)? {
            Entry {
                state: State::Occupied(value),
                generation: now,
            } if *now == generation => Ok(value),
            _ => Err(HandleError::Dropped),
        }
    }

    /// The value.
    ///
    /// # Errors
    /// If the handle is none of this table, or its value was dropped.
    pub fn get_mut(&mut self, handle: H) -> Result<&mut E::Item, HandleError> {
        let (index, generation) = self.index(handle)?;
        let entry = self.entries.as_mut().get_mut(index as usize);
        match entry.ok_or(HandleError::Unknown)? {
            Entry {
                state: State::Occupied(value),
                generation: now,
            } if *now == generation => Ok(value),
            _ => Err(HandleError::Dropped),
        }
    }

    /// Takes a value out, for whoever destroys it.
    ///
    /// # Errors
    /// If the handle is none of this table, or its value was dropped.
    pub fn remove(&mut self, handle: H) -> Result<E::Item, HandleError> {
        self.get(handle)?;
        let (index, _) = self.index(handle)?;
        self.vacate(index).ok_or(HandleError::Dropped)
    }

    /// Takes any value out, the one with the highest index. For the end: what is still there has
    /// leaked.
    pub fn pop(&mut self) -> Option<E::Item> {
        while let Some(index) = self.end.checked_sub(1) {
            self.end = index;
            if let Some(value) = self.vacate(index) {
                return Some(value);
            }
        }
        None
    }

    /// How many values there are.
    pub const fn len(&self) -> usize {
        self.live as usize
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// All values with their handles, by index.
    pub fn iter(&self) -> impl Iterator<Item = (H, &E::Item)> {
        let entries = self.entries.as_ref().iter().take(self.end as usize);
        (0..).zip(entries).filter_map(|(index, entry)| {
            let Entry { generation, state } = entry;
            match state {
                State::Occupied(value) => Some((H::pack(index, *generation), value)),
                State::Vacant { .. } => None,
            }
        })
    }

    /// An entry without a value, no longer free.
    fn vacant(&mut self) -> Option<(u32, &mut Entry<E::Item>)> {
        if let Some(index) = self.free.checked_sub(1) {
            let entry = self.entries.as_mut().get_mut(index as usize)?;
            if let State::Vacant { next } = entry.state {
                self.free = next;
            }
            return Some((index, entry));
        }
        let index = self.used;
        if index >= H::MOST {
            return None;
        }
        if index as usize >= self.entries.as_ref().len() && !self.entries.extend() {
            return None;
        }
        let entry = self.entries.as_mut().get_mut(index as usize)?;
        *entry = Entry::VACANT;
        self.used = index + 1;
        Some((index, entry))
    }

    /// Takes the value out of an entry, and frees the entry unless its generations are used up.
    fn vacate(&mut self, index: u32) -> Option<E::Item> {
        let entry = self.entries.as_mut().get_mut(index as usize)?;
        if let State::Vacant { .. } = entry.state {
            return None;
        }
        let next = self.free;
        let state = core::mem::replace(&mut entry.state, State::Vacant { next });
        if H::LAST_GENERATION == 0 || entry.generation < H::LAST_GENERATION {
            entry.generation = (entry.generation + 1).min(H::LAST_GENERATION);
            self.free = index + 1;
        }
        self.live -= 1;
        match state {
            State::Occupied(value) => Some(value),
            State::Vacant { .. } => None,
        }
    }

    fn index(&self, handle: H) -> Result<(u32, u32), HandleError> {
        let (index, generation) = handle.unpack().ok_or(HandleError::Unknown)?;
        if index < self.used {
            Ok((index, generation))
        } else {
            Err(HandleError::Unknown)
        }
    }
}

#[cfg(all(test, feature = "alloc"))]
mod tests;
