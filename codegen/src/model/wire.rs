//! Wire codes other than opcodes and sections.
//!
//! Groups of codes that become enums or constants: types, kinds, flags. Facts beside a code (its
//! bytes, its supertype) stay words that only the emitter of the group reads.

use super::{Documented, Origin, ProposalId};

/// Wire codes other than opcodes and sections: groups of named codes.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    /// `number`, `vector`, `heap`, `external` …; each becomes an enum or a set of constants.
    pub groups: Vec<WireGroup>,
    /// Index spaces.
    pub indices: Vec<Documented>,
}

/// One table of `types.toml`.
#[derive(Clone, Debug)]
pub struct WireGroup {
    /// The table's key.
    pub key: String,
    /// Its rows.
    pub codes: Vec<WireCode>,
}

/// One wire code.
#[derive(Clone, Debug)]
pub struct WireCode {
    /// Key, snake case.
    pub key: String,
    /// The byte, or the flag's bits.
    pub code: Vec<u8>,
    /// The proposal that brings it.
    pub proposal: Option<ProposalId>,
    /// Other cells (`name`, `super`, `bottom`, `rust`, `bytes` …) as text.
    pub facts: Vec<(String, String)>,
    /// One line for people.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

impl Wire {
    /// The row of a group with this key.
    pub fn code(&self, group: &str, key: &str) -> Option<&WireCode> {
        let group = self.groups.iter().find(|known| known.key == group)?;
        group.codes.iter().find(|code| code.key == key)
    }
}

impl WireCode {
    /// Another cell, as text.
    pub fn fact(&self, column: &str) -> Option<&str> {
        let mut facts = self.facts.iter();
        facts.find(|fact| fact.0 == column).map(|fact| &*fact.1)
    }

    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}
