//! Fuel: what instructions cost, and what is left.
//!
//! The loop pays for each instruction itself ([`Opcode::fuel`]). Work that depends on an operand is
//! paid for before it is done: the instruction stops, and begins again once that is paid. What a
//! call or a branch moves is bounded by the module's limits: it is moved, and owed for; the loop
//! stops behind the instruction. `Store::run` then pays and goes on, or says that fuel is lacking.

use core::mem;

use super::core::Core;
use super::exit::Exit;
use super::registers::Registers;
use crate::exec::machine::Stop;
use crate::profile::Profile;
use crate::spec::{Opcode, Rate};

/// The opcodes that cost nothing: a bit for each byte.
const FREE: [u32; 8] = {
    let mut free = [0; 8];
    let mut index = 0;
    while index < Opcode::ALL.len() {
        let opcode = Opcode::ALL[index];
        if let (None, byte) = opcode.code()
            && opcode.fuel() == 0
        {
            free[(byte / u32::BITS) as usize] |= 1 << (byte % u32::BITS);
        }
        index += 1;
    }
    free
};

/// Whether the next opcode costs fuel; a prefix does, until it is known what follows.
#[cold]
#[inline(never)]
pub(crate) fn costs_something(code: &[u8]) -> bool {
    let byte = u32::from(code.first().copied().unwrap_or(0));
    let word = FREE.get((byte / u32::BITS) as usize);
    word.is_none_or(|word| word >> (byte % u32::BITS) & 1 == 0)
}

/// Whether an instruction may give control back before it begins, to begin again: calls for want of
/// room, the others for want of fuel or memory.
const fn begins_again(opcode: Opcode) -> bool {
    use Opcode::*;
    opcode.rate().is_some()
        || matches!(
            opcode,
            Call | CallIndirect
                | CallRef
                | ReturnCall
                | ReturnCallIndirect
                | ReturnCallRef
                | End
                | Return
        )
}

/// How many instructions do.
const AGAIN: usize = {
    let (mut count, mut index) = (0, 0);
    while index < Opcode::ALL.len() {
        count += begins_again(Opcode::ALL[index]) as usize;
        index += 1;
    }
    count
};

/// Their first bytes, what follows a prefix, and what they cost.
const PAID: [(u8, Option<u32>, u32); AGAIN] = {
    let mut paid = [(0, None, 0); AGAIN];
    let (mut count, mut index) = (0, 0);
    while index < Opcode::ALL.len() {
        let opcode = Opcode::ALL[index];
        if begins_again(opcode) {
            let (first, number) = match opcode.code() {
                (Some(prefix), number) => (prefix, Some(number)),
                (None, number) => (number as u8, None),
            };
            paid[count] = (first, number, opcode.fuel());
            count += 1;
        }
        index += 1;
    }
    paid
};

/// What has been paid for the next instruction, which has not begun.
#[cold]
pub(crate) fn paid(mut at: Registers<'_>) -> u32 {
    let first = at.u8().unwrap_or_default();
    let number = at.index().unwrap_or_default();
    let mut rows = PAID.iter();
    let own = rows
        .find(|(byte, behind, _)| *byte == first && behind.is_none_or(|behind| behind == number));
    own.map_or(0, |(_, _, cost)| *cost)
}

/// The host's fuel, which the interpreter draws in portions. A portion is counted down from one more
/// than it holds, so that one subtraction tells that nothing is left to pay with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tank {
    pub(crate) rest: u64,
    /// What is to be paid before anything goes on.
    pub(crate) due: u64,
    /// Whether that is for the next instruction, which begins again.
    pub(crate) again: bool,
    /// Whether the work of the next instruction has been paid for.
    pub(crate) paid: bool,
}

impl Tank {
    /// The counter of nothing.
    pub(crate) const EMPTY: u32 = 1;

    /// The counter of a portion.
    #[inline]
    pub(crate) fn draw(&mut self) -> u32 {
        let portion = u32::try_from(self.rest).unwrap_or(u32::MAX);
        let portion = portion.min(u32::MAX - Self::EMPTY);
        self.rest -= u64::from(portion);
        portion + Self::EMPTY
    }

    /// Another portion in place of one that does not suffice; nothing if it is the last.
    #[cold]
    #[inline(never)]
    pub(crate) fn refill(&mut self, left: u32) -> u32 {
        let last = self.rest == 0;
        self.restore(left);
        if last { Self::EMPTY } else { self.draw() }
    }

    /// Gives back what a counter has left.
    #[inline]
    pub(crate) fn restore(&mut self, left: u32) {
        self.refund(left.saturating_sub(Self::EMPTY));
    }

    /// Pays what is due, if there is enough for that and for the `base` of an instruction that
    /// begins again. That one has cost nothing otherwise.
    #[cold]
    pub(crate) fn settle(&mut self, base: u32) -> bool {
        let again = mem::take(&mut self.again);
        let enough = self.rest >= self.due.saturating_add(base.into());
        if enough {
            self.rest -= self.due;
            self.paid = again;
        }
        if enough || again {
            self.due = 0;
        }
        enough
    }

    /// Gives back fuel.
    #[inline]
    pub(crate) fn refund(&mut self, fuel: u32) {
        self.rest = self.rest.saturating_add(u64::from(fuel));
    }
}

impl<P: Profile> Core<'_, '_, P> {
    /// Lets an instruction go on whose work has been paid for; stops one whose work has not.
    #[inline(never)]
    pub(crate) fn pay_for(&mut self, rate: Rate, count: u64) -> Result<(), Stop> {
        let fuel = rate.fuel(count);
        if !P::METERED || fuel == 0 || mem::take(&mut self.tank.paid) {
            return Ok(());
        }
        self.tank.due = fuel;
        self.tank.again = true;
        Err(self.stop(Exit::Fuel))
    }

    /// Notes work that has to be paid for.
    #[inline(always)]
    pub(crate) fn owe(&mut self, rate: Rate, count: usize) {
        if P::METERED {
            self.tank.due += rate.fuel(count as u64);
        }
    }

    /// Stops if something is owed.
    #[inline(always)]
    pub(crate) fn owes(&mut self) -> Result<(), Stop> {
        if P::METERED && self.tank.due != 0 {
            return Err(self.stop(Exit::Fuel));
        }
        Ok(())
    }
}
