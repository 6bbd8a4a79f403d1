//! What the translator knows of a value on the operand stack.
//!
//! An [`Operand`] is a class of registers and a place. As long as a value is a note (a local, a
//! constant, the result of the open instruction), no code was made for it, and the instruction that
//! consumes it may read it from there: so `local.get` and constants need no instruction.

use crate::fast::register::RegisterClass;

/// A value on the operand stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operand {
    /// Its class.
    pub(super) kind: RegisterClass,
    /// Where it is.
    pub(super) at: At,
}

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// In a local that has not been assigned since.
    Local(u32),
    /// Nowhere: the bits of a constant, `i32` sign-extended.
    Const(u64),
    /// In the slot at its height.
    Temp,
    /// It will be the result of the open instruction.
    Open,
    /// It is the second slot of the vector below.
    Rest,
}

/// Where a handler reads an operand; the numbers are those of the form tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Place {
    /// A slot.
    S,
    /// The accumulator.
    A,
    /// The first pinned local.
    P,
    /// The second pinned local.
    Q,
    /// An immediate.
    I,
}

/// Where a handler's result goes; the numbers are those of the form tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum To {
    /// A slot.
    S,
    /// The accumulator.
    A,
    /// The first pinned local.
    P,
    /// The second pinned local.
    Q,
    /// A slot and the accumulator.
    W,
    /// A jump if it is not zero.
    J,
    /// A jump if it is zero.
    N,
    /// A jump to the head of the innermost loop if it is not zero.
    L,
    /// A jump to the head of the innermost loop if it is zero.
    M,
}

/// Operand words of one instruction.
#[derive(Clone, Copy, Default)]
pub(super) struct Words {
    /// Those that there are, then zeros.
    padded: [u32; Self::MOST],
    len: usize,
}

impl Words {
    /// Most operand words of an instruction, tables of targets apart.
    pub(super) const MOST: usize = 12;

    /// Adds a word.
    #[inline]
    pub(super) fn push(&mut self, word: u32) {
        self.padded[self.len] = word;
        self.len += 1;
    }

    /// Adds words.
    #[inline]
    pub(super) fn extend(&mut self, words: &[u32]) {
        words.iter().for_each(|&word| self.push(word));
    }

    /// Adds the first of two words, or both, or none; those that are left out are zero.
    #[inline]
    pub(super) fn push_first(&mut self, count: usize, words: [u32; 2]) {
        self.padded[self.len..self.len + words.len()].copy_from_slice(&words);
        self.len += count;
    }

    /// The last one.
    pub(super) fn last(&self) -> Option<u32> {
        self.as_slice().last().copied()
    }

    /// Takes the last one away.
    pub(super) fn pop(&mut self) {
        self.len = self.len.saturating_sub(1);
        self.padded[self.len] = 0;
    }

    /// How many they are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// All of them.
    #[inline]
    pub(super) fn as_slice(&self) -> &[u32] {
        &self.padded[..self.len]
    }

    /// All of them, then zeros: as many words as are copied faster than those alone.
    #[inline]
    pub(super) fn padded(&self) -> &[u32; Self::MOST] {
        &self.padded
    }
}

impl From<&[u32]> for Words {
    #[inline]
    fn from(words: &[u32]) -> Self {
        let mut all = Self::default();
        all.extend(words);
        all
    }
}
