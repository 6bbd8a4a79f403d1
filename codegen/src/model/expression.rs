//! The column `do` and what its tree says.

use proc_macro2::TokenStream;

/// The column `do`.
#[derive(Clone, Debug)]
pub struct Expression {
    /// As written.
    pub text: String,
    /// Parsed.
    pub tokens: TokenStream,
}

/// What the tree of a `do` cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Contains `?`.
    pub may_trap: bool,
    /// Calls `m.load`.
    pub loads: bool,
    /// Calls `m.store`.
    pub stores: bool,
    /// A comparison or test cast to `i32`.
    pub truth: bool,
    /// Neither traps nor touches memory.
    pub pure_: bool,
    /// Key of the row with the negated condition, for integer comparisons.
    pub negation: Option<String>,
    /// Key of the row with operands swapped.
    pub swapped: Option<String>,
    /// Primitives called, such as `int::div_s`.
    pub primitives: Vec<String>,
}
