//! Flat forms: the core values that a value is passed as.
//!
//! A core value is a slot of 64 bits, as in the engines; what is smaller has zeros above. In that
//! form the conversions of the standard between the types that cases share do nothing.

use crate::component::{FlatType, MAX_FLAT_PARAMS};
use crate::spec::Trap;

/// Core types of a value; only how many there are if that is more than a function can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flat {
    types: [FlatType; MAX_FLAT_PARAMS],
    count: u32,
}

impl Flat {
    /// No core types.
    pub const NONE: Self = Self {
        types: [FlatType::I32; MAX_FLAT_PARAMS],
        count: 0,
    };

    /// How many core values there are.
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// The types, if they are at most [`MAX_FLAT_PARAMS`].
    pub fn types(&self) -> Option<&[FlatType]> {
        self.types.get(..self.count as usize)
    }

    /// With another behind it.
    pub(super) const fn with(mut self, flat: FlatType) -> Self {
        if (self.count as usize) < MAX_FLAT_PARAMS {
            self.types[self.count as usize] = flat;
        }
        self.count = self.count.saturating_add(1);
        self
    }

    /// With those of another value behind it.
    pub(in crate::component) const fn and(mut self, other: &Self) -> Self {
        let mut place = 0;
        while place < other.count && (place as usize) < MAX_FLAT_PARAMS {
            self = self.with(other.types[place as usize]);
            place += 1;
        }
        self.count = self.count.saturating_add(other.count - place);
        self
    }

    /// What carries this value in some cases and another in others.
    pub(super) const fn join(mut self, other: &Self) -> Self {
        let mut place = 0;
        while place < MAX_FLAT_PARAMS && (place as u32) < other.count {
            let own = (place as u32) < self.count;
            self.types[place] = match own {
                true => self.types[place].join(other.types[place]),
                false => other.types[place],
            };
            place += 1;
        }
        if self.count < other.count {
            self.count = other.count;
        }
        self
    }
}

/// Takes core values one after the other.
#[derive(Debug)]
pub struct FlatWriter<'s> {
    slots: &'s mut [u64],
    next: usize,
}

impl<'s> FlatWriter<'s> {
    /// Fills these slots.
    pub fn new(slots: &'s mut [u64]) -> Self {
        Self { slots, next: 0 }
    }

    /// How many are filled.
    pub fn position(&self) -> usize {
        self.next
    }

    /// Takes the next; [`Trap::BadSignature`] if there is no slot left.
    pub fn push(&mut self, value: u64) -> Result<(), Trap> {
        *self.slots.get_mut(self.next).ok_or(Trap::BadSignature)? = value;
        self.next += 1;
        Ok(())
    }

    /// Fills with zeros up to a place: what other cases use, but not this one.
    pub fn fill(&mut self, end: usize) -> Result<(), Trap> {
        while self.next < end {
            self.push(0)?;
        }
        Ok(())
    }
}

/// Gives core values one after the other.
#[derive(Clone, Debug)]
pub struct FlatReader<'s> {
    slots: &'s [u64],
    next: usize,
}

impl<'s> FlatReader<'s> {
    /// Gives these.
    pub fn new(slots: &'s [u64]) -> Self {
        Self { slots, next: 0 }
    }

    /// How many are given.
    pub fn position(&self) -> usize {
        self.next
    }

    /// The next; [`Trap::BadSignature`] if there is none left.
    pub fn take(&mut self) -> Result<u64, Trap> {
        let value = self.slots.get(self.next).ok_or(Trap::BadSignature)?;
        self.next += 1;
        Ok(*value)
    }

    /// Goes on at a place: what other cases use means nothing.
    pub fn skip_to(&mut self, end: usize) {
        self.next = end;
    }
}
