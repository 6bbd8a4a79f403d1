//! Fuel: what instructions cost, and what is left.
//!

use crate::spec::Opcode;

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

/// The instructions that give control back before they begin, to begin again.
const AGAIN: [Opcode; 8] = [
    Opcode::Call,
    Opcode::CallIndirect,
    Opcode::CallRef,
    Opcode::ReturnCall,
    Opcode::ReturnCallIndirect,
    Opcode::ReturnCallRef,
    Opcode::MemoryGrow,
    Opcode::TableGrow,
];

/// Their first bytes, which tell them apart, and what they cost.
const PAID: [(u8, u32); AGAIN.len()] = {
    let mut paid = [(0, 0); AGAIN.len()];
    let mut index = 0;
    while index < AGAIN.len() {
        let first = match AGAIN[index].code() {
            (Some(prefix), _) => prefix,
            (None, number) => number as u8,
        };
        paid[index] = (first, AGAIN[index].fuel());
        index += 1;
    }
    paid
};

/// What has been paid for the next instruction, which has not begun.
#[cold]
pub(crate) fn paid(code: &[u8]) -> u32 {
    let paid = code
        .first()
        .and_then(|byte| PAID.iter().find(|(first, _)| first == byte));
    paid.map_or(0, |(_, cost)| *cost)
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

    /// Gives back fuel.
    #[inline]
    pub(crate) fn refund(&mut self, fuel: u32) {
        self.rest = self.rest.saturating_add(u64::from(fuel));
    }
}
