//! The locals of a function that live in registers, and its loops whose head does.
//!
//! Which they are is found while the function is validated, before it is known whether it is ever
//! called; so the answer is kept beside the body, in few bytes, for the translator.

/// Locals that live in registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pins {
    /// Integers: `p` and `q`.
    pub(crate) integers: [Option<Pin>; 2],
    /// `f64`: `fp` and `fq`.
    pub(crate) floats: [Option<Pin>; 2],
    /// Of the first loops of the body, a bit for each that has no loops and no calls.
    pub(crate) leaves: u64,
}

impl Pins {
    /// Whether a loop, counted from the beginning of the body, has no loops and no calls.
    pub(crate) fn is_leaf(&self, number: u32) -> bool {
        self.leaves.unbounded_shr(number) & 1 == 1
    }
}

/// The index of a pinned local, plus one.
pub(crate) type Pin = core::num::NonZeroU16;
