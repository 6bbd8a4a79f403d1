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
    words: [u32; 12],
    len: usize,
}

impl Words {
    /// Adds a word.
    pub(super) fn push(&mut self, word: u32) {
        self.words[self.len] = word;
        self.len += 1;
    }

    /// Adds words.
    pub(super) fn extend(&mut self, words: &[u32]) {
        words.iter().for_each(|&word| self.push(word));
    }

    /// All of them.
    pub(super) fn as_slice(&self) -> &[u32] {
        &self.words[..self.len]
    }
}
