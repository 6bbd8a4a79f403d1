//! Places, forms and fused pairs of the fast engine.

use super::{Documented, Origin};
use std::fmt;

/// What `forms.toml` and `fusion.toml` say.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// Places, in order of their numbers.
    pub places: Vec<Documented>,
    /// Classes of rows.
    pub classes: Vec<FormClass>,
    /// Instructions of the engine's own.
    pub engine: Vec<EngineInstruction>,
    /// Most handlers of each tier, by tier key.
    pub budgets: Vec<(String, u32, Origin)>,
    /// Fused pairs.
    pub fusions: Vec<Fusion>,
}

/// The places of operands and result for which handlers are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// For each operand, letters of places.
    pub operands: Vec<String>,
    /// Letters of destinations; empty without a result.
    pub result: String,
    /// Where they stand.
    pub at: Origin,
}

impl Shape {
    /// Letters before and behind `->`.
    pub fn parse(text: &str) -> Shape {
        let (operands, result) = text.split_once("->").unwrap_or((text, ""));
        Shape {
            operands: operands.split_whitespace().map(str::to_string).collect(),
            result: result.trim().to_string(),
            at: Origin::default(),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operands.join(" "))?;
        match (self.operands.is_empty(), self.result.is_empty()) {
            (_, true) => Ok(()),
            (true, false) => write!(f, "-> {}", self.result),
            (false, false) => write!(f, " -> {}", self.result),
        }
    }
}

/// A class of rows: handlers for the same places are made for each of them.
#[derive(Clone, Debug)]
pub struct FormClass {
    /// Key, snake case.
    pub key: String,
    /// Classes of the operands and the result: `int int -> truth`.
    pub operands: Vec<String>,
    /// Class of the result.
    pub result: Option<String>,
    /// Names behind the dot of the rows that belong to it; all that fit, if it is empty.
    pub rows: Vec<String>,
    /// Kind of memory: `32`, `64`, `any`, `any 64`.
    pub memory: Option<String>,
    /// For each tier (by key) its forms.
    pub tiers: Vec<(String, Shape)>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// An instruction of the engine's own.
#[derive(Clone, Debug)]
pub struct EngineInstruction {
    /// Key, snake case.
    pub key: String,
    /// Its type, with `_` for each place.
    pub instruction: String,
    /// Class of its result.
    pub result: Option<String>,
    /// Whether it can trap or call.
    pub traps: bool,
    /// For each tier (by key) its forms.
    pub tiers: Vec<(String, Shape)>,
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

/// The shape for a tier.
pub fn shape<'a>(tiers: &'a [(String, Shape)], tier: &str) -> Option<&'a Shape> {
    tiers
        .iter()
        .find(|(key, _)| key == tier)
        .map(|(_, shape)| shape)
}
