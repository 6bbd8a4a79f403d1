//! What calls have in common, and rows with a `hand` cell.
//!
//! Arguments stand in the slots at their height, in a row, where the callee's frame begins; the
//! results come back there, the first one in an accumulator as well.

use super::Translator;
use super::operand::{At, Words};
use crate::fast::operations::Operation;
use crate::fast::register::RegisterClass;
use crate::types::ValType;

impl Translator<'_> {
    /// Calls a function that a row names in `hand`.
    pub(crate) fn hand(&mut self, operation: Operation, immediates: &[u32]) {
        let info = operation.info();
        let base = self.arguments(info.operands, 0);
        let mut words = Words::default();
        words.push(self.temp(base));
        words.extend(immediates);
        self.placed(operation, words.as_slice());
        self.truncate(base);
        self.forget();
        if let Some(kind) = info.result {
            (0..info.results).for_each(|_| self.push(kind, At::Temp));
        }
    }

    /// Puts arguments, of as many slots, below `above` operands into place; gives their height.
    pub(super) fn arguments(&mut self, count: usize, above: usize) -> usize {
        let end = self.stack.len() - above;
        let base = end - count;
        if self.stack[end..]
            .iter()
            .all(|operand| operand.at != At::Open)
        {
            self.spill();
        }
        self.materialise_all(base..end);
        base
    }

    /// The call that saves the pins in use.
    pub(super) fn calling(&self) -> Operation {
        match self.pinned() {
            (false, false) => Operation::Call,
            (true, false) => Operation::CallInt,
            (false, true) => Operation::CallFloat,
            (true, true) => Operation::CallBoth,
        }
    }

    /// The same of the function itself.
    pub(super) fn calling_self(&self) -> Operation {
        match self.pinned() {
            (false, false) => Operation::CallSelf,
            (true, false) => Operation::CallSelfInt,
            (false, true) => Operation::CallSelfFloat,
            (true, true) => Operation::CallSelfBoth,
        }
    }

    /// Takes the arguments off and puts the results on.
    pub(super) fn end_call(&mut self, base: usize, results: &[ValType]) {
        self.truncate(base);
        self.push_types(results);
        self.forget();
        // A vector is in its slots alone.
        if let Some(first) = self.stack.get(base)
            && first.kind != RegisterClass::V128
        {
            self.held[first.kind as usize] = Some(self.temp(base));
        }
    }
}
