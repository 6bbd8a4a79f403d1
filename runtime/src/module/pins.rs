//! The locals of a function that live in registers: which they are is found while it is validated,
//! and kept beside its body for whoever translates it.

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
