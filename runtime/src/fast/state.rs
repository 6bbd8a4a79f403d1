//! The registers of the machine, and how a handler says what follows.
//!
//! A [`State`] is passed by value from handler to handler, so that compilers keep each field in a
//! register of the processor; a field more can cost all handlers one. Whatever is needed rarely is
//! in the context. [`Flow`] is the answer of an instruction's body, [`Exit`] the reason why the run
//! loop was left.

use super::context::Context;
use super::vector::Vector;
use crate::exec::slot::Value;

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
    /// Accumulator for `v128`.
    pub(crate) v: Vector,
}

/// Where an instruction goes on.
pub(crate) enum Flow {
    /// At the next instruction.
    Next,
    /// Elsewhere.
    Jump(*const u32),
    /// Nowhere: the guest trapped.
    Trap(crate::spec::Trap),
    /// The same in the second of two fused instructions, whose words these are.
    TrapIn(crate::spec::Trap, *const u32),
    /// Nowhere: the run loop is left.
    Exit(Exit),
    /// The same in the second of two fused instructions, whose words these are. If the run goes on, both
    /// run again.
    ExitIn(Exit, *const u32),
}

/// Why the run loop was left; what it needs to know besides is in [`Context`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The outermost function returned.
    Done,
    /// The guest trapped.
    Trap,
    /// A host function failed; the call may be answered in its place.
    Error,
    /// The environment failed, and the call cannot continue.
    Failed,
    /// Fuel ran out before the instruction, which runs again when there is more.
    OutOfFuel,
    /// The epoch's deadline has come; the instruction runs again.
    Epoch,
}

impl State {
    /// Puts the first result of a call, which stands in `slot`, into the accumulators as well:
    /// the caller reads it from the one of its type, but for a vector.
    #[inline(always)]
    pub(crate) fn accumulate(&mut self, slot: u64) {
        self.acc = slot;
        self.f = f64::from_slot(slot);
        self.g = f32::from_slot(slot);
    }
}
