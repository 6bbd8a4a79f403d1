//! How many values there are in a row, and how many slots they take.
//!
//! What moves values counts slots; what is paid for it counts values, as in the other engine.

use crate::exec::slot;
use crate::types::ValType;

/// Values in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arity {
    /// How many.
    pub(super) values: usize,
    /// The slots that they take.
    pub(super) slots: usize,
}

impl Arity {
    /// No values.
    pub(super) const NONE: Self = Self {
        values: 0,
        slots: 0,
    };

    /// That of values of these types.
    pub(super) fn of(types: &[ValType]) -> Self {
        Self {
            values: types.len(),
            slots: slot::count(types),
        }
    }
}
