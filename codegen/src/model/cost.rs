//! Fuel costs, which engines pay before the work is done.
//!
//! The cost of a row is that of its class unless `[cost]` names the row. A change of a number is a
//! change of behaviour for hosts that meter, so the schedule has a version.

use super::{MeaningClass, Origin, Unit};

/// Fuel costs.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    /// Version of the schedule.
    pub schedule: u32,
    /// Cost of each class.
    pub classes: Vec<(MeaningClass, u32)>,
    /// Cost of single instructions, by key of the row.
    pub exceptions: Vec<(String, u32, Origin)>,
    /// Instructions whose work depends on an operand.
    pub rates: Vec<Rate>,
    /// Work that is not an instruction's own.
    pub work: Vec<Rate>,
    /// What functions of WASI cost, by key.
    pub host: Vec<(String, u32)>,
}

/// How much work one unit of fuel pays for.
#[derive(Clone, Debug)]
pub struct Rate {
    /// Key of the instruction's row, or name of the work.
    pub key: String,
    /// What is counted.
    pub unit: Unit,
    /// How many of them; a power of two.
    pub per: u32,
    /// A line for people, of work that is not an instruction's own.
    pub doc: String,
    /// The place of the number.
    pub cell: Origin,
    /// The key's place.
    pub origin: Origin,
}

impl Costs {
    /// The rate of an instruction.
    pub fn rate(&self, key: &str) -> Option<&Rate> {
        self.rates.iter().find(|rate| rate.key == key)
    }
}
