//! A branch of the side table: where it goes and what it takes along, in four bytes.
//!
//! Distances within the function, not positions, so that any module's functions fit. A branch that
//! needs more than four bytes has eight behind those of its function, and the four say how far away
//! they are. From "A fast in-place interpreter for WebAssembly" (Titzer, 2022).

use crate::reject::Reject;
use crate::spec::{Limit, Limits};
use crate::validate::item::stored_as;

/// A branch that may be taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Branch {
    /// From the first instruction of the function to the one that the branch goes to.
    pub(crate) code: u32,
    /// From this branch to the next one in the table behind the target.
    pub(crate) table: i16,
    /// Operands dropped below those that are kept.
    pub(crate) drop: u16,
    /// Operands kept.
    pub(crate) keep: u8,
}

/// Bits of the parts of a word, from the lowest on.
const DROP_BITS: u32 = 3;
const KEEP_BITS: u32 = 1;
const CODE_BITS: u32 = 16;
const TABLE_BITS: u32 = 12;
/// Those of what is taken along, and of both distances.
const OPERAND_BITS: u32 = DROP_BITS + KEEP_BITS;
const PLACE_BITS: u32 = CODE_BITS + TABLE_BITS;

/// As many operands dropped say that the branch is elsewhere, and the distances how far away.
const FAR: u32 = (1 << DROP_BITS) - 1;

const _: () = assert!(OPERAND_BITS + PLACE_BITS == u32::BITS);

impl Branch {
    /// In a word, if it fits.
    pub(crate) fn near(self) -> Option<u32> {
        let (table, unused) = (i32::from(self.table), u32::BITS - TABLE_BITS);
        let (drop, keep) = (u32::from(self.drop), u32::from(self.keep));
        let fits = self.code >> CODE_BITS == 0
            && table << unused >> unused == table
            && drop < FAR
            && keep >> KEEP_BITS == 0;
        let place = self.code | (table as u32) << CODE_BITS;
        fits.then_some(drop | keep << DROP_BITS | place << OPERAND_BITS)
    }

    /// The branch with this number in a function, with its target: a distance in the function, and
    /// the number of the next branch there.
    pub(crate) fn aimed(
        self,
        number: u32,
        code: u32,
        next: u32,
        at: usize,
    ) -> Result<Self, Reject> {
        let distance = next.wrapping_sub(number) as i32;
        let far = |_| Reject::limit(Limit::Branches, distance.unsigned_abs().into(), at);
        let table = i16::try_from(distance).map_err(far)?;
        Ok(Self {
            code,
            table,
            ..self
        })
    }

    /// The word of a branch that is elsewhere.
    pub(crate) fn far(place: u32) -> u32 {
        FAR | place << OPERAND_BITS
    }

    /// From a word.
    #[inline(always)]
    pub(crate) fn of(word: u32) -> Self {
        Self {
            code: word << TABLE_BITS >> (TABLE_BITS + OPERAND_BITS),
            table: (word as i32 >> (OPERAND_BITS + CODE_BITS)) as i16,
            drop: (word & FAR) as u16,
            keep: (word << PLACE_BITS >> (PLACE_BITS + DROP_BITS)) as u8,
        }
    }

    /// Whether a word says that nothing is dropped, so that the distances are all that counts.
    #[inline(always)]
    pub(crate) fn drops_nothing(word: u32) -> bool {
        word & FAR == 0
    }

    /// Whether the branch of a word is elsewhere.
    pub(crate) fn is_far(word: u32) -> bool {
        word & FAR == FAR
    }

    /// The number in place of both distances.
    pub(crate) fn place(word: u32) -> u32 {
        word >> OPERAND_BITS
    }

    /// Both words of a branch that does not fit into one.
    pub(crate) fn words(self) -> [u32; 2] {
        [
            self.code << u8::BITS | u32::from(self.keep),
            u32::from(self.table as u16) | u32::from(self.drop) << u16::BITS,
        ]
    }
}

const _: () = assert!(Limits::MAX.function_size <= (u32::MAX >> u8::BITS) as u64);

impl From<u64> for Branch {
    /// From both words, the lower one first.
    #[inline(always)]
    fn from(words: u64) -> Self {
        let (low, high) = (words as u32, (words >> u32::BITS) as u32);
        Self {
            code: low >> u8::BITS,
            keep: low as u8,
            table: high as u16 as i16,
            drop: (high >> u16::BITS) as u16,
        }
    }
}

stored_as! {
    Branch as u64: |branch| {
        let [low, high] = branch.words();
        u64::from(low) | u64::from(high) << u32::BITS
    }, |stored| stored.into();
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;
    use crate::validate::item::Item;

    #[test]
    fn packing_loses_nothing() {
        let codes = [0, 1, 0xFFFF, 0x1_0000, Limits::MAX.function_size as u32];
        for code in codes {
            for table in [0, -1, 2047, 2048, -2048, -2049, i16::MAX, i16::MIN] {
                for drop in [0, 6, 7, 8, u16::MAX] {
                    for keep in [0, 1, 2, u8::MAX] {
                        let branch = Branch {
                            code,
                            table,
                            drop,
                            keep,
                        };
                        let fits = code < 0x1_0000
                            && (-2048..2048).contains(&table)
                            && drop < 7
                            && keep < 2;
                        let word = branch.near();
                        assert_eq!(word.is_some(), fits);
                        if let Some(word) = word {
                            assert_eq!(Branch::of(word), branch);
                            assert_eq!(Branch::drops_nothing(word), drop == 0);
                            assert!(!Branch::is_far(word));
                        }
                        let mut bytes = [0; 10];
                        branch.put(Cell::from_mut(&mut bytes[..]).as_slice_of_cells(), 1);
                        assert_eq!(Branch::get(&bytes[..], 1), branch);
                    }
                }
            }
        }
    }

    #[test]
    fn a_word_may_say_where_the_branch_is() {
        let most = (1 << PLACE_BITS) - 1;
        for place in [0, 1, most] {
            let word = Branch::far(place);
            assert!(Branch::is_far(word) && !Branch::drops_nothing(word));
            assert_eq!(Branch::place(word), place);
        }
    }
}
