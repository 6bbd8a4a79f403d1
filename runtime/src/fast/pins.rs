//! The locals of a function that live in registers, and its loops whose head does: what the
//! translator is told of a function before it begins.

use alloc::boxed::Box;

/// What of a function lives in registers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct FuncPins {
    /// Its locals, wherever no loop has others.
    pub(crate) locals: Pins,
    /// Loops that have others, by number.
    pub(crate) loops: Box<[LoopPins]>,
    /// Of the first loops of the body, a bit for each that has no loops and no calls.
    pub(crate) leaves: u64,
}

/// What of a loop lives in registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoopPins {
    /// The loop, counted from the beginning of the body.
    pub(crate) number: u32,
    /// Its locals, while it runs.
    pub(crate) locals: Pins,
}

/// Locals that live in registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pins {
    /// Integers: `p` and `q`.
    pub(crate) integers: [Option<Pin>; 2],
    /// `f64`: `fp` and `fq`.
    pub(crate) floats: [Option<Pin>; 2],
}

impl FuncPins {
    /// Whether a loop, counted from the beginning of the body, has no loops and no calls.
    pub(crate) fn is_leaf(&self, number: u32) -> bool {
        self.leaves.unbounded_shr(number) & 1 == 1
    }

    /// The locals that live in registers while a loop runs, if they are others than the function's.
    pub(crate) fn of_loop(&self, number: u32) -> Option<Pins> {
        let found = self.loops.binary_search_by_key(&number, |it| it.number);
        Some(self.loops[found.ok()?].locals)
    }
}

/// The index of a pinned local, plus one.
pub(crate) type Pin = core::num::NonZeroU16;
