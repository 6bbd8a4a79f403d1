//! What is admitted: profiles known at compile time, and features known at run time.
//!
//! Decoder and validator ask one [`Gate`]. A [`Profile`] is a gate of constants, so that the
//! compiler removes the code for what it does not admit; an engine's [`Features`] are a value. The
//! constants of the tiers' own profiles come from `spec/tiers.toml`.

mod narrowing;

pub use crate::exec::slot::Slot;
use crate::reject::Reject;
use crate::spec::{Limits, Proposal, Proposals, Tier};

/// Says what is admitted.
pub trait Gate {
    /// What is admitted, if that is known at compile time: code for the rest is not linked then.
    const KNOWN: Option<Proposals>;

    /// Whether the proposal could be admitted.
    #[inline(always)]
    fn may(proposal: Proposal) -> bool {
        Self::KNOWN.is_none_or(|known| known.contains(proposal))
    }

    /// Whether the proposal is admitted.
    fn has(&self, proposal: Proposal) -> bool;

    /// The limits in force.
    fn limits(&self) -> &Limits;

    /// The value, if the proposal is admitted; `at` is the offset for the error.
    #[inline(always)]
    fn admit<T>(&self, proposal: Proposal, at: usize, value: T) -> Result<T, Reject> {
        if self.has(proposal) {
            Ok(value)
        } else {
            Err(Reject::proposal(proposal, at))
        }
    }
}

/// A configuration of constants.
///
/// The compact engine holds each value in one slot, whatever its type, since it runs the module's
/// own bytes, in which locals and operands are counted. So the profile says how wide slots are:
/// `u64`, or `[u64; 2]` where [`Proposal::Simd`] is admitted. A profile that admits vectors and has
/// slots of 8 bytes does not compile once a [`Store`](crate::compact::Store) of it is made.
pub trait Profile {
    /// What holds a value in the compact engine: `u64`, or `[u64; 2]` for values of 128 bits too.
    type Slot: Slot;
    /// Admitted proposals.
    const PROPOSALS: Proposals;
    /// Limits in force.
    const LIMITS: Limits;
    /// Whether the compact engine counts fuel.
    const METERED: bool = true;
    /// Whether it follows the standard's deterministic profile: each NaN that a computation gives is the
    /// positive canonical one, so that programs compute the same bits on every machine.
    const DETERMINISTIC: bool = false;
}

impl<P: Profile> Gate for P {
    const KNOWN: Option<Proposals> = Some(P::PROPOSALS);

    #[inline(always)]
    fn has(&self, proposal: Proposal) -> bool {
        P::PROPOSALS.contains(proposal)
    }

    #[inline(always)]
    fn limits(&self) -> &Limits {
        const { &P::LIMITS }
    }
}

/// The tier `no_alloc` without vectors, whose slots have 8 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAlloc;

impl Profile for NoAlloc {
    type Slot = u64;
    const PROPOSALS: Proposals = NoAllocVector::PROPOSALS
        .without(Proposal::Simd)
        .without(Proposal::RelaxedSimd);
    const LIMITS: Limits = Tier::NoAlloc.limits();
}

/// The tier `no_alloc` with vectors, for which each slot has 16 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoAllocVector;

impl Profile for NoAllocVector {
    type Slot = [u64; 2];
    const PROPOSALS: Proposals = Tier::NoAlloc.proposals();
    const LIMITS: Limits = Tier::NoAlloc.limits();
}

/// The tier `alloc`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alloc;

impl Profile for Alloc {
    type Slot = [u64; 2];
    const PROPOSALS: Proposals = Tier::Alloc.proposals();
    const LIMITS: Limits = Tier::Alloc.limits();
}

/// The tier `std`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Std;

impl Profile for Std {
    type Slot = [u64; 2];
    const PROPOSALS: Proposals = Tier::Std.proposals();
    const LIMITS: Limits = Tier::Std.limits();
}

/// What an engine admits.
#[derive(Clone, Copy, Debug)]
pub struct Features {
    /// Admitted proposals.
    pub proposals: Proposals,
    /// Limits in force.
    pub limits: Limits,
}

impl Features {
    /// The same facts as a profile's.
    pub const fn of<P: Profile>() -> Self {
        Self {
            proposals: P::PROPOSALS,
            limits: P::LIMITS,
        }
    }

    /// With the features of components that a release of WASI has.
    #[must_use]
    pub const fn with_components(mut self) -> Self {
        self.proposals = self.proposals.union(Proposals::COMPONENTS);
        self
    }
}

impl Gate for Features {
    const KNOWN: Option<Proposals> = None;

    #[inline(always)]
    fn has(&self, proposal: Proposal) -> bool {
        self.proposals.contains(proposal)
    }

    #[inline(always)]
    fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// Admits all types, for what has been read before.
pub(crate) struct Everything;

impl Profile for Everything {
    type Slot = [u64; 2];
    const PROPOSALS: Proposals = Proposals::ALL;
    const LIMITS: Limits = Limits::MAX;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposals_that_build_on_vectors_are_where_vectors_are() {
        for proposal in Proposal::ALL {
            let needs = proposal == Proposal::Simd || proposal.requires().contains(Proposal::Simd);
            let carried = NoAllocVector::PROPOSALS.contains(proposal);
            let scalar = NoAlloc::PROPOSALS.contains(proposal);
            assert_eq!(scalar, carried && !needs, "{proposal:?}");
        }
    }
}
