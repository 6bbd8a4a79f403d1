//! Values from one guest to another: what a call between two components does with its parameters
//! and its result.
//!
//! For each pair of canonical definitions, the types are compiled once to a [`Program`]: what is the
//! same bits in both memories is copied, the rest is checked or put right on its way, and no value
//! of the host is made in between. A program is run by [`step`]. Where it needs the allocator of the
//! target, it stops and says so; whoever runs it calls the guest and goes on with the answer. Its
//! whole state is in registers of the caller, of which it says how many it takes, so that nothing
//! is allocated and nothing nests. Standard: Component Model, `CanonicalABI.md`, "Lifting and
//! Lowering Values": `lower_flat_values(lift_flat_values(..))`.
//!
//! - Padding is not copied: it may hold what the source does not want to show.
//! - A program is as large as the types that it is made of, however often one occurs in another.

mod compile;
mod element;
mod machine;
#[cfg(all(test, feature = "std"))]
mod mutants;
mod op;
#[cfg(all(test, feature = "std"))]
mod oracle;
mod plain;
#[cfg(all(test, feature = "std"))]
mod tests;

use alloc::vec::Vec;
use core::ops::Range;

pub(crate) use self::machine::step;
use self::op::Op;
use super::abi::CanonicalOptions;
pub(crate) use super::abi::transcode::{Allocation, Memories};
use super::types::ResourceId;
use crate::error::cause::LimitError;
use crate::spec::Trap;

/// How values are taken from a guest and given to another.
#[derive(Debug)]
pub(crate) struct Program {
    ops: Vec<Op>,
    /// Where cases begin, of all switches.
    cases: Vec<u32>,
    source: CanonicalOptions,
    target: CanonicalOptions,
    /// Core values that come and go.
    slots: (u32, u32),
    /// How deep calls within the program are.
    depth: u32,
    /// Whether it moves numbers from core values to core values only.
    direct: bool,
}

/// How much the programs of a component take, all together: types may be used in more ways than
/// they take bytes to write down.
#[derive(Debug)]
pub(crate) struct Size {
    most: u64,
    taken: u64,
}

impl Size {
    /// None yet, of this many bytes.
    pub(crate) const fn new(most: u64) -> Self {
        Self { most, taken: 0 }
    }

    fn take(&mut self, bytes: usize) -> Result<(), LimitError> {
        self.taken = self.taken.saturating_add(bytes as u64);
        LimitError::check(
            "bytes of programs between component instances",
            self.most,
            self.taken,
        )
    }
}

/// Where the values of a source are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// In core values.
    Flat,
    /// In memory, at the address that the only core value is.
    Memory,
}

/// Where the values of a target go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// To core values.
    Flat,
    /// To memory from the target's allocator; the only core value becomes its address.
    Allocated,
    /// To memory at the address that the only core value is.
    Given,
}

/// What a program needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A call of the target's allocator for what was asked; the next step gets its answer.
    Allocate,
    /// Another step without an answer: this one has moved as many elements as one may.
    Again,
    /// Nothing: all values are where they belong.
    Done,
}

/// Who pays for what a program does.
pub(crate) trait Charge {
    /// Is told before this many bytes are copied, and may refuse: for fuel, and to be interrupted.
    fn charge(&mut self, bytes: u64) -> Result<(), Trap>;
}

/// The tables of handles of both guests.
pub(crate) trait HandleTransfer {
    /// Takes an own handle from the source and gives the resource to the target.
    fn own(&mut self, resource: ResourceId, handle: u32) -> Result<u32, Trap>;

    /// Lends the resource of a handle of the source to the target, for the call.
    fn borrow(&mut self, resource: ResourceId, handle: u32) -> Result<u32, Trap>;
}

impl Program {
    /// Whether it needs neither memory nor registers: [`pass`](Self::pass) does all.
    pub(crate) fn is_direct(&self) -> bool {
        self.direct
    }

    /// How many registers it takes.
    pub(crate) fn registers(&self) -> usize {
        self.frames() + self.depth as usize * op::FRAME
    }

    /// Which registers are core values of the source, to be set before the first step.
    pub(crate) fn source_slots(&self) -> Range<usize> {
        let start = op::HEAD;
        start..start + self.slots.0 as usize
    }

    /// Which registers are core values of the target, there after the last step; the address that
    /// is given to a program stands there before the first one.
    pub(crate) fn target_slots(&self) -> Range<usize> {
        let start = self.source_slots().end;
        start..start + self.slots.1 as usize
    }

    /// Makes registers ready for the first step, but for core values.
    pub(crate) fn start(&self, registers: &mut [u64]) {
        if let [pc, frame, ..] = registers {
            *pc = 0;
            *frame = self.frames() as u64;
        }
    }

    /// The register at which the frame of the outermost values begins.
    fn frames(&self) -> usize {
        self.target_slots().end
    }
}
