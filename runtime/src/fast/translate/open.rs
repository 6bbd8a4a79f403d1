//! The open instruction, and what becomes of it: it is laid down with its result in the accumulator, in
//! a pinned local or in a slot, by a handler that does so or with a move behind it; or it goes, with the
//! value that nobody wants.

use super::operand::{At, Operand, Place, To, Words};
use super::operate::Places;
use super::{Operands, Translator};
use crate::fast::form::Shape;
use crate::fast::operations::Operation;
use crate::fast::register::RegisterClass;

/// An instruction whose result has no destination yet. It has not been laid down: whatever is
/// emitted meanwhile runs before it, and must leave its operands alone.
#[derive(Clone, Copy)]
pub(super) struct Open {
    pub(super) operation: Operation,
    pub(super) places: Places,
    pub(super) shape: Shape,
    pub(super) words: Words,
    pub(super) kind: RegisterClass,
    /// Height of its result on the stack.
    pub(super) height: usize,
    /// Its offset in the module, if it may trap.
    pub(super) place: Option<usize>,
    /// Whether its truth value is wanted the other way round.
    pub(super) negated: bool,
}

impl Translator<'_> {
    /// Turns the truth value on top of the stack round, if it is the open instruction's.
    pub(super) fn negate(&mut self) -> bool {
        match (self.stack.last(), &mut self.open) {
            (Some(Operand { at: At::Open, .. }), Some(open)) if open.operation.info().truth => {
                match open.operation.info().negation {
                    Some(negation) if !open.negated => open.operation = negation,
                    _ => open.negated = !open.negated,
                }
                true
            }
            _ => false,
        }
    }

    /// Gives the open instruction's result a slot of its own, if there is such an instruction and
    /// its result is still on the stack.
    pub(super) fn spill(&mut self) {
        if let Some(open) = self.open {
            self.stack.settle(open.height);
            self.close(To::W, self.temp(open.height));
        }
    }

    /// Lays the open instruction down with a destination; `slot` counts for [`To::S`] and [`To::W`] only.
    pub(super) fn close(&mut self, to: To, slot: u32) {
        let Some(open) = &mut self.open else {
            return;
        };
        let handler = open.shape.form(open.operation, Some(to));
        let Some(handler) = handler.filter(|_| !open.negated) else {
            return self.close_and_move(to, slot);
        };
        let (kind, behind) = (open.kind, open.words.len());
        let is_slot = matches!(to, To::S | To::W);
        if is_slot {
            open.words.push(0);
        }
        let operands = self.code.instruction(handler, &open.words, open.place);
        if is_slot {
            self.code.patch(operands, behind, slot);
        }
        self.open = None;
        self.wrote_pin(to, kind, None);
        match to {
            To::W => self.wrote_both(kind, slot),
            To::P | To::Q => {}
            _ => self.held[kind as usize] = None,
        }
    }

    /// The same where no handler gives its result there: it is moved, from where one does.
    #[cold]
    fn close_and_move(&mut self, to: To, slot: u32) {
        let Some(open) = self.open.take() else {
            return;
        };
        if open.negated {
            self.open = Some(self.materialise_negated(open));
            return self.close(to, slot);
        }
        let (kind, temp) = (open.kind, self.temp(open.height));
        if open.shape.form(open.operation, Some(To::A)).is_some() {
            self.lay(&open, Some(To::A), 0);
            self.held[kind as usize] = None;
            self.move_from_accumulator(kind, to, slot);
        } else {
            self.lay(&open, Some(To::W), temp);
            self.wrote(temp, kind);
            if to != To::A {
                self.move_from_accumulator(kind, to, slot);
            }
        }
        self.wrote_pin(to, kind, None);
        match to {
            To::W => self.wrote_both(kind, slot),
            _ => self.held[kind as usize] = None,
        }
    }

    /// Notes that a slot and the accumulator got the same value.
    fn wrote_both(&mut self, kind: RegisterClass, slot: u32) {
        self.wrote(slot, kind);
        self.held[kind as usize] = Some(slot);
    }

    /// Computes a truth value and opens its negation.
    fn materialise_negated(&mut self, open: Open) -> Open {
        self.open = Some(Open {
            negated: false,
            ..open
        });
        self.close(To::A, 0);
        Open {
            operation: Operation::EQZ,
            places: [Place::A, Place::S, Place::S],
            shape: Shape::new(&[Place::A]),
            words: Words::default(),
            place: None,
            negated: false,
            ..open
        }
    }

    pub(super) fn move_from_accumulator(&mut self, kind: RegisterClass, to: To, slot: u32) {
        let to = if to == To::W { To::S } else { to };
        let words: &[u32] = if to == To::S { &[slot] } else { &[] };
        let operation = Operation::moving(kind);
        self.instruction(operation, &[Place::A], Some(to), &words.into(), None);
    }

    /// Throws the value on top away; what computes it goes as well, unless it may trap.
    pub(super) fn discard(&mut self) {
        let dropped = self.pop();
        if dropped.at == At::Open {
            match self.open {
                Some(open) if open.place.is_none() => self.open = None,
                _ => self.close(To::A, 0),
            }
        }
    }

    /// Lays the open instruction down, which has no result.
    pub(super) fn lay_open(&mut self) -> Operands {
        let Some(open) = &self.open else {
            return Operands::default();
        };
        let found = open.shape.form(open.operation, None);
        let operands = match found {
            Some(handler) => self.code.instruction(handler, &open.words, open.place),
            None => {
                let (operation, places, count) = (open.operation, open.places, open.count());
                self.no_form(operation, &places[..count], None)
            }
        };
        self.open = None;
        operands
    }
}

impl Open {
    /// The same as a test, if it compares with zero: a branch by a test has more pairs.
    pub(super) fn with_zero(&self) -> Option<Self> {
        let (first, zero) = (self.places[0], self.places[1] == Place::I);
        let (0, true) = (self.words.last()?, zero) else {
            return None;
        };
        let (operation, negates) = self.operation.with_zero()?;
        let mut words = self.words;
        words.pop();
        Some(Self {
            operation,
            places: [first, Place::S, Place::S],
            shape: Shape::new(&[first]),
            words,
            negated: self.negated != negates,
            ..*self
        })
    }

    pub(super) fn count(&self) -> usize {
        self.operation.info().operands
    }
}
