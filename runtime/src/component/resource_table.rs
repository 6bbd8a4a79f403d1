//! Where a host keeps what stands behind its resources.
//!
//! The guest knows a number, the host needs a value: a [`ResourceTable`] gives out numbers for
//! values of any type, and finds the value again by a [`Resource`]. It is a convenience: a host may
//! choose its numbers otherwise.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;

use super::abi::{AsResource, Resource};
use crate::allocation::{self, OutOfMemory};

/// Values behind the resources of a host.
#[derive(Default)]
pub struct ResourceTable {
    entries: Vec<Entry>,
    free: Option<u32>,
}

enum Entry {
    Free(Option<u32>),
    Used(Box<dyn Any + Send>),
}

/// Why a [`ResourceTable`] has no such value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceTableError {
    /// There are as many values as there can be.
    Full,
    /// There is none with this number.
    NotPresent,
    /// It is of another type.
    WrongType,
    /// Memory is short.
    OutOfMemory,
}

impl ResourceTable {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a value, and gives the resource that stands for it.
    ///
    /// # Errors
    /// If the table is full, or memory short.
    pub fn push<T: Send + 'static>(&mut self, value: T) -> Result<Resource<T>, ResourceTableError> {
        let value = Entry::Used(allocation::boxed(value)?);
        if let Some(number) = self.free {
            if let Some(entry) = self.entries.get_mut(number as usize) {
                if let Entry::Free(next) = entry {
                    self.free = *next;
                }
                *entry = value;
            }
            return Ok(Resource::new(number));
        }
        let number = u32::try_from(self.entries.len()).map_err(|_| ResourceTableError::Full)?;
        allocation::reserve(&mut self.entries, 1)?;
        self.entries.push(value);
        Ok(Resource::new(number))
    }

    /// The value behind a resource.
    ///
    /// # Errors
    /// If there is none, or it is of another type.
    pub fn get<T: 'static>(&self, resource: &impl AsResource<T>) -> Result<&T, ResourceTableError> {
        match self.entries.get(resource.rep() as usize) {
            Some(Entry::Used(value)) => value.downcast_ref().ok_or(ResourceTableError::WrongType),
            _ => Err(ResourceTableError::NotPresent),
        }
    }

    /// The value behind a resource.
    ///
    /// # Errors
    /// If there is none, or it is of another type.
    pub fn get_mut<T: 'static>(
        &mut self,
        resource: &impl AsResource<T>,
    ) -> Result<&mut T, ResourceTableError> {
        match self.entries.get_mut(resource.rep() as usize) {
            Some(Entry::Used(value)) => value.downcast_mut().ok_or(ResourceTableError::WrongType),
            _ => Err(ResourceTableError::NotPresent),
        }
    }

    /// Gives back the value behind a resource.
    ///
    /// # Errors
    /// If there is none, or it is of another type.
    pub fn delete<T: 'static>(&mut self, resource: Resource<T>) -> Result<T, ResourceTableError> {
        self.get(&resource)?;
        let number = resource.rep();
        let Some(entry) = self.entries.get_mut(number as usize) else {
            return Err(ResourceTableError::NotPresent);
        };
        match core::mem::replace(entry, Entry::Free(self.free)) {
            Entry::Used(value) => {
                self.free = Some(number);
                let value = value
                    .downcast()
                    .map_err(|_| ResourceTableError::WrongType)?;
                Ok(*value)
            }
            Entry::Free(_) => Err(ResourceTableError::NotPresent),
        }
    }
}

impl From<OutOfMemory> for ResourceTableError {
    fn from(OutOfMemory: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl fmt::Debug for ResourceTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceTable").finish_non_exhaustive()
    }
}

impl fmt::Display for ResourceTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the table of resources is full",
            Self::NotPresent => "there is no such resource",
            Self::WrongType => "the resource is of another type",
            Self::OutOfMemory => "out of memory",
        })
    }
}

impl core::error::Error for ResourceTableError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_used_again() {
        let mut table = ResourceTable::new();
        let first = table.push("one").expect("room");
        let second = table.push(2_u8).expect("room");
        assert_eq!(table.get(&first), Ok(&"one"));
        let wrong = Resource::<u8>::new(first.rep());
        assert_eq!(table.get(&wrong), Err(ResourceTableError::WrongType));
        *table.get_mut(&second.borrow()).expect("a number") = 3;
        let number = first.rep();
        assert_eq!(table.delete(first), Ok("one"));
        assert_eq!(table.push(4_u64).expect("room").rep(), number);
        assert_eq!(table.delete(second), Ok(3));
    }
}
