//! Fuel: what instructions cost, and what is left.
//!

use crate::spec::Opcode;

/// The cost of each opcode with a prefix, or without.
pub(crate) const fn costs(prefix: Option<u8>) -> [u8; 256] {
    let mut costs = [0; 256];
    let mut index = 0;
    while index < Opcode::ALL.len() {
        let opcode = Opcode::ALL[index];
        let (own, number) = opcode.code();
        let same = match (prefix, own) {
            (None, None) => true,
            (Some(prefix), Some(own)) => prefix == own,
            _ => false,
        };
        if same {
            let cost = opcode.fuel();
            assert!(
                number < 256 && cost < 256,
                "an opcode or a cost is too large for its table"
            );
            costs[number as usize] = cost as u8;
        }
        index += 1;
    }
    costs
}

/// The host's fuel, which the interpreter draws in portions of 32 bits.
pub(crate) struct Tank<'f> {
    pub(crate) rest: &'f mut u64,
}

impl Tank<'_> {
    /// A portion.
    #[inline]
    pub(crate) fn draw(&mut self) -> u32 {
        let portion = u32::try_from(*self.rest).unwrap_or(u32::MAX);
        *self.rest -= u64::from(portion);
        portion
    }

    /// Another portion in place of one that does not suffice; zero if it is the last.
    #[cold]
    #[inline(never)]
    pub(crate) fn refill(&mut self, left: u32) -> u32 {
        let last = *self.rest == 0;
        self.restore(left);
        if last { 0 } else { self.draw() }
    }

    /// Gives back what has not been used.
    #[inline]
    pub(crate) fn restore(&mut self, left: u32) {
        *self.rest = self.rest.saturating_add(u64::from(left));
    }
}
