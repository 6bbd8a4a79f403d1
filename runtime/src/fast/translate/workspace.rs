//! What translations work with, kept from one function to the next: a module has thousands of functions,
//! most of them small, and would ask the allocator a dozen times for each.

use alloc::vec::Vec;

use super::block::Block;
use super::emit::Buffers;
use super::locals::Locals;
use super::stack::Stack;
use super::unset::Unset;
use crate::fast::pinning::Pinning;
use crate::validate::{Heap, Scratch};

/// What the passes over a function need.
#[derive(Default)]
pub(crate) struct Workspace {
    /// Of the validator.
    pub(super) scratch: Scratch<Heap>,
    /// Finds what lives in registers.
    pub(super) pinning: Pinning,
    /// Of the translator.
    pub(super) memory: Memory,
}

/// Memory of a translator, which the next one uses again.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) code: Buffers,
    pub(super) stack: Stack,
    pub(super) locals: Locals,
    pub(super) unset: Unset,
    pub(super) blocks: Vec<Block>,
    pub(super) exits: Vec<usize>,
}

impl Memory {
    /// Forgets what is in it.
    pub(super) fn clear(&mut self) {
        self.code.clear();
        self.stack.clear();
        self.locals.clear();
        self.blocks.clear();
        self.exits.clear();
    }
}
