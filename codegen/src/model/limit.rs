//! Implementation limits: one number a tier, and the most that a configuration may ask for.
//!
//! The standard allows an implementation to have such limits and asks that they are known.
//! Standard: appendix, "Implementation Limitations".

use super::{Origin, ProposalId, TierId};

/// An implementation limit.
#[derive(Clone, Debug)]
pub struct Limit {
    /// Key, snake case.
    pub key: String,
    /// Name of the constant, `MAX_…`.
    pub constant: String,
    /// The most that any configuration may ask for.
    pub max: u64,
    /// The value of each tier, in the order of [`Model::tiers`](super::Model::tiers).
    pub tiers: Vec<u64>,
    /// Limits, by key, that it must not be below in any configuration.
    pub above: Vec<String>,
    /// The proposal that needs at least two of what is limited.
    pub several: Option<ProposalId>,
    /// What is limited, with its unit.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

impl Limit {
    /// The value of a tier.
    pub fn of(&self, tier: TierId) -> u64 {
        self.tiers[tier.0]
    }

    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}
