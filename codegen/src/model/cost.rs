//! Fuel costs.

use super::Origin;

/// Fuel costs.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    /// Version of the schedule.
    pub schedule: u32,
    /// Cost of each class, by key.
    pub classes: Vec<(String, u32)>,
    /// Cost of single instructions, by key of the row.
    pub exceptions: Vec<(String, u32, Origin)>,
}
