//! Types as far as a profile admits them.
//!
//! The validator has refused what a profile does not admit, so these functions change no value.
//! They tell the compiler so, which then leaves out the code for the rest: without `memory64`, for
//! instance, all that handles 64-bit bounds.

use super::Gate;
use crate::spec::Proposal;
use crate::spec::wire::PageSize;
use crate::types::{MemoryType, RefType, TableType};

impl MemoryType {
    /// The same, so that the compiler sees what the proposals leave open.
    #[inline(always)]
    pub(crate) fn narrowed<G: Gate>(self) -> Self {
        let page_size_log2 = match G::may(Proposal::CustomPageSizes) {
            true => self.page_size_log2,
            false => PageSize::Standard.code(),
        };
        Self {
            min: bound::<G>(self.min),
            max: self.max.map(bound::<G>),
            is_64: self.is_64 && G::may(Proposal::Memory64),
            shared: self.shared && G::may(Proposal::Threads),
            page_size_log2,
        }
    }
}

impl TableType {
    /// The same, so that the compiler sees what the proposals leave open.
    #[inline(always)]
    pub(crate) fn narrowed<G: Gate>(self) -> Self {
        let element = match G::may(Proposal::ReferenceTypes) {
            true => self.element,
            false => RefType::FUNCREF,
        };
        Self {
            element,
            min: bound::<G>(self.min),
            max: self.max.map(bound::<G>),
            is_64: self.is_64 && G::may(Proposal::Memory64),
        }
    }
}

/// A bound as its proposals allow it: without 64-bit addresses it is written in 32 bits.
#[inline(always)]
fn bound<G: Gate>(bound: u64) -> u64 {
    match G::may(Proposal::Memory64) {
        true => bound,
        false => u64::from(bound as u32),
    }
}
