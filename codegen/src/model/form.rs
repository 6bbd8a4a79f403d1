//! Places, forms and fused pairs of the fast engine.

use super::{Documented, Origin};

/// What `forms.toml` and `fusion.toml` say.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// Places, in order of their numbers.
    pub places: Vec<Documented>,
    /// Classes of handlers.
    pub classes: Vec<FormClass>,
    /// Most handlers of each tier, by tier key.
    pub budgets: Vec<(String, u32, Origin)>,
    /// Fused pairs.
    pub fusions: Vec<Fusion>,
}

/// A class of handlers: the same operand places for each of its instructions.
#[derive(Clone, Debug)]
pub struct FormClass {
    /// Key, snake case.
    pub key: String,
    /// For each tier (by key) the places of each operand and of the result, as letters.
    pub tiers: Vec<(String, Vec<String>)>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// A fused pair of instructions.
#[derive(Clone, Debug)]
pub struct Fusion {
    /// Forms in order, such as `i32.add P I P`.
    pub sequence: Vec<String>,
    /// Where the pair was seen.
    pub from: String,
    /// Where it stands.
    pub origin: Origin,
}
