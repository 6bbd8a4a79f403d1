//! Examples of what instructions do.

use super::Origin;

/// What an instruction gives for some operands.
#[derive(Clone, Debug)]
pub struct Example {
    /// Key of the row.
    pub key: String,
    /// Literals of the operands.
    pub operands: Vec<String>,
    /// What comes of it.
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
