//! The locals of a function that live in registers.
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
}

/// The index of a pinned local, plus one.
pub(crate) type Pin = core::num::NonZeroU16;
