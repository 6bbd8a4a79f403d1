//! Builds that do not verify: the same names as in `checked`, which do nothing.
//!
//! Emitter and run loop call these in all builds, so that they have no `cfg` inside; here the calls
//! and their arguments are optimised away.

use crate::error::Error;
use crate::fast::stack::{Record, Stack};
use crate::module::Module;
use crate::module::code::Code;

/// Nothing.
#[derive(Default)]
pub(crate) struct Log;

impl Log {
    /// An instruction is laid down.
    #[inline(always)]
    pub(crate) fn lay(&mut self, _: usize, _: u16, _: usize) -> bool {
        true
    }

    /// The last instruction gets another handler and more operand words.
    #[inline(always)]
    pub(crate) fn fuse(&mut self, _: u16, _: usize) {}

    /// A loop ends behind the last instruction.
    #[inline(always)]
    pub(crate) fn end_loop(&mut self) {}

    /// The operand words of the last instruction end elsewhere.
    #[inline(always)]
    pub(crate) fn extend(&mut self, _: usize) {}
}

/// Nothing.
#[derive(Clone, Copy)]
pub(crate) struct Bounds;

impl Bounds {
    /// Those of a stack.
    #[inline(always)]
    pub(crate) fn new(_: &mut Stack) -> Self {
        Self
    }

    /// Asserts nothing.
    #[inline(always)]
    pub(crate) fn assert(self, _: *const u32, _: *const u64, _: *const Record) {}
}

/// Checks nothing.
#[inline(always)]
pub(crate) fn check(_: &Module, _: u32, _: usize, _: &Code, _: &Log) -> Result<(), Error> {
    Ok(())
}
