//! What an engine made of operands: results, or traps.
//!
//! Kept as the bytes that the guest has stored, since nearly all of them are the same on all engines;
//! only where some differ is each tuple looked at.

use std::collections::BTreeMap;
use std::fmt;

use tabwasm_codegen::model::NanShape;

use super::guest::{CELL, Guest, NUMBER, OPERANDS};
use super::machine::Machine;
use crate::Error;

/// What a function of a guest made of each tuple of operands.
#[derive(PartialEq)]
pub struct Answers {
    /// The cells of results, of all tuples.
    cells: Vec<u8>,
    /// Bytes of the results of one application.
    given: usize,
    /// By number of the tuple.
    traps: BTreeMap<usize, String>,
}

/// What became of one tuple.
#[derive(Clone, Copy, PartialEq)]
pub enum Answer<'a> {
    /// The kind of the trap.
    Trap(&'a str),
    /// Cells.
    Results(&'a [u8]),
}

impl Answers {
    /// Applies a function of the guest to tuples.
    pub fn of(
        machine: &mut dyn Machine,
        guest: &Guest,
        function: usize,
        tuples: &[Vec<u128>],
    ) -> Result<Self, Error> {
        let memory = machine.memory()?;
        let cells = memory[OPERANDS..].chunks_exact_mut(CELL);
        for (cell, bits) in cells.zip(tuples.iter().flatten()) {
            cell.copy_from_slice(&bits.to_le_bytes());
        }
        memory[guest.results()..].fill(0);
        let (mut traps, mut next) = (BTreeMap::new(), 0);
        while let Some(trap) = machine.call(function, next, tuples.len())? {
            let number = machine.memory()?[NUMBER..].first_chunk();
            let number = u32::from_le_bytes(*number.ok_or("the memory is too small")?);
            next = number as usize + 1;
            traps.insert(number as usize, trap);
        }
        let begin = guest.results();
        Ok(Self {
            cells: machine.memory()?[begin..begin + tuples.len() * guest.given].to_vec(),
            given: guest.given,
            traps,
        })
    }

    /// What became of the tuple with a number.
    pub fn get(&self, number: usize) -> Answer<'_> {
        match self.traps.get(&number) {
            Some(trap) => Answer::Trap(trap),
            None => Answer::Results(&self.cells[number * self.given..][..self.given]),
        }
    }
}

impl Answer<'_> {
    /// Whether both are the same, but for the bits of NaNs in lanes of a shape.
    pub fn agrees(&self, other: &Self, nans: Option<NanShape>) -> bool {
        let (Self::Results(one), Self::Results(two), Some(nans)) = (self, other, nans) else {
            return self == other;
        };
        let width = match nans {
            NanShape::F32 | NanShape::F32x4 => size_of::<f32>(),
            NanShape::F64 | NanShape::F64x2 => size_of::<f64>(),
        };
        let mut lanes = one.chunks(width).zip(two.chunks(width));
        lanes.all(|(one, two)| one == two || is_nan(one) && is_nan(two))
    }
}

/// Whether bytes are a NaN of their width.
fn is_nan(bytes: &[u8]) -> bool {
    match bytes {
        [a, b, c, d] => f32::from_le_bytes([*a, *b, *c, *d]).is_nan(),
        _ => bytes
            .first_chunk()
            .is_some_and(|bytes| f64::from_le_bytes(*bytes).is_nan()),
    }
}

impl fmt::Display for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trap(kind) => f.write_str(kind),
            Self::Results(cells) => {
                let cells = cells.as_chunks().0.iter();
                let values: Vec<_> = cells.map(|cell| u128::from_le_bytes(*cell)).collect();
                write!(f, "{}", Hex(&values))
            }
        }
    }
}

/// Values as they are printed.
pub struct Hex<'a>(pub &'a [u128]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, value) in self.0.iter().enumerate() {
            let space = if place > 0 { " " } else { "" };
            write!(f, "{space}{value:#x}")?;
        }
        Ok(())
    }
}
