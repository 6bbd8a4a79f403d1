//! Sections of the binary format: ids, order, and the limit on their entries.
//!
//! The order is prescribed and is not that of the ids. Standard: section 5.5, "Modules",
//! "Sections".

use super::{Origin, ProposalId};

/// A section of the binary format.
#[derive(Clone, Debug)]
pub struct Section {
    /// Key, snake case.
    pub key: String,
    /// Id byte.
    pub id: u8,
    /// Place in the prescribed order from 1; 0 for custom sections.
    pub order: u8,
    /// Body, as a production of the binary format.
    pub body: String,
    /// The proposal that brings it.
    pub proposal: Option<ProposalId>,
    /// The limit on its number of entries, by key.
    pub limit: Option<String>,
    /// One line for people; may be empty.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

impl Section {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}
