//! Levels of validation and the rules that begin with them.
//!
//! A level asks its own rules and those of all lower levels. The rules are named so that
//! documentation can say what a level leaves out and tests can show it.

use super::{Documented, Origin};

/// `spec/levels.toml`.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// The levels, the one that asks least first.
    pub levels: Vec<Documented>,
    /// The rules of modules, in table order.
    pub rules: Vec<Rule>,
    /// The rules of components, in table order.
    pub component: Vec<Rule>,
}

/// Something that a level asks of a module or component.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Key, snake case.
    pub key: String,
    /// The level it begins with, by key.
    pub level: String,
    /// Errors by which it refuses a module, by key.
    pub errors: Vec<String>,
    /// The memory that it takes.
    pub cost: String,
    /// One line for people.
    pub doc: String,
    /// The place of each cell, by column.
    pub cells: Vec<(String, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

impl Rule {
    /// Where a cell stands; the row itself when it has no such cell.
    pub fn cell(&self, column: &str) -> &Origin {
        super::cell(&self.cells, column, &self.origin)
    }
}
