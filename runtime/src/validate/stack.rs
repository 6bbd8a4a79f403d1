//! The validator's stacks, kept from one body to the next.
//!
//! These are the value and control stacks of the standard's algorithm, and what is known of locals.
//! They are emptied, not freed, for the next body, so that validating a module allocates as much as
//! its largest body needs. Standard: appendix, "Validation Algorithm".

use core::cell::Cell;

use super::arena::ListName;
use super::environment::{Environment, Signature, Types};
use super::item::{Bytes, Item, fields};
use super::local::LocalRun;
#[cfg(feature = "alloc")]
use super::storage::Heap;
use super::storage::{List, Storage};
use crate::profile::Gate;
use crate::spec::Proposal;
use crate::types::{BlockType, TypeIdx, ValType};

/// Operands, blocks and locals of the body that is being validated.
#[derive(Debug)]
pub struct Scratch<S: Storage> {
    pub(crate) values: S::Operands,
    pub(crate) frames: S::List<Frame, { ListName::Frames as u8 }>,
    pub(crate) runs: S::List<LocalRun, { ListName::Runs as u8 }>,
    pub(crate) locals: S::List<ValType, { ListName::Locals as u8 }>,
    pub(crate) initialised: S::List<u32, { ListName::Initialised as u8 }>,
    pub(crate) set: S::List<u32, { ListName::Set as u8 }>,
}

#[cfg(feature = "alloc")]
impl Default for Scratch<Heap> {
    fn default() -> Self {
        Self {
            values: Default::default(),
            frames: Default::default(),
            runs: Default::default(),
            locals: Default::default(),
            initialised: Default::default(),
            set: Default::default(),
        }
    }
}

impl<S: Storage> Scratch<S> {
    pub(crate) fn clear<G: Gate>(&mut self) {
        self.values.truncate(0);
        self.frames.truncate(0);
        self.runs.truncate(0);
        if S::SPELLED > 0 {
            self.locals.truncate(0);
        }
        if G::may(Proposal::FunctionReferences) {
            self.initialised.truncate(0);
            self.set.truncate(0);
        }
    }
}

/// A block around the current instruction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frame {
    /// Operands below the block.
    pub(crate) height: u32,
    /// Locals that were initialised before the block.
    pub(crate) initialised: u32,
    block: PackedBlock,
    pub(crate) kind: FrameKind,
    /// Whether the code around the block can be reached.
    pub(crate) reachable: bool,
}

/// Kinds of blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum FrameKind {
    /// A body or a constant expression.
    #[default]
    Body,
    /// `block`
    Block,
    /// `loop`
    Loop,
    /// `if`
    If,
    /// `else`
    Else,
}

fields! {
    Frame { height: u32, initialised: u32, block: PackedBlock, kind: FrameKind, reachable: bool }
}

impl Frame {
    /// What a branch to the block takes.
    #[inline]
    pub(crate) fn label<S: Storage>(&self, env: &Environment<S>) -> Types {
        self.types(env, self.kind == FrameKind::Loop)
    }

    /// What the block takes.
    #[inline]
    pub(crate) fn params<S: Storage>(&self, env: &Environment<S>) -> Types {
        self.types(env, true)
    }

    /// What the block gives.
    #[inline]
    pub(crate) fn results<S: Storage>(&self, env: &Environment<S>) -> Types {
        self.types(env, false)
    }

    /// What the block takes, or what it gives: one of both, because that travels in registers.
    #[cfg_attr(not(small), inline)]
    #[cfg_attr(small, inline(never))]
    fn types<S: Storage>(&self, env: &Environment<S>, taken: bool) -> Types {
        let Signature { params, results } = env.block(self.block());
        if taken { params } else { results }
    }

    pub(crate) fn new(
        kind: FrameKind,
        block: BlockType,
        height: usize,
        initialised: usize,
        reachable: bool,
    ) -> Self {
        Self {
            height: height as u32,
            initialised: initialised as u32,
            block: block.into(),
            kind,
            reachable,
        }
    }

    pub(crate) fn block(&self) -> BlockType {
        self.block.into()
    }
}

impl FrameKind {
    const ALL: [Self; 5] = [Self::Body, Self::Block, Self::Loop, Self::If, Self::Else];
}

impl Item for FrameKind {
    const SIZE: usize = u8::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        let kind = Self::ALL.get(usize::from(u8::get(bytes, at)));
        kind.copied().unwrap_or_default()
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        (self as u8).put(bytes, at);
    }
}

/// A block type in one word, so that a frame is small: function types are numbered
/// above the number types.
#[derive(Clone, Copy, Debug, Default)]
struct PackedBlock(u32);

impl Item for PackedBlock {
    const SIZE: usize = u32::SIZE;

    fn get(bytes: &(impl Bytes + ?Sized), at: usize) -> Self {
        Self(u32::get(bytes, at))
    }

    fn put(self, bytes: &[Cell<u8>], at: usize) {
        self.0.put(bytes, at);
    }

    #[inline(always)]
    fn store(self, cells: &[Cell<u8>], at: usize) {
        self.0.store(cells, at);
    }
}

impl PackedBlock {
    const EMPTY: u32 = 0;
    const FIRST_VALUE: u32 = 1;
    const FIRST_FUNC: u32 = 16;
}

impl From<BlockType> for PackedBlock {
    fn from(block: BlockType) -> Self {
        Self(match block {
            BlockType::Empty => Self::EMPTY,
            BlockType::Value(ty) if ty.is_ref() => ty.bits(),
            BlockType::Value(ty) => Self::FIRST_VALUE + ty.bits(),
            BlockType::Func(ty) => Self::FIRST_FUNC + ty.0,
        })
    }
}

impl From<PackedBlock> for BlockType {
    fn from(PackedBlock(word): PackedBlock) -> Self {
        if word == PackedBlock::EMPTY {
            Self::Empty
        } else if let Some(ty) = ValType::from_ref_bits(word) {
            Self::Value(ty)
        } else if let Some(index) = word.checked_sub(PackedBlock::FIRST_FUNC) {
            Self::Func(TypeIdx(index))
        } else {
            Self::Value(ValType::from_num_bits(word - PackedBlock::FIRST_VALUE))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_small_and_keep_their_block_type() {
        assert_eq!(size_of::<Frame>(), 16);
        let blocks = [
            BlockType::Empty,
            BlockType::Value(ValType::I32),
            BlockType::Value(ValType::V128),
            BlockType::Value(ValType::EXTERNREF),
            BlockType::Func(TypeIdx(0)),
            BlockType::Func(TypeIdx(999_999)),
        ];
        for block in blocks {
            assert_eq!(
                Frame::new(FrameKind::Block, block, 0, 0, true).block(),
                block
            );
        }
    }
}
