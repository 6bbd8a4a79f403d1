//! Immediates of instructions that are more than a number.
//!
//! Vectors stay in the module's bytes and are read lazily, so that an instruction is a small `Copy`
//! value and no list is sized by a count that the input claims. The decoder has walked over them
//! once, so that reading them again cannot fail. Standard: section 5.4, "Instructions".

use super::{LabelIdx, MemoryIdx, TypeIdx, ValType};
use crate::read::Reader;

/// Alignment, offset and memory of a load or store.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MemArg {
    /// Binary logarithm of the alignment.
    pub align: u32,
    /// Added to the address.
    pub offset: u64,
    /// The memory.
    pub memory: MemoryIdx,
}

/// The type of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BlockType {
    /// Takes nothing and gives nothing.
    #[default]
    Empty,
    /// Gives one value.
    Value(ValType),
    /// As this function type.
    Func(TypeIdx),
}

/// The targets of a `br_table`: the count, then the targets, the default last.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Labels<'a> {
    /// As they stand in the module, the count included; already read once.
    pub(crate) bytes: &'a [u8],
}

impl<'a> Labels<'a> {
    /// How many targets there are besides the default.
    pub fn len(&self) -> usize {
        Reader::new(self.bytes).u32().unwrap_or(0) as usize
    }

    /// Whether the default is the only target.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All targets in order; the default is the last.
    pub fn iter(&self) -> LabelsIter<'a> {
        let mut reader = Reader::new(self.bytes);
        let left = reader.again().map_or(0, |count| count as usize + 1);
        LabelsIter { reader, left }
    }

    /// The default.
    pub fn default(&self) -> LabelIdx {
        self.iter().last().unwrap_or(LabelIdx(0))
    }
}

impl core::fmt::Debug for Labels<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The targets of a `br_table`, one after the other.
#[derive(Clone, Debug)]
pub struct LabelsIter<'a> {
    reader: Reader<'a>,
    left: usize,
}

impl Iterator for LabelsIter<'_> {
    type Item = LabelIdx;

    #[inline]
    fn next(&mut self) -> Option<LabelIdx> {
        self.left = self.left.checked_sub(1)?;
        self.reader.again().map(LabelIdx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}

/// The types of a `select` with immediate: the count, then the types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ValTypes<'a> {
    /// As they stand in the module, the count included; already read once.
    pub(crate) bytes: &'a [u8],
    pub(crate) only: Option<ValType>,
}

impl<'a> ValTypes<'a> {
    /// The type, if there is exactly one.
    pub const fn only(&self) -> Option<ValType> {
        self.only
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        Reader::new(self.bytes).u32().unwrap_or(0) as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The types in order, with type indices as written.
    pub fn iter(&self) -> ValTypesIter<'a> {
        let mut reader = Reader::new(self.bytes);
        let left = reader.u32().unwrap_or(0) as usize;
        ValTypesIter { reader, left }
    }
}

impl core::fmt::Debug for ValTypes<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The types of a `select`, one after the other.
#[derive(Clone, Debug)]
pub struct ValTypesIter<'a> {
    reader: Reader<'a>,
    left: usize,
}

impl Iterator for ValTypesIter<'_> {
    type Item = ValType;

    fn next(&mut self) -> Option<ValType> {
        self.left = self.left.checked_sub(1)?;
        self.reader.val_type(&crate::profile::Everything).ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.left))
    }
}
