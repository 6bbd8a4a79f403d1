//! Examples of what instructions do, as an overlay gives them.
//!
//! A row of operands and what the instruction makes of them: results or a trap. Literals stay text;
//! the test that is made of them reads them with the types of the row.

use super::Origin;

/// What an instruction gives for some operands.
#[derive(Clone, Debug)]
pub struct Example {
    /// Key of the row.
    pub key: String,
    /// Literals of the operands.
    pub operands: Vec<String>,
    /// What it gives.
    pub outcome: Outcome,
    /// The key's place.
    pub row: Origin,
    /// The text's place.
    pub origin: Origin,
}

/// What comes of an instruction.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Literals of the results.
    Results(Vec<String>),
    /// A trap, by key.
    Trap(String),
}
