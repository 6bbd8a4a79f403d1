//! A code, and of a [`Detail`] what fits beside it into a word: for builds optimised for size.
//!
//! With the offset that is two words, so that results travel in registers. What is lost are types
//! and exact large numbers; code, offset, proposal and limit remain. `wide` has the same functions
//! and keeps everything.

use core::num::NonZeroU32;

use super::Detail;
use crate::spec::{ErrorCode, Limit, Proposal};

/// From the lowest bit: one more than the code (8), which limit or proposal (8), a number (16).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts(NonZeroU32);

const WHICH: u32 = u8::BITS;
const NUMBER: u32 = u16::BITS;

/// Set where a number is in units, rounded up.
const SCALED: u16 = 1 << 15;
const UNIT: u64 = 1 << 10;

impl Facts {
    #[inline(always)]
    pub(super) const fn new(code: ErrorCode, detail: Detail) -> Self {
        match detail {
            Detail::None
            | Detail::Number(_)
            | Detail::OutOf(..)
            | Detail::AtMost(..)
            | Detail::Types { .. }
            | Detail::Missing(_) => Self::packed(code, 0, 0),
            Detail::Proposal(proposal) => Self::packed(code, proposal as u8, 0),
            Detail::Limit { limit, at_least } => Self::numbered(code, limit as u8, at_least),
        }
    }

    #[inline(always)]
    const fn packed(code: ErrorCode, which: u8, number: u16) -> Self {
        let (code, which, number) = (code as u32, which as u32, number as u32);
        Self(NonZeroU32::MIN.saturating_add(code | which << WHICH | number << NUMBER))
    }

    #[cold]
    #[inline(never)]
    const fn numbered(code: ErrorCode, which: u8, number: u64) -> Self {
        let units = number.div_ceil(UNIT);
        let number = if number < SCALED as u64 {
            number as u16
        } else if units < SCALED as u64 {
            units as u16 | SCALED
        } else {
            u16::MAX
        };
        Self::packed(code, which, number)
    }

    pub(super) fn code(self) -> ErrorCode {
        let place = (self.0.get() as u8).wrapping_sub(1);
        let code = ErrorCode::ALL.get(usize::from(place));
        code.copied().unwrap_or(ErrorCode::MagicHeader)
    }

    pub(super) fn detail(self) -> Detail {
        let which = (self.0.get() >> WHICH) as u8;
        let stored = (self.0.get() >> NUMBER) as u16;
        let number = match stored & SCALED {
            0 => u64::from(stored),
            _ => u64::from(stored & !SCALED) * UNIT,
        };
        match self.code() {
            ErrorCode::UnsupportedProposal => Proposal::ALL
                .get(usize::from(which))
                .map_or(Detail::None, |proposal| Detail::Proposal(*proposal)),
            ErrorCode::LimitExceeded | ErrorCode::OutOfMemory => Limit::ALL
                .get(usize::from(which))
                .map_or(Detail::None, |limit| Detail::Limit {
                    limit: *limit,
                    at_least: number,
                }),
            _ => Detail::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(code: ErrorCode, detail: Detail) -> Detail {
        Facts::new(code, detail).detail()
    }

    #[test]
    fn codes_are_kept() {
        for code in ErrorCode::ALL {
            assert_eq!(Facts::new(code, Detail::Number(u64::MAX)).code(), code);
        }
    }

    #[test]
    fn limits_and_proposals_are_kept() {
        let proposal = Detail::Proposal(Proposal::TailCall);
        assert_eq!(kept(ErrorCode::UnsupportedProposal, proposal), proposal);
        for (at_least, stored) in [
            (0, 0),
            (32_767, 32_767),
            (32_768, 32_768),
            (32_769, 33_792),
            (1 << 20, 1 << 20),
            (u64::MAX, 32_767 << 10),
        ] {
            let limit = Limit::Arena;
            assert_eq!(
                kept(ErrorCode::LimitExceeded, Detail::Limit { limit, at_least }),
                Detail::Limit {
                    limit,
                    at_least: stored
                }
            );
        }
    }

    #[test]
    fn other_numbers_are_not_kept() {
        let code = ErrorCode::UnknownFunction;
        assert_eq!(kept(code, Detail::OutOf(7, 3)), Detail::None);
        assert_eq!(kept(code, Detail::None), Detail::None);
    }
}
