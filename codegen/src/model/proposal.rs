//! Language proposals and the opcodes they reserve.
//!
//! The file of a row says to which proposal it belongs, and rows are decoded only where that is
//! admitted. A proposal is a number of its row, which is also its bit in a set.

use super::Origin;

/// The key of the proposal that is always admitted: WebAssembly as first released.
const BASE: &str = "mvp";

/// A row of [`Model::proposals`](super::Model::proposals).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProposalId(pub(crate) usize);

/// A language proposal.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Key, snake case.
    pub key: String,
    /// First released standard that contains it.
    pub since: Option<String>,
    /// Proposals it builds on.
    pub requires: Vec<ProposalId>,
    /// Capabilities it needs, by key.
    pub needs: Vec<String>,
    /// Has rows, or needs none.
    pub supported: bool,
    /// Opcodes that the standard assigns to it and that have no row yet.
    pub reserved: Vec<ReservedCodes>,
    /// One line for people.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// A range of opcodes without rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservedCodes {
    /// Prefix byte, if the range is below one.
    pub prefix: Option<u8>,
    /// First code.
    pub first: u32,
    /// Last code, inclusive.
    pub last: u32,
}

impl Proposal {
    /// Whether it is always admitted, so that nothing asks for it.
    pub fn is_base(&self) -> bool {
        self.key == BASE
    }

    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}
