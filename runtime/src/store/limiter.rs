//! What a store has taken, and who decides whether it may take more.
//!
//! Functions that ask the host's limiter are `unsafe`: it stands in the store's data, to which
//! `typed` leads, while the part of the store that the [`Limiter`] is in may be borrowed. What they
//! need is what [`HostLimiter::ask`] needs.

use core::ptr::NonNull;

use super::limits::ResourceLimiter;
use crate::allocation;
use crate::error::cause::LimitError;
use crate::error::{Error, Result};
use crate::spec::Limits;
use crate::store::erased::HostLimiter;

/// Something that grows.
#[derive(Clone, Copy)]
pub(crate) enum Resource {
    /// Bytes of a memory.
    Memory,
    /// Elements of a table.
    Table,
}

/// A wish to grow, in bytes or elements.
#[derive(Clone, Copy)]
pub(crate) struct Growth {
    pub(crate) resource: Resource,
    pub(crate) current: u64,
    pub(crate) desired: u64,
    /// What the type allows.
    pub(crate) maximum: Option<u64>,
    /// What there is room for already.
    pub(crate) capacity: u64,
}

/// Bookkeeping of a store.
#[derive(Default)]
pub(crate) struct Limiter {
    host: Option<HostLimiter>,
    memory: u64,
    elements: u64,
}

impl Limiter {
    /// Sets the host's limiter.
    pub(crate) fn set(&mut self, host: HostLimiter) {
        self.host = Some(host);
    }

    /// Whether the growth may be tried.
    ///
    /// # Safety
    /// `typed` is the pointer of the store that this is the limiter of, and nobody uses its data.
    pub(crate) unsafe fn admit(
        &mut self,
        limits: &Limits,
        typed: NonNull<()>,
        growth: Growth,
    ) -> Result<bool> {
        if let Err(error) = self.check(limits, growth) {
            // SAFETY: the caller promises what `typed` is, and that nobody uses the data.
            let told = unsafe { self.failed(typed, growth.resource, error.into()) };
            return told.map(|()| false);
        }
        let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let (current, desired) = (size(growth.current), size(growth.desired));
        let maximum = growth.maximum.map(size);
        let question = |host: &mut dyn ResourceLimiter| match growth.resource {
            Resource::Memory => host.memory_growing(current, desired, maximum),
            Resource::Table => host.table_growing(current, desired, maximum),
        };
        // SAFETY: the caller promises what `typed` is, and that nobody uses the data.
        let answer = unsafe { self.ask(typed, question) };
        answer.unwrap_or(Ok(true))
    }

    /// How much room to make for a growth that was admitted, to `desired` bytes or elements, where
    /// there can never be more than `most`: what is ahead keeps within the store's limits, too, and
    /// the host's limiter may want less of it.
    ///
    /// # Safety
    /// `typed` is the pointer of the store that this is the limiter of, and nobody uses its data.
    pub(crate) unsafe fn capacity(
        &mut self,
        limits: &Limits,
        typed: NonNull<()>,
        growth: Growth,
        desired: usize,
        most: usize,
    ) -> usize {
        if growth.desired <= growth.capacity {
            return desired;
        }
        let (_, used, limit) = self.used(limits, growth.resource);
        let left = limit.saturating_sub(used.saturating_add(growth.desired - growth.current));
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let most = most.min(desired.saturating_add(left));
        let wanted = allocation::with_capacity_ahead(desired, most);
        let question = |host: &mut dyn ResourceLimiter| match growth.resource {
            Resource::Memory => host.memory_ahead(desired, wanted),
            Resource::Table => host.table_ahead(desired, wanted),
        };
        // SAFETY: the caller promises what `typed` is, and that nobody uses the data.
        let answer = unsafe { self.ask(typed, question) };
        answer.unwrap_or(wanted).clamp(desired, wanted)
    }

    /// Tells the host's limiter that a growth failed; an error ends the guest's call.
    ///
    /// # Safety
    /// `typed` is the pointer of the store that this is the limiter of, and nobody uses its data.
    pub(crate) unsafe fn failed(
        &mut self,
        typed: NonNull<()>,
        resource: Resource,
        error: Error,
    ) -> Result<()> {
        let question = |host: &mut dyn ResourceLimiter| match resource {
            Resource::Memory => host.memory_grow_failed(error),
            Resource::Table => host.table_grow_failed(error),
        };
        // SAFETY: the caller promises what `typed` is, and that nobody uses the data.
        let answer = unsafe { self.ask(typed, question) };
        answer.unwrap_or(Ok(()))
    }

    /// Notes that a growth was done.
    pub(crate) fn taken(&mut self, growth: Growth) {
        let used = match growth.resource {
            Resource::Memory => &mut self.memory,
            Resource::Table => &mut self.elements,
        };
        *used = used.saturating_add(growth.desired.saturating_sub(growth.current));
    }

    /// Whether one more object of a kind may be made; `most` is the engine's limit.
    ///
    /// # Safety
    /// `typed` is the pointer of the store that this is the limiter of, and nobody uses its data.
    pub(crate) unsafe fn count(
        &mut self,
        typed: NonNull<()>,
        what: &'static str,
        now: usize,
        most: u64,
        host: impl FnOnce(&mut dyn ResourceLimiter) -> usize,
    ) -> Result<()> {
        // SAFETY: the caller promises what `typed` is, and that nobody uses the data.
        let host = unsafe { self.ask(typed, host) };
        let host = host.map_or(u64::MAX, |most| most as u64);
        Ok(LimitError::check(what, most.min(host), now as u64 + 1)?)
    }

    /// Whether the store as a whole keeps within the engine's limits.
    fn check(&self, limits: &Limits, growth: Growth) -> Result<(), LimitError> {
        let (what, used, limit) = self.used(limits, growth.resource);
        let wanted = used.saturating_add(growth.desired.saturating_sub(growth.current));
        LimitError::check(what, limit, wanted)
    }

    /// What the store has taken of something, and the most that it may.
    fn used(&self, limits: &Limits, resource: Resource) -> (&'static str, u64, u64) {
        match resource {
            Resource::Memory => (
                "memory bytes of the store",
                self.memory,
                limits.store_memory,
            ),
            Resource::Table => (
                "table elements of the store",
                self.elements,
                limits.store_elements,
            ),
        }
    }

    /// # Safety
    /// `typed` is the pointer of the store that this is the limiter of, and nobody uses its data.
    unsafe fn ask<R>(
        &mut self,
        typed: NonNull<()>,
        question: impl FnOnce(&mut dyn ResourceLimiter) -> R,
    ) -> Option<R> {
        let host = self.host.as_mut()?;
        let (mut question, mut answer) = (Some(question), None);
        let mut once = |limiter: &mut dyn ResourceLimiter| {
            if let Some(question) = question.take() {
                answer = Some(question(limiter));
            }
        };
        // SAFETY: the caller promises that `typed` is the pointer of this limiter's own store, for
        // whose data type `Store::limiter` made it, and that nobody uses the data.
        unsafe { host.ask(typed, &mut once) };
        answer
    }
}
