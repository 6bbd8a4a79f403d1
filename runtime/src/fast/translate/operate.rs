//! Operations with operands in places.
//!
//! An instruction is emitted in two steps. [`Translator::operate`] chooses the places of its
//! operands and leaves it [open](super::open); [`Translator::close`] gives its result a destination and lays it
//! down. If no handler exists for a combination of places, operands are moved into their slots
//! until there is one: every class has the form that reads slots only.

use super::open::Open;
use super::operand::{At, Operand, Place, To, Words};
use super::{Contradiction, LabelId, Operands, Translator};
use crate::fast::form::{Shape, form};
use crate::fast::operations::Operation;
use crate::fast::register::RegisterClass;
use crate::module::code::halves;
use crate::types::MemArg;

/// The places of up to three operands.
pub(super) type Places = [Place; 3];

/// Most operands of an operation.
const OPERANDS: usize = 3;

impl Translator<'_> {
    /// Applies an operation to the values on top of the stack.
    pub(crate) fn operate(&mut self, operation: Operation, immediates: &[u32]) {
        if operation.is_eqz() && self.negate() {
            return;
        }
        let operation = operation.on(self.native);
        let info = operation.info();
        let base = self.stack.below(info.operands);
        self.prepare(operation, base);
        if let Some(open) = &mut self.open {
            open.words.extend(immediates);
        }
        self.truncate(base);
        match info.result {
            Some(kind) => self.push(kind, At::Open),
            None => {
                self.lay_open();
            }
        }
    }

    /// Makes NaNs of the value on top canonical, if the engine is to be deterministic.
    pub(crate) fn canonicalise(&mut self, operation: Operation) {
        if self.deterministic {
            self.operate(operation, &[]);
        }
    }

    /// Loads or stores, with a lane or without; the operation is the one for memory 0 and 32-bit
    /// addresses.
    pub(crate) fn access(&mut self, operation: Operation, m: MemArg, lane: Option<u8>) {
        let found = operation.info().memories;
        let found = self.known(found, "access to memory", m.memory.0);
        let Some([wide, any, any_wide]) = found else {
            return;
        };
        let is_wide = self.is_wide_memory(m.memory);
        let mut words = Words::default();
        let operation = match u32::try_from(m.offset) {
            Ok(offset) if m.memory.0 == 0 => {
                words.push(offset);
                if is_wide { wide } else { operation }
            }
            _ => {
                words.extend(&halves(m.offset));
                words.push(m.memory.0);
                if is_wide { any_wide } else { any }
            }
        };
        lane.iter().for_each(|lane| words.push((*lane).into()));
        self.operate(operation, words.as_slice());
    }

    /// Chooses places for the operands from `base` on and opens the instruction. The operands are still on
    /// the stack.
    #[inline]
    fn prepare(&mut self, operation: Operation, base: usize) {
        let mut operands = [Operand {
            kind: RegisterClass::Int,
            at: At::Const(0),
        }; OPERANDS];
        let (mut heights, mut count) = ([base; OPERANDS], 0);
        for (height, operand) in (base..).zip(&self.stack[base..]) {
            if operand.at != At::Rest {
                (operands[count], heights[count]) = (*operand, height);
                count += 1;
            }
        }
        let opened = operands[..count]
            .iter()
            .position(|operand| operand.at == At::Open);
        match (opened, &self.open) {
            (None, _) => self.spill(),
            // The accumulator that it will write holds nothing else by then.
            (Some(_), Some(open)) => self.held[open.kind as usize] = None,
            (Some(_), None) => {}
        }
        let mut places = [Place::S; OPERANDS];
        for at in 0..count {
            if !encodable(&operands[at]) {
                self.land(&mut operands);
                self.move_to_slot(operands[at], self.temp(heights[at]));
                operands[at].at = At::Temp;
            }
            places[at] = self.place(&operands[at], heights[at]);
        }
        let (operation, swapped, shape) =
            self.choose(operation, &mut operands, &mut places, &heights[..count]);
        if let Some(at) = opened
            && operands[at].at == At::Open
        {
            self.close(To::A, 0);
        }
        if swapped {
            operands.swap(0, 1);
            places.swap(0, 1);
            heights.swap(0, 1);
        }
        let info = operation.info();
        let place = info.placed.then_some(self.at);
        let kind = info.result.unwrap_or(RegisterClass::Int);
        let words = [0, 1, 2].map(|at| self.operand_words(&operands[at], places[at], heights[at]));
        let open = self.open.insert(Open {
            operation,
            places,
            shape,
            words: Words::default(),
            kind,
            height: base,
            place,
            negated: false,
        });
        // They are written where they stay: a copy would wait for each of them.
        for (count, words) in &words[..count] {
            open.words.push_first(*count, *words);
        }
    }

    /// Finds an operation with a handler for these places, moving operands into slots until there
    /// is one; says whether it takes its operands the other way round, and what the places are then.
    fn choose(
        &mut self,
        operation: Operation,
        operands: &mut [Operand; OPERANDS],
        places: &mut Places,
        heights: &[usize],
    ) -> (Operation, bool, Shape) {
        let count = heights.len();
        for demoted in 0..=count {
            let shape = Shape::new(&places[..count]);
            if exists(operation, shape) {
                return (operation, false, shape);
            }
            let around = Shape::new(&[places[1], places[0]]);
            if let Some(swapped) = operation.info().swapped
                && exists(swapped, around)
            {
                return (swapped, true, around);
            }
            // The operand to give up first is an immediate, then a pinned local, then the rest.
            let order = [Place::I, Place::Q, Place::P, Place::A];
            let at = order
                .iter()
                .find_map(|place| places[..count].iter().position(|p| p == place));
            let Some(at) = at else { break };
            debug_assert!(demoted < count);
            let slot = self.temp(heights[at]);
            match (operands[at].at, places[at]) {
                (At::Open, _) => {
                    self.close(To::W, slot);
                    operands[at].at = At::Temp;
                }
                // The slot of which a register is a copy.
                _ if self.own_slot(&operands[at], heights[at]).is_some() => {}
                _ => {
                    self.land(operands);
                    self.move_to_slot(operands[at], slot);
                    operands[at].at = At::Temp;
                }
            }
            places[at] = Place::S;
        }
        (operation, false, Shape::new(&places[..count]))
    }

    /// Lays the open instruction down before the slot of an operand is written: its own operands
    /// may stand there. If it gives one of these operands, that one stays in the accumulator, too.
    fn land(&mut self, operands: &mut [Operand; OPERANDS]) {
        self.spill();
        for operand in operands.iter_mut().filter(|operand| operand.at == At::Open) {
            operand.at = At::Temp;
        }
    }

    /// Where an operand at a height can be read.
    #[inline]
    pub(super) fn place(&self, operand: &Operand, height: usize) -> Place {
        match operand.at {
            At::Open => return Place::A,
            At::Const(_) => return Place::I,
            At::Local(local) if let Some(pin) = self.pin(local) => return pin,
            At::Local(_) | At::Temp | At::Rest => {}
        }
        let slot = self.own_slot(operand, height);
        let [first, second] = self.copies[operand.kind as usize];
        match slot {
            None => Place::S,
            _ if self.held[operand.kind as usize] == slot => Place::A,
            _ if first == slot => Place::P,
            _ if second == slot => Place::Q,
            _ => Place::S,
        }
    }

    /// The slot of an operand at a height, if it stands in one.
    fn own_slot(&self, operand: &Operand, height: usize) -> Option<u32> {
        match operand.at {
            At::Open | At::Const(_) => None,
            At::Local(local) => self.pin(local).is_none().then_some(local),
            At::Temp | At::Rest => Some(self.temp(height)),
        }
    }

    /// The words for an operand: how many, and what they are.
    #[inline]
    fn operand_words(&self, operand: &Operand, place: Place, height: usize) -> (usize, [u32; 2]) {
        match (place, operand.at) {
            (Place::S, At::Local(local)) => (1, [local, 0]),
            (Place::S, _) => (1, [self.temp(height), 0]),
            (Place::I, At::Const(bits)) => match operand.kind {
                RegisterClass::F64 => (2, halves(bits)),
                RegisterClass::Int | RegisterClass::F32 | RegisterClass::V128 => {
                    (1, [bits as u32, 0])
                }
            },
            _ => (0, [0; 2]),
        }
    }

    /// Copies a value that is not the open instruction's to a slot, leaving all else alone.
    pub(super) fn move_to_slot(&mut self, operand: Operand, slot: u32) {
        self.copy(operand, self.stack.len(), To::S, slot);
    }

    /// Copies a value that stands at a height to a slot or a pinned local, leaving all else
    /// alone.
    pub(super) fn copy(&mut self, operand: Operand, height: usize, to: To, slot: u32) {
        let mut words = Words::default();
        let operation = match operand.at {
            At::Const(bits) if !encodable(&operand) => {
                words.extend(&halves(bits));
                Operation::Long
            }
            _ => Operation::moving(operand.kind),
        };
        let place = self.place(&operand, height);
        let places: &[Place] = match operation {
            Operation::Long => &[],
            _ => {
                let (count, own) = self.operand_words(&operand, place, height);
                words.push_first(count, own);
                &[place]
            }
        };
        self.wrote_pin(to, operand.kind, self.own_slot(&operand, height));
        if to == To::S {
            words.push(slot);
            self.wrote(slot, operand.kind);
            let copies = &mut self.copies[operand.kind as usize];
            match place {
                Place::P => copies[0] = Some(slot),
                Place::Q => copies[1] = Some(slot),
                Place::S | Place::A | Place::I => {}
            }
        }
        self.instruction(operation, places, Some(to), &words, None);
    }

    /// Emits a branch that is taken if the condition, popped from the stack, is as wanted.
    pub(super) fn branch_if(&mut self, condition: Operand, wanted: bool, label: LabelId) {
        let open = match (condition.at, self.open) {
            (At::Open, Some(open)) if open.operation.info().truth => {
                self.open = None;
                open.with_zero().unwrap_or(open)
            }
            _ => {
                let height = self.stack.len();
                self.push(condition.kind, condition.at);
                self.prepare(Operation::EQZ, height);
                self.truncate(height);
                let Some(test) = self.open.take() else {
                    return;
                };
                Open {
                    negated: true,
                    ..test
                }
            }
        };
        let holds = wanted != open.negated;
        let places = &open.places[..open.count()];
        if self.leaf == Some(label)
            && let Some((operation, to)) = branching(open.operation, places, holds, AGAIN)
        {
            self.instruction(operation, places, Some(to), &open.words, open.place);
            self.code.fork();
            return;
        }
        let found = branching(open.operation, places, holds, JUMP);
        let (operation, to) = found.unwrap_or((open.operation, JUMP[usize::from(!holds)]));
        let mut words = open.words;
        words.push(0);
        let operands = self.instruction(operation, places, Some(to), &words, open.place);
        self.code.target(operands, words.len() - 1, label);
        self.code.fork();
    }

    /// Emits an instruction that takes its operand from the top of the stack and is followed by
    /// more words than its operands; gives the number of those.
    pub(super) fn operand_instruction(
        &mut self,
        operation: Operation,
        more: &[u32],
    ) -> (Operands, usize) {
        let base = self.stack.len() - 1;
        self.prepare(operation, base);
        self.truncate(base);
        let Some(open) = &mut self.open else {
            return (Operands::default(), 0);
        };
        let own = open.words.len();
        open.words.extend(more);
        (self.lay_open(), own)
    }

    /// Lays an instruction down.
    pub(super) fn lay(&mut self, ready: &Open, to: Option<To>, slot: u32) -> Operands {
        let mut words = ready.words;
        if matches!(to, Some(To::S | To::W)) {
            words.push(slot);
        }
        let places = &ready.places[..ready.count()];
        self.instruction(ready.operation, places, to, &words, ready.place)
    }

    /// Lays an instruction down. That there is no handler is an internal error.
    pub(super) fn instruction(
        &mut self,
        operation: Operation,
        places: &[Place],
        to: Option<To>,
        words: &Words,
        at: Option<usize>,
    ) -> Operands {
        match form(operation, places, to) {
            Some(handler) => self.code.instruction(handler, words, at),
            None => self.no_form(operation, places, to),
        }
    }

    /// Keeps that there is no such handler, which cannot be.
    #[cold]
    pub(super) fn no_form(
        &mut self,
        operation: Operation,
        places: &[Place],
        to: Option<To>,
    ) -> Operands {
        let places = [0, 1, 2].map(|at| places.get(at).copied());
        self.contradict(Contradiction::NoForm {
            operation,
            places,
            to,
        });
        Operands::default()
    }

    pub(super) fn truncate(&mut self, height: usize) {
        self.stack.truncate(height);
    }
}

/// Branches if a truth value holds, and if it does not.
type Ways = [To; 2];
/// To a target.
const JUMP: Ways = [To::J, To::N];
/// To the head of the innermost loop.
const AGAIN: Ways = [To::L, To::M];

/// The operation and destination that branch as wanted, if there is such a handler: the operation
/// itself, or its opposite the other way.
fn branching(
    operation: Operation,
    places: &[Place],
    holds: bool,
    [yes, no]: Ways,
) -> Option<(Operation, To)> {
    let (to, opposite) = if holds { (yes, no) } else { (no, yes) };
    let own = Some((operation, to));
    let negated = operation.info().negation.map(|it| (it, opposite));
    let exists = |(it, to): &(Operation, To)| form(*it, places, Some(*to)).is_some();
    own.filter(exists).or_else(|| negated.filter(exists))
}

/// Whether a handler exists for these operands and some destination.
fn exists(operation: Operation, shape: Shape) -> bool {
    match operation.info().result {
        Some(_) => [To::A, To::W]
            .iter()
            .any(|&to| shape.form(operation, Some(to)).is_some()),
        None => shape.form(operation, None).is_some(),
    }
}

/// Whether a value fits an immediate operand, if it is a constant.
fn encodable(operand: &Operand) -> bool {
    match (operand.at, operand.kind) {
        (At::Const(bits), RegisterClass::Int) => i64::from(bits as i32) as u64 == bits,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;
    use crate::engine::Engine;
    use crate::error::Error;
    use crate::fast::pins::FuncPins;
    use crate::fast::translate::Memory;
    use crate::module::Module;

    /// `(module (func))`
    const EMPTY: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0A\x04\x01\x02\0\x0B";

    /// What is said of a translation in which something is done that has no form.
    fn said(act: impl FnOnce(&mut Translator<'_>)) -> alloc::string::String {
        let module = Module::new(&Engine::default(), EMPTY).unwrap();
        let mut translator = Translator::new(&module, 0, FuncPins::default(), Memory::default());
        act(&mut translator);
        let error = Error::from(translator.code.finish().err().unwrap());
        assert!(error.is::<crate::error::cause::InternalError>());
        error.to_string()
    }

    fn open(operation: Operation, place: Place) -> Open {
        Open {
            operation,
            places: [place, Place::S, Place::S],
            shape: Shape::new(&[place]),
            words: Words::default(),
            kind: RegisterClass::Int,
            height: 0,
            place: None,
            negated: false,
        }
    }

    const ONE: Operand = Operand {
        kind: RegisterClass::F32,
        at: At::Const(1),
    };

    #[test]
    fn an_instruction_without_a_form_is_an_internal_error() {
        let said = said(|t| {
            t.lay(&open(Operation::CallRef, Place::I), None, 0);
        });
        assert_eq!(
            said,
            "internal error: no form of `CallRef` reads I (at offset 0x16)"
        );
    }

    #[test]
    fn places_for_an_operation_without_places_are_an_internal_error() {
        let said = said(|t| {
            t.fixed(Operation::CallRef, &[]);
        });
        assert_eq!(
            said,
            "internal error: no form of `CallRef` (at offset 0x16)"
        );
    }

    #[test]
    fn a_result_without_a_form_is_an_internal_error() {
        let said = said(|t| {
            t.open = Some(open(Operation::I32Add, Place::I));
            t.close(To::P, 0);
        });
        assert!(
            said.contains("no form of `I32Add` reads I S writes"),
            "{said}"
        );
    }

    #[test]
    fn a_copy_without_a_form_is_an_internal_error() {
        let said = said(|t| t.copy(ONE, 0, To::P, 0));
        assert!(
            said.contains("no form of `MoveF32` reads I writes P"),
            "{said}"
        );
    }

    #[test]
    fn a_move_from_the_accumulator_without_a_form_is_an_internal_error() {
        let said = said(|t| t.move_from_accumulator(RegisterClass::F32, To::Q, 0));
        assert!(
            said.contains("no form of `MoveF32` reads A writes Q"),
            "{said}"
        );
    }

    #[test]
    fn a_branch_without_a_form_is_an_internal_error() {
        let said = said(|t| {
            let label = t.code.label();
            t.open = Some(open(Operation::I32LtS, Place::I));
            let condition = Operand {
                kind: RegisterClass::Int,
                at: At::Open,
            };
            t.branch_if(condition, true, label);
        });
        assert!(
            said.contains("no form of `I32LtS` reads I S writes J"),
            "{said}"
        );
    }

    #[test]
    fn what_the_module_lacks_is_an_internal_error() {
        let index = crate::types::GlobalIdx(7);
        let said = said(|t| {
            t.global(index);
        });
        assert_eq!(said, "internal error: no global 7 (at offset 0x16)");
    }

    #[test]
    fn an_empty_stack_is_an_internal_error() {
        let said = said(|t| {
            t.pop();
        });
        assert!(said.contains("no operand 0"), "{said}");
    }
}
