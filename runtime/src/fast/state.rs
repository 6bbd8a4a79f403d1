//! The registers of the machine.

use super::context::Context;

/// What a handler gets and passes on; by value, so that it lives in registers.
#[derive(Clone, Copy)]
pub(crate) struct State {
    /// The frame of the running function: locals first, then operands at their height.
    pub(crate) sp: *mut u64,
    /// What changes rarely.
    pub(crate) context: *mut Context,
    /// Accumulator for integers and references, as in a slot.
    pub(crate) acc: u64,
    /// First pinned integer local.
    pub(crate) p: u64,
    /// Second pinned integer local.
    pub(crate) q: u64,
    /// Accumulator for `f64`.
    pub(crate) f: f64,
    /// Accumulator for `f32`.
    pub(crate) g: f32,
    /// First pinned `f64` local.
    pub(crate) fp: f64,
    /// Second pinned `f64` local.
    pub(crate) fq: f64,
}

/// Where an instruction goes on.
pub(crate) enum Flow {
    /// At the next instruction.
    Next,
    /// Elsewhere.
    Jump(*const u32),
    /// Nowhere: the guest trapped.
    Trap(crate::spec::Trap),
    /// Nowhere: the run loop is left for the reason that the context holds.
    Exit(Exit),
}

/// Why the run loop was left; what it needs to know besides is in [`Context`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Exit {
    /// The outermost function returned.
    Done,
    /// A trap.
    Trap,
    /// A host function or the environment failed; the instruction may be stepped over.
    Error,
    /// Fuel ran out before the instruction, which runs again when there is more.
    OutOfFuel,
}
