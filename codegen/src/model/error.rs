//! What can go wrong: traps, and errors of decoding and validation.
//!
//! Each has a number that never changes, the text that the official scripts expect, and other texts
//! that they use for it. The runtime's enums are made of these rows, in their order.

use super::Origin;
use super::vocabulary::vocabulary;

/// A trap kind.
#[derive(Clone, Debug)]
pub struct Trap {
    /// Key, snake case.
    pub key: String,
    /// Its number, which no other error or trap has and which never changes.
    pub number: u16,
    /// What the official scripts expect.
    pub text: String,
    /// What they call it elsewhere.
    pub also: Vec<String>,
    /// One line for people.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// An error of decoding or validation.
#[derive(Clone, Debug)]
pub struct Error {
    /// Key, snake case.
    pub key: String,
    /// Its number, which no other error or trap has and which never changes.
    pub number: u16,
    /// What kind of reason it is.
    pub class: ErrorClass,
    /// What the official scripts expect.
    pub text: String,
    /// What they call it elsewhere.
    pub also: Vec<String>,
    /// One line for people.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

vocabulary! {
    /// What kind of reason an error is.
    ErrorClass {
        Malformed = "malformed",
        Invalid = "invalid",
        Unsupported = "unsupported",
        Limit = "limit",
    }
}

impl Trap {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}

impl Error {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}
