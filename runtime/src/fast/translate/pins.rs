//! Locals in registers, and loops that have others there than their function.
//!
//! Before such a loop the function's pinned locals go to their slots, and the loop's come from theirs;
//! on each way out it is the other way round. A conditional branch out of the loop leads to an *exit*
//! that does so and then jumps on. Exits stand behind the loop, one for each block they lead to.

use super::emit::LabelId;
use super::operand::Place;
use super::{Failure, Target, Translator};
use crate::allocation::reserve;
use crate::fast::operations::Operation;
use crate::fast::pins::{Pin, Pins};
use crate::fast::register::RegisterClass;
use crate::types::{LabelIdx, LocalIdx};

/// The pinned locals of a class.
type Pair = [Option<Pin>; 2];

impl Translator<'_> {
    /// The slots of pinned locals.
    pub(super) fn placed_pins(&self, pins: Pins) -> Pins {
        let place = |pin: Option<Pin>| {
            let slot = self.locals.slot(LocalIdx(slot_of(pin)));
            Pin::new(u16::try_from(slot + 1).ok()?).filter(|_| pin.is_some())
        };
        Pins {
            integers: pins.integers.map(place),
            floats: pins.floats.map(place),
        }
    }

    /// The register of a pinned local.
    #[inline]
    pub(super) fn pin(&self, local: u32) -> Option<Place> {
        let pins = match self.locals.kind(local) {
            RegisterClass::Int => &self.pins.integers,
            RegisterClass::F64 => &self.pins.floats,
            RegisterClass::F32 | RegisterClass::V128 => return None,
        };
        let is = |at: usize| pins[at].is_some_and(|pin| u32::from(pin.get()) - 1 == local);
        if is(0) {
            Some(Place::P)
        } else if is(1) {
            Some(Place::Q)
        } else {
            None
        }
    }

    /// Whether locals are pinned: integers, floats.
    pub(super) fn pinned(&self) -> (bool, bool) {
        let has = |pins: Pair| pins[0].is_some();
        (has(self.pins.integers), has(self.pins.floats))
    }

    /// Gives the registers to the locals of a loop that begins, if it has any of its own.
    pub(super) fn enter_loop(&mut self, number: u32) {
        let Some(own) = self.plan.of_loop(number) else {
            return;
        };
        let (own, outer) = (self.placed_pins(own), self.pins);
        let inner = Pins {
            integers: taken(outer.integers, own.integers),
            floats: taken(outer.floats, own.floats),
        };
        self.exchange(outer, inner);
        self.pins = inner;
    }

    /// Gives the registers back when a loop ends, and lays down the exits from it.
    pub(super) fn leave_loop(&mut self) {
        let inner = self.pins;
        let outer = self.blocks.last().map_or(inner, |block| block.pins);
        if inner == outer {
            return;
        }
        let behind = self.code.label();
        if self.dead.is_none() {
            self.spill();
            self.exchange(inner, outer);
            if !self.exits.is_empty() {
                self.jump(behind);
            }
        }
        while let Some(at) = self.exits.pop() {
            let Some(block) = self.blocks.get_mut(at) else {
                continue;
            };
            let (exit, label, pins) = (block.exit.take(), block.label, block.pins);
            if let Some(exit) = self.known(exit, "exit to block", at as u32) {
                self.code.bind(exit);
                self.exchange(inner, pins);
                self.jump(label);
            }
        }
        if self.code.is_used(behind) {
            self.code.bind(behind);
        } else {
            self.code.release(behind);
        }
        self.forget();
        self.pins = outer;
    }

    /// Where a conditional branch to a block goes: there, or to the exit that leads there.
    pub(super) fn way(&mut self, l: LabelIdx) -> LabelId {
        let target = self.target(l);
        if !self.repins(&target) {
            return target.label;
        }
        let at = self.blocks.len() - 1 - l.0 as usize;
        if let Some(exit) = self.blocks[at].exit {
            return exit;
        }
        let exit = self.code.label();
        if reserve(&mut self.exits, 1).is_err() {
            self.code.fail(Failure::OutOfMemory);
        } else {
            self.exits.push(at);
        }
        self.blocks[at].exit = Some(exit);
        exit
    }

    /// Jumps to a block.
    pub(super) fn jump_to(&mut self, target: &Target) {
        if self.repins(target) {
            self.exchange(self.pins, target.pins);
        }
        self.jump(target.label);
    }

    /// Whether other locals live in registers where a branch goes. The end of the function reads none.
    fn repins(&self, target: &Target) -> bool {
        !target.function && target.pins != self.pins
    }

    /// Lays down what gives the registers to other locals.
    fn exchange(&mut self, from: Pins, to: Pins) {
        self.repin(Operation::RepinInt, from.integers, to.integers);
        self.repin(Operation::RepinFloat, from.floats, to.floats);
        self.forget();
    }

    fn repin(&mut self, operation: Operation, from: Pair, to: Pair) {
        let [[p, q], [next, second]] = [from, to];
        if from != to {
            // `q` is saved first: where it holds no local, what it holds is overwritten by `p`.
            let words = [q.or(p), p, next, second.or(next)];
            self.fixed(operation, &words.map(slot_of));
        }
    }
}

/// The pinned locals of a loop's class, given those around it. Where no register is in use around it,
/// none is saved by calls of the function, so there is none for it.
fn taken(outer: Pair, own: Pair) -> Pair {
    match (outer, own) {
        ([Some(_), _], [Some(_), _]) => own,
        _ => outer,
    }
}

/// The slot of a pinned local; any slot, if there is none.
pub(super) fn slot_of(pin: Option<Pin>) -> u32 {
    pin.map_or(0, |pin| u32::from(pin.get()) - 1)
}
