//! What a store has taken, and who decides whether it may take more.
//!
//! Functions that ask the host's limiter are `unsafe`: it stands in the store's data, to which
//! `typed` leads, while the part of the store that the [`Limiter`] is in may be borrowed. What they
//! need is what [`HostLimiter::ask`] needs.

use core::fmt;
use core::ptr::NonNull;

use super::limits::ResourceLimiter;
use crate::allocation::{self, OutOfMemory};
use crate::error::cause::LimitError;
use crate::error::{Error, Result};
use crate::spec::{Limit, Limits};
use crate::store::erased::HostLimiter;

/// Something that grows.
#[derive(Clone, Copy, Debug)]
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

/// Why something does not grow, where that ends no call: the guest gets -1, the host an error.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refusal {
    /// A limit of the type, the engine, the store or its limiter.
    Limit(LimitError),
    /// The host's limiter, which names no number.
    Limiter(LimiterRefusal),
    /// The allocator.
    Memory(OutOfMemory),
}

/// The host's limiter refuses, and states no limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LimiterRefusal {
    resource: Resource,
    wanted: u64,
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

    /// Whether the growth may be tried; an error ends the guest's call.
    ///
    /// # Safety
    /// `typed` is the pointer of the store that this is the limiter of, and nobody uses its data.
    pub(crate) unsafe fn admit(
        &mut self,
        limits: &Limits,
        typed: NonNull<()>,
        growth: Growth,
    ) -> Result<Result<(), Refusal>> {
        if let Err(error) = self.check(limits, growth) {
            // SAFETY: the caller promises what `typed` is, and that nobody uses the data.
            return unsafe { self.failed(typed, growth.resource, Refusal::Limit(error)) };
        }
        let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        let (current, desired) = (size(growth.current), size(growth.desired));
        let maximum = growth.maximum.map(size);
        let question = |host: &mut dyn ResourceLimiter| {
            let resource = growth.resource;
            let admitted = match resource {
                Resource::Memory => host.memory_growing(current, desired, maximum),
                Resource::Table => host.table_growing(current, desired, maximum),
            }?;
            Ok(if admitted {
                Ok(())
            } else {
                Err(Refusal::of(host, resource, growth.desired))
            })
        };
        // SAFETY: the caller promises what `typed` is, and that nobody uses the data.
        let answer = unsafe { self.ask(typed, question) };
        answer.unwrap_or(Ok(Ok(())))
    }

    /// How many bytes a memory that is made now can ever have, as far as is known: `most`, or less by
    /// the limits of the store. Nothing is refused for it.
    ///
    /// # Safety
    /// `typed` is the pointer of the store that this is the limiter of, and nobody uses its data.
    pub(crate) unsafe fn reach(&mut self, limits: &Limits, typed: NonNull<()>, most: u64) -> u64 {
        let (_, used, limit) = self.used(limits, Resource::Memory);
        let left = limit.saturating_sub(used);
        // SAFETY: the caller promises what `typed` is, and that nobody uses the data.
        let stated = unsafe { self.ask(typed, |host| host.memory_limit()) }.flatten();
        let stated = stated.map_or(u64::MAX, |limit| limit as u64);
        most.min(left).min(stated).min(limits.memory_reservation)
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

    /// Tells the host's limiter that a growth failed, and gives back why; an error ends the guest's
    /// call.
    ///
    /// # Safety
    /// `typed` is the pointer of the store that this is the limiter of, and nobody uses its data.
    pub(crate) unsafe fn failed(
        &mut self,
        typed: NonNull<()>,
        resource: Resource,
        refusal: Refusal,
    ) -> Result<Result<(), Refusal>> {
        let question = |host: &mut dyn ResourceLimiter| match resource {
            Resource::Memory => host.memory_grow_failed(refusal.into()),
            Resource::Table => host.table_grow_failed(refusal.into()),
        };
        // SAFETY: the caller promises what `typed` is, and that nobody uses the data.
        let answer = unsafe { self.ask(typed, question) };
        answer.unwrap_or(Ok(())).map(|()| Err(refusal))
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
        let (limit, used, most) = self.used(limits, growth.resource);
        let wanted = used.saturating_add(growth.desired.saturating_sub(growth.current));
        LimitError::check(limit.name(), most, wanted)
    }

    /// The engine's limit of something, what the store has taken of it, and the most that it may.
    fn used(&self, limits: &Limits, resource: Resource) -> (Limit, u64, u64) {
        let (limit, used) = match resource {
            Resource::Memory => (Limit::StoreMemory, self.memory),
            Resource::Table => (Limit::StoreElements, self.elements),
        };
        (limit, used, limits.get(limit))
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

impl Refusal {
    /// The host's limiter has refused: by the limit that it states, if that is below.
    fn of(host: &dyn ResourceLimiter, resource: Resource, wanted: u64) -> Self {
        let limit = match resource {
            Resource::Memory => host.memory_limit(),
            Resource::Table => host.table_limit(),
        };
        let limit = limit.map_or(u64::MAX, |limit| limit as u64);
        match LimitError::check(resource.counted(), limit, wanted) {
            Ok(()) => Self::Limiter(LimiterRefusal { resource, wanted }),
            Err(error) => Self::Limit(error),
        }
    }
}

impl Resource {
    /// What limits of the host count.
    pub(crate) fn counted(self) -> &'static str {
        match self {
            Self::Memory => "memory bytes",
            Self::Table => "table elements",
        }
    }
}

impl From<OutOfMemory> for Refusal {
    fn from(error: OutOfMemory) -> Self {
        Self::Memory(error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Limit(error) => error.into(),
            Refusal::Limiter(error) => error.into(),
            Refusal::Memory(error) => error.into(),
        }
    }
}

impl fmt::Display for LimiterRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wanted, counted) = (self.wanted, self.resource.counted());
        write!(
            f,
            "the limiter of the store does not allow {wanted} {counted}"
        )
    }
}

impl core::error::Error for LimiterRefusal {}
