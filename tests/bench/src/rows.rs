//! Every row of the tables that computes, on both our engines and on wasmtime, bit for bit.
//!
//! A [`Row`] becomes a module that applies the instruction to operands in its memory, once for each
//! choice of immediates and in several [`Shape`]s, since each is translated differently. All pairs
//! of edge values are applied, then random operands; results and traps must agree. This is done in
//! the standard's deterministic profile, and once more without it for rows whose results may be NaNs
//! of any payload: there, these only have to be NaNs.

mod answers;
mod guest;
mod known;
mod machine;
mod operands;
mod row;

use self::answers::{Answers, Hex};
use self::guest::{Guest, PORTION, Shape};
use self::known::KNOWN;
use self::machine::{Engines, OURS};
use self::operands::Values;
use self::row::{Instruction, Row};
use crate::Error;

/// Which rows, and how often.
pub struct Options {
    /// Keys of rows; none stands for all.
    pub rows: Vec<String>,
    /// Random operands of each row.
    pub operands: usize,
    /// What random operands depend on.
    pub seed: u64,
}

/// Mismatches of a row that are printed, in each mode; all are counted.
const SHOWN: usize = 8;

/// Pairs of edge values that are applied to all immediates.
const MOST_EDGES: usize = 1 << 19;

/// Random operands of a function with a constant.
const WITH_CONSTANT: usize = 512;

/// Compares the rows; gives the number of mismatches, and of known differences that are not there.
pub fn compare(options: &Options) -> Result<usize, Error> {
    let mut rows = row::all()?;
    for wanted in &options.rows {
        if !rows.iter().any(|row| row.key == *wanted) {
            return Err(format!("no row `{wanted}` that computes").into());
        }
    }
    rows.retain(|row| options.rows.is_empty() || options.rows.contains(&row.key));
    let mut totals = Totals::default();
    for deterministic in [true, false] {
        let engines = Engines::new(deterministic)?;
        // The others are the same in both modes.
        for row in rows
            .iter()
            .filter(|row| deterministic || row.nans.is_some())
        {
            let mut run = Run {
                row,
                engines: &engines,
                values: Values::new(options.seed),
                exact: deterministic,
                known: 0,
                shown: 0,
                totals: &mut totals,
            };
            run.compare(options.operands)?;
            run.finish(options.operands);
        }
    }
    let Totals {
        operands,
        mismatches,
        known,
    } = totals;
    println!(
        "{} rows, {operands} operands, {mismatches} mismatches; {known} known differences",
        rows.len()
    );
    Ok(mismatches)
}

#[derive(Default)]
struct Totals {
    operands: usize,
    mismatches: usize,
    known: usize,
}

/// The comparison of one row.
struct Run<'a> {
    row: &'a Row,
    engines: &'a Engines,
    values: Values,
    /// Whether NaNs must be the same, too.
    exact: bool,
    /// Known differences that have been seen.
    known: usize,
    /// Mismatches that have been printed.
    shown: usize,
    totals: &'a mut Totals,
}

impl Run<'_> {
    fn compare(&mut self, operands: usize) -> Result<(), Error> {
        let instructions = self.row.instructions(&mut self.values);
        let share = operands.div_ceil(instructions.len());
        let edges = self.values.edges(self.row);
        // What has many immediates and many pairs gets some of the pairs with each.
        let step = if edges.len() * instructions.len() > MOST_EDGES {
            instructions.len()
        } else {
            1
        };
        for (number, instruction) in instructions.iter().enumerate() {
            let own = edges.iter().skip(number % step).step_by(step);
            let mut tuples: Vec<_> = own.cloned().collect();
            if !self.row.operands.is_empty() {
                tuples.extend((0..share).map(|_| self.values.random(self.row)));
            }
            self.apply(instruction, &self.row.shapes(), &tuples)?;
        }
        let constants = self.row.constants();
        if let (false, Some(instruction)) = (constants.is_empty(), instructions.first()) {
            let tuples: Vec<_> = (0..WITH_CONSTANT)
                .map(|_| self.values.random(self.row))
                .collect();
            self.apply(instruction, &constants, &tuples)?;
        }
        Ok(())
    }

    /// Applies an instruction in all shapes to all tuples of operands, on all engines.
    fn apply(
        &mut self,
        instruction: &Instruction,
        shapes: &[Shape],
        tuples: &[Vec<u128>],
    ) -> Result<(), Error> {
        let guest = Guest::new(self.row, instruction, shapes);
        let (row, engines) = (self.row, self.engines);
        engines.with(&guest, |machines| {
            for portion in tuples.chunks(PORTION) {
                for (function, shape) in shapes.iter().enumerate() {
                    let mut answers = Vec::new();
                    for machine in &mut *machines {
                        answers.push(Answers::of(*machine, &guest, function, portion)?);
                    }
                    let Some((expected, answers)) = answers.split_first() else {
                        continue;
                    };
                    self.totals.operands += portion.len();
                    for (found, engine) in answers.iter().zip(OURS) {
                        let place = format!("{engine}, {}{instruction}, {shape}", row.key);
                        self.judge(&place, shape, portion, expected, found);
                    }
                }
            }
            Ok(())
        })
    }

    /// Prints and counts what differs.
    fn judge(
        &mut self,
        place: &str,
        shape: &Shape,
        tuples: &[Vec<u128>],
        expected: &Answers,
        found: &Answers,
    ) {
        if expected == found {
            return;
        }
        for (index, tuple) in tuples.iter().enumerate() {
            let [expected, found] = [expected, found].map(|answers| answers.get(index));
            let nans = self.row.nans.filter(|_| !self.exact);
            if expected.agrees(&found, nans) {
                continue;
            }
            let operands = shape.operands(self.row, tuple);
            if known::explains(&self.row.key, &operands) {
                self.known += 1;
                continue;
            }
            self.totals.mismatches += 1;
            if self.shown < SHOWN {
                self.shown += 1;
                let operands = Hex(&operands);
                println!("{place}: {operands}: wasmtime {expected}, tabwasm {found}");
            }
        }
    }

    /// A difference that is known must be there.
    fn finish(self, operands: usize) {
        self.totals.known += self.known;
        let reason = KNOWN.iter().find(|known| known.row == self.row.key);
        match reason {
            Some(known) if self.known == 0 => {
                self.totals.mismatches += 1;
                println!(
                    "{}: no longer differs from wasmtime after {operands} random operands, and is \
                     listed because {}",
                    known.row, known.reason
                );
            }
            Some(known) if self.exact => {
                println!(
                    "{}: {} differences, for {}",
                    known.row, self.known, known.reason
                );
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guest_of_every_row_is_valid() {
        let rows = row::all().unwrap();
        assert!(rows.len() > 400, "only {} rows", rows.len());
        let mut values = Values::new(0);
        for row in &rows {
            let shapes = [row.shapes(), row.constants()].concat();
            for instruction in row.instructions(&mut values) {
                let guest = Guest::new(row, &instruction, &shapes);
                if let Err(error) = wasmparser::validate(&guest.wasm) {
                    panic!("{}{instruction}: {error}", row.key);
                }
            }
        }
        for known in KNOWN {
            assert!(rows.iter().any(|row| row.key == known.row), "{}", known.row);
        }
    }

    #[test]
    fn a_known_difference_excuses_no_other() {
        let [most, least] = [0x7f, 0x80].map(|lane: u8| u128::from_le_bytes([lane; 16]));
        let dot = "i16x8.relaxed_dot_i8x16_i7x16_s";
        assert!(known::explains(dot, &[least, least]));
        assert!(!known::explains(dot, &[least, most]));
        assert!(!known::explains("i32x4.dot_i16x8_s", &[least, least]));
        // The square of 1 + e is 1 + 2e + e², of which the last does not fit beside the first.
        let more = 1.0_f64 + f64::EPSILON;
        let operands = [more, more, -1.0 - 2.0 * f64::EPSILON];
        let operands = operands.map(|lane| u128::from(lane.to_bits()));
        assert!(known::explains("f64x2.relaxed_madd", &operands));
        assert!(!known::explains("f64x2.relaxed_madd", &[operands[0], 0, 0]));
    }
}
