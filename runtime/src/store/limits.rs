//! Limits that a host sets on what a store may grow to.
//!
//! The engine's limits are the same for all of its stores; a [`ResourceLimiter`] belongs to one and
//! can decide anew each time. [`StoreLimits`] is the usual one, of fixed numbers. Who asks it, and
//! when, is in `limiter` and `growth`; what the standard says of failing growth holds for refusals,
//! too (section 4.6, `memory.grow`).

use super::limiter::Resource;
use crate::error::cause::LimitError;
use crate::error::{Error, Result};

/// Decides whether memories and tables may grow, and how many objects there may be.
///
/// Set with [`Store::limiter`](crate::Store::limiter). The engine's own limits apply besides.
///
/// What is allocated for a memory or a table is what was allowed last, and no more than that unless
/// [`memory_ahead`](Self::memory_ahead) or [`table_ahead`](Self::table_ahead) allow it. An allocator
/// that cannot enlarge something in place holds its bytes twice while it moves them.
pub trait ResourceLimiter {
    /// Whether a memory may grow from `current` to `desired` bytes; its type allows `maximum`.
    /// An error ends the guest's call.
    ///
    /// # Errors
    /// The limiter's own.
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool>;

    /// A growth was allowed or not needed to be, and failed. An error ends the guest's call.
    ///
    /// # Errors
    /// The limiter's own.
    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        drop(error);
        Ok(())
    }

    /// Whether a table may grow from `current` to `desired` elements; its type allows `maximum`.
    /// An error ends the guest's call.
    ///
    /// # Errors
    /// The limiter's own.
    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool>;

    /// A growth was allowed or not needed to be, and failed. An error ends the guest's call.
    ///
    /// # Errors
    /// The limiter's own.
    fn table_grow_failed(&mut self, error: Error) -> Result<()> {
        drop(error);
        Ok(())
    }

    /// How many bytes may be allocated for a memory that has been allowed to grow to `desired`
    /// bytes. With `wanted` of them its next few pages need not move it; an answer that is not
    /// between the two counts as the nearer one. Without this function there is no capacity ahead.
    fn memory_ahead(&mut self, desired: usize, wanted: usize) -> usize {
        let _ = wanted;
        desired
    }

    /// For how many elements room may be allocated, for a table that has been allowed to grow to
    /// `desired` elements; as [`memory_ahead`](Self::memory_ahead).
    fn table_ahead(&mut self, desired: usize, wanted: usize) -> usize {
        let _ = wanted;
        desired
    }

    /// The most bytes that [`memory_growing`](Self::memory_growing) allows a memory, if that is one
    /// number. It decides nothing: the error of a host that wants more has it, and no more address
    /// space is reserved for a memory.
    fn memory_limit(&self) -> Option<usize> {
        None
    }

    /// The most elements that [`table_growing`](Self::table_growing) allows a table; as
    /// [`memory_limit`](Self::memory_limit).
    fn table_limit(&self) -> Option<usize> {
        None
    }

    /// How many instances there may be.
    fn instances(&self) -> usize {
        usize::MAX
    }

    /// How many tables there may be.
    fn tables(&self) -> usize {
        usize::MAX
    }

    /// How many memories there may be.
    fn memories(&self) -> usize {
        usize::MAX
    }
}

/// Fixed limits; make one with [`StoreLimitsBuilder`].
#[derive(Clone, Debug)]
pub struct StoreLimits {
    memory_size: Option<usize>,
    table_elements: Option<usize>,
    instances: usize,
    tables: usize,
    memories: usize,
    trap_on_grow_failure: bool,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            memory_size: None,
            table_elements: None,
            instances: usize::MAX,
            tables: usize::MAX,
            memories: usize::MAX,
            trap_on_grow_failure: false,
        }
    }
}

/// Makes [`StoreLimits`].
#[derive(Clone, Debug, Default)]
pub struct StoreLimitsBuilder(StoreLimits);

impl StoreLimitsBuilder {
    /// No limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Most bytes of each memory.
    #[must_use]
    pub fn memory_size(mut self, limit: usize) -> Self {
        self.0.memory_size = Some(limit);
        self
    }

    /// Most elements of each table.
    #[must_use]
    pub fn table_elements(mut self, limit: usize) -> Self {
        self.0.table_elements = Some(limit);
        self
    }

    /// Most instances.
    #[must_use]
    pub fn instances(mut self, limit: usize) -> Self {
        self.0.instances = limit;
        self
    }

    /// Most tables.
    #[must_use]
    pub fn tables(mut self, limit: usize) -> Self {
        self.0.tables = limit;
        self
    }

    /// Most memories.
    #[must_use]
    pub fn memories(mut self, limit: usize) -> Self {
        self.0.memories = limit;
        self
    }

    /// Whether a growth that fails ends the guest's call instead of giving it -1.
    #[must_use]
    pub fn trap_on_grow_failure(mut self, trap: bool) -> Self {
        self.0.trap_on_grow_failure = trap;
        self
    }

    /// The limits as they were set, for [`Store::limiter`](crate::Store::limiter).
    pub fn build(self) -> StoreLimits {
        self.0
    }
}

impl StoreLimits {
    fn judge(&self, resource: Resource, desired: usize, limit: Option<usize>) -> Result<bool> {
        let limit = limit.map_or(u64::MAX, |limit| limit as u64);
        match LimitError::check(resource.counted(), limit, desired as u64) {
            Err(error) if self.trap_on_grow_failure => Err(error.into()),
            answer => Ok(answer.is_ok()),
        }
    }

    fn failed(&self, error: Error) -> Result<()> {
        if self.trap_on_grow_failure {
            Err(error)
        } else {
            Ok(())
        }
    }
}

impl ResourceLimiter for StoreLimits {
    fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        self.judge(Resource::Memory, desired, self.memory_size)
    }

    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        self.failed(error)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
        self.judge(Resource::Table, desired, self.table_elements)
    }

    fn table_grow_failed(&mut self, error: Error) -> Result<()> {
        self.failed(error)
    }

    fn memory_ahead(&mut self, _: usize, wanted: usize) -> usize {
        self.memory_size.map_or(wanted, |limit| wanted.min(limit))
    }

    fn table_ahead(&mut self, _: usize, wanted: usize) -> usize {
        self.table_elements
            .map_or(wanted, |limit| wanted.min(limit))
    }

    fn memory_limit(&self) -> Option<usize> {
        self.memory_size
    }

    fn table_limit(&self) -> Option<usize> {
        self.table_elements
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.tables
    }

    fn memories(&self) -> usize {
        self.memories
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_up_to_the_limit() {
        let mut limits = StoreLimitsBuilder::new().memory_size(100).build();
        assert_eq!(limits.memory_growing(0, 100, None).ok(), Some(true));
        assert_eq!(limits.memory_growing(0, 101, None).ok(), Some(false));
        let mut limits = StoreLimitsBuilder::new()
            .memory_size(100)
            .trap_on_grow_failure(true)
            .build();
        assert!(limits.memory_growing(0, 101, None).is_err());
    }
}
