//! The validator's stacks, kept from one body to the next.
//!

use super::local::LocalRun;
use super::storage::{List, Storage};
use crate::types::{BlockType, TypeIdx, ValType};

/// Operands, blocks and locals of the body that is being validated.
#[derive(Debug)]
pub struct Scratch<S: Storage> {
    pub(crate) values: S::List<ValType>,
    pub(crate) frames: S::List<Frame>,
    pub(crate) runs: S::List<LocalRun>,
    pub(crate) locals: S::List<ValType>,
    pub(crate) initialised: S::List<u32>,
    pub(crate) set: S::List<u32>,
}

impl<S: Storage> Default for Scratch<S>
where
    S::List<ValType>: Default,
    S::List<Frame>: Default,
    S::List<LocalRun>: Default,
    S::List<u32>: Default,
{
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
    pub(crate) fn clear(&mut self) {
        self.values.truncate(0);
        self.frames.truncate(0);
        self.runs.truncate(0);
        self.locals.truncate(0);
        self.initialised.truncate(0);
        self.set.truncate(0);
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

impl Frame {
    pub(crate) fn new(
        kind: FrameKind,
        block: BlockType,
        height: usize,
        initialised: usize,
    ) -> Self {
        Self {
            height: height as u32,
            initialised: initialised as u32,
            block: block.into(),
            kind,
            reachable: true,
        }
    }

    pub(crate) fn block(&self) -> BlockType {
        self.block.into()
    }
}

/// A block type in one word, so that a frame has sixteen bytes: function types are numbered
/// above the number types.
#[derive(Clone, Copy, Debug, Default)]
struct PackedBlock(u32);

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
            assert_eq!(Frame::new(FrameKind::Block, block, 0, 0).block(), block);
        }
    }
}
