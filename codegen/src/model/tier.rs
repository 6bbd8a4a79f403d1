//! Feature tiers and what they can provide.
//!
//! A tier is a set of Cargo features with its own limits and proposals, and a folder of generated
//! code. Tiers are numbers of their rows, since limits have one column for each.

use super::{Origin, ProposalId};

/// A row of [`Model::tiers`](super::Model::tiers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TierId(pub(crate) usize);

/// A feature tier.
#[derive(Clone, Debug)]
pub struct Tier {
    /// Key, snake case.
    pub key: String,
    /// Capabilities, by key, inherited ones included.
    pub provides: Vec<String>,
    /// Supported proposals that it carries: those whose needs it provides.
    pub proposals: Vec<ProposalId>,
    /// The tier it extends.
    pub extends: Option<TierId>,
    /// The Cargo feature that switches it on.
    pub feature: Option<String>,
    /// One line for people.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

impl Tier {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}
