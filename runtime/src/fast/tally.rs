//! Counts of instructions, for the choice of what is fused.
//!
//! With [`Config::count_instructions`](crate::Config::count_instructions) nothing is fused, and code
//! counts how often each run of instructions begins.

use core::fmt;

use super::form::Named;
use crate::module::Module;

/// An instruction in the code of a module, and how often it ran.
///
/// It is shown as operation and places, as `spec/forms.toml` has them: `I32Add SIA`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct InstructionCount {
    handler: u16,
    /// How often it ran.
    pub count: u64,
    /// Whether the instruction before it in the code ran right before it, each time.
    pub joins: bool,
}

impl fmt::Display for InstructionCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Named(self.handler).fmt(f)
    }
}

impl Module {
    /// The instructions of the fast engine that the functions called so far consist of, in order, each
    /// with how often it ran; none, if the engine does not
    /// [count](crate::Config::count_instructions).
    pub fn instruction_counts(&self) -> impl Iterator<Item = InstructionCount> {
        let tallies = self
            .code()
            .published()
            .filter_map(|code| code.tally.as_ref());
        let counts = tallies.flat_map(|tally| tally.counts());
        counts.map(|(counted, count)| InstructionCount {
            handler: counted.handler,
            count,
            joins: counted.joins,
        })
    }
}
