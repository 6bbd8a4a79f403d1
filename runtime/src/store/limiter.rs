//! What a store has taken, and who decides whether it may take more.

use alloc::boxed::Box;
use core::ptr::NonNull;

use crate::cause::LimitError;
use crate::error::{Error, Result};
use crate::limits::ResourceLimiter;
use crate::spec::Limits;
use crate::store::allocation;

/// Calls the host's limiter, which stands somewhere in the store's data, with what to ask it.
/// The pointer is that of the store, as host functions get it.
pub(crate) type HostLimiter =
    Box<dyn FnMut(NonNull<()>, &mut dyn FnMut(&mut dyn ResourceLimiter)) + Send + Sync>;

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
    pub(crate) room: u64,
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
    pub(crate) fn admit(
        &mut self,
        limits: &Limits,
        typed: NonNull<()>,
        growth: Growth,
    ) -> Result<bool> {
        if let Err(error) = self.within(limits, growth) {
            return self
                .failed(typed, growth.resource, error.into())
                .map(|()| false);
        }
        let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let (current, desired) = (size(growth.current), size(growth.desired));
        let maximum = growth.maximum.map(size);
        let answer = self.ask(typed, |host| match growth.resource {
            Resource::Memory => host.memory_growing(current, desired, maximum),
            Resource::Table => host.table_growing(current, desired, maximum),
        });
        answer.unwrap_or(Ok(true))
    }

    /// How much room to make for a growth that was admitted, to `desired` bytes or elements, where
    /// there can never be more than `most`: what is ahead keeps within the store's limits, too, and
    /// the host's limiter may want less of it.
    pub(crate) fn room(
        &mut self,
        limits: &Limits,
        typed: NonNull<()>,
        growth: Growth,
        desired: usize,
        most: usize,
    ) -> usize {
        if growth.desired <= growth.room {
            return desired;
        }
        let (_, used, limit) = self.used(limits, growth.resource);
        let left = limit.saturating_sub(used.saturating_add(growth.desired - growth.current));
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        let most = most.min(desired.saturating_add(left));
        let wanted = allocation::with_room_ahead(desired, most);
        let answer = self.ask(typed, |host| match growth.resource {
            Resource::Memory => host.memory_ahead(desired, wanted),
            Resource::Table => host.table_ahead(desired, wanted),
        });
        answer.unwrap_or(wanted).clamp(desired, wanted)
    }

    /// Tells the host's limiter that a growth failed; an error ends the guest's call.
    pub(crate) fn failed(
        &mut self,
        typed: NonNull<()>,
        resource: Resource,
        error: Error,
    ) -> Result<()> {
        let answer = self.ask(typed, |host| match resource {
            Resource::Memory => host.memory_grow_failed(error),
            Resource::Table => host.table_grow_failed(error),
        });
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
    pub(crate) fn count(
        &mut self,
        typed: NonNull<()>,
        what: &'static str,
        now: usize,
        most: u64,
        host: impl FnOnce(&mut dyn ResourceLimiter) -> usize,
    ) -> Result<()> {
        let host = self.ask(typed, host).map_or(u64::MAX, |most| most as u64);
        let (limit, wanted) = (most.min(host), now as u64 + 1);
        if wanted > limit {
            return Err(LimitError {
                what,
                limit,
                wanted,
            }
            .into());
        }
        Ok(())
    }

    /// Whether the store as a whole keeps within the engine's limits.
    fn within(&self, limits: &Limits, growth: Growth) -> Result<(), LimitError> {
        let (what, used, limit) = self.used(limits, growth.resource);
        let wanted = used.saturating_add(growth.desired.saturating_sub(growth.current));
        if wanted > limit {
            Err(LimitError {
                what,
                limit,
                wanted,
            })
        } else {
            Ok(())
        }
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

    fn ask<R>(
        &mut self,
        typed: NonNull<()>,
        question: impl FnOnce(&mut dyn ResourceLimiter) -> R,
    ) -> Option<R> {
        let host = self.host.as_mut()?;
        let (mut question, mut answer) = (Some(question), None);
        host(typed, &mut |limiter| {
            if let Some(question) = question.take() {
                answer = Some(question(limiter));
            }
        });
        answer
    }
}
