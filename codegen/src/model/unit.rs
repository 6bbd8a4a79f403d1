//! What work is counted in: bytes, elements or slots.
//!
//! Each is a column of the tables and a kind of immediate, so that a rate for an instruction
//! without such an operand can be refused.

use super::ImmediateKind;
use std::fmt;

/// What work is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Bytes of a memory, or that a function of the host moves.
    Bytes,
    /// Elements of a table.
    Elements,
    /// Values of a frame.
    Slots,
}

impl Unit {
    /// The units of an instruction's operands.
    pub const OF_OPERANDS: &'static [Self] = &[Self::Bytes, Self::Elements];
    /// The units of other work.
    pub const OF_WORK: &'static [Self] = &[Self::Bytes, Self::Slots];

    /// The column of the tables.
    pub fn column(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Elements => "elements",
            Self::Slots => "slots",
        }
    }

    /// The kind of immediate that an instruction with operands in this unit has.
    pub fn object(self) -> Option<ImmediateKind> {
        match self {
            Self::Bytes => Some(ImmediateKind::Memory),
            Self::Elements => Some(ImmediateKind::Table),
            Self::Slots => None,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.column())
    }
}
