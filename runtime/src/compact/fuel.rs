//! Fuel: what instructions cost, and what is left.
//!
//! The loop pays for each instruction itself ([`Opcode::fuel`]). Work that depends on an operand is
//! paid for before it is done: the instruction stops, and begins again once that is paid. What a
//! call or a branch moves is bounded by the module's limits: it is moved, and owed for; the loop
//! stops behind the instruction. `Store::run` then pays and goes on, or says that fuel is lacking.

use core::mem;

use super::exit::Exit;
use super::registers::Registers;
use super::state::State;
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

/// Whether first bytes do not say what opcodes cost, because some cost more than one.
const DEAR: bool = {
    let (mut dear, mut index) = (false, 0);
    while index < Opcode::ALL.len() {
        let opcode = Opcode::ALL[index];
        let most = match opcode.code() {
            (Some(_), _) => opcode.fuel() == 1,
            (None, _) => opcode.fuel() <= 1,
        };
        dear |= !most;
        index += 1;
    }
    dear
};

/// What the next instruction costs, its work aside.
#[cold]
fn cost(at: &Registers<'_>) -> u32 {
    if DEAR {
        looked_up(at.clone())
    } else {
        costs_something(at.code.as_slice()).into()
    }
}

/// The same by its whole opcode.
fn looked_up(mut at: Registers<'_>) -> u32 {
    let first = at.u8().unwrap_or_default();
    let second = at.index().unwrap_or_default();
    let mut opcodes = Opcode::ALL.iter();
    let own = opcodes.find(|opcode| match opcode.code() {
        (Some(prefix), number) => prefix == first && number == second,
        (None, number) => number == u32::from(first),
    });
    own.map_or(0, |opcode| opcode.fuel())
}

/// The host's fuel, which the interpreter draws in portions. A portion is counted down from one more
/// than it holds, so that one subtraction tells that nothing is left to pay with.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tank {
    pub(crate) rest: u64,
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

    /// Gives back fuel, which has been drawn: that cannot overflow.
    #[inline]
    pub(crate) fn refund(&mut self, fuel: u32) {
        self.rest = self.rest.wrapping_add(fuel.into());
    }
}

impl<P: Profile> State<'_, '_, P> {
    /// Pays what is due, if there is enough for that and for the instruction that begins again; if
    /// not, that one has cost nothing.
    #[inline(never)]
    pub(crate) fn settle(&mut self) -> bool {
        if !P::METERED {
            return true;
        }
        let base = if self.again { cost(&self.registers) } else { 0 };
        let left = self.tank.rest.checked_sub(self.due as u64);
        let Some(left) = left.filter(|left| *left >= base.into()) else {
            if mem::take(&mut self.again) {
                self.due = 0;
            }
            return false;
        };
        self.tank.rest = left;
        self.due = 0;
        true
    }

    /// Gives back what the next instruction has cost, if it begins again; says whether something is
    /// to be paid before it does, or before the one behind what has been done.
    #[inline(never)]
    pub(crate) fn is_due(&mut self) -> bool {
        let more = matches!(self.reason, Exit::Grow { .. } | Exit::StackFull);
        if P::METERED && (more || self.again) {
            self.tank.refund(cost(&self.registers));
        }
        self.reason == Exit::Fuel && self.due != 0
    }

    /// Lets an instruction go on whose work has been paid for; stops one whose work has not.
    #[inline(never)]
    pub(crate) fn pay_for(&mut self, rate: Rate, count: usize) -> Result<(), Stop> {
        let fuel = rate.fuel(count as u64) as usize;
        if !P::METERED || fuel == 0 || mem::take(&mut self.again) {
            return Ok(());
        }
        self.due = fuel;
        self.again = true;
        Err(self.stop(Exit::Fuel))
    }

    /// Notes work that has to be paid for.
    #[inline(always)]
    pub(crate) fn owe(&mut self, rate: Rate, count: usize) {
        if P::METERED {
            self.due += rate.fuel(count as u64) as usize;
        }
    }

    /// Stops if something is owed.
    #[inline(always)]
    pub(crate) fn owes(&mut self) -> Result<(), Stop> {
        if P::METERED && self.due != 0 {
            return Err(self.stop(Exit::Fuel));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opcodes_cost_what_their_rows_say() {
        for opcode in Opcode::ALL {
            let bytes = match opcode.code() {
                // Two bytes are enough for every number.
                (Some(prefix), number) => [prefix, number as u8 | 0x80, (number >> 7) as u8],
                (None, number) => [number as u8, 0, 0],
            };
            let at = Registers {
                code: bytes.iter(),
                sp: 0,
            };
            assert_eq!(cost(&at), opcode.fuel(), "{opcode:?}");
            assert_eq!(looked_up(at), opcode.fuel(), "{opcode:?}");
        }
    }
}
