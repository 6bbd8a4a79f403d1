//! A code and all of a [`Detail`], in three words.
//!
//! The counterpart of `packed` in all other builds. Two numbers and what they mean are smaller than
//! the enum itself, which matters because every function of decoder and validator returns a result
//! with this inside.

use super::Detail;
use crate::spec::{ErrorCode, Limit, Proposal};
use crate::types::ValType;

/// Both, packed into three words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    code: ErrorCode,
    kind: DetailKind,
    first: usize,
    second: usize,
}

/// Which [`Detail`] the two numbers stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DetailKind {
    None,
    Number,
    OutOf,
    AtMost,
    Types,
    Missing,
    Proposal,
    Limit,
}

impl Facts {
    pub(super) const fn new(code: ErrorCode, detail: Detail) -> Self {
        let kind = match detail {
            Detail::None => DetailKind::None,
            Detail::Number(_) => DetailKind::Number,
            Detail::OutOf(..) => DetailKind::OutOf,
            Detail::AtMost(..) => DetailKind::AtMost,
            Detail::Types { .. } => DetailKind::Types,
            Detail::Missing(_) => DetailKind::Missing,
            Detail::Proposal(_) => DetailKind::Proposal,
            Detail::Limit { .. } => DetailKind::Limit,
        };
        let (first, second) = detail.numbers();
        let (first, second) = (word(first), word(second));
        Self {
            code,
            kind,
            first,
            second,
        }
    }

    pub(super) fn code(self) -> ErrorCode {
        self.code
    }

    pub(super) fn detail(self) -> Detail {
        let (first, second) = (self.first as u64, self.second as u64);
        match self.kind {
            DetailKind::None => Detail::None,
            DetailKind::Number => Detail::Number(first),
            DetailKind::OutOf => Detail::OutOf(first, second),
            DetailKind::AtMost => Detail::AtMost(first, second),
            DetailKind::Types => Detail::Types {
                expected: ValType::from_bits(self.first as u32),
                found: ValType::from_bits(self.second as u32),
            },
            DetailKind::Missing => Detail::Missing(ValType::from_bits(self.first as u32)),
            DetailKind::Proposal => match Proposal::ALL.get(self.first) {
                Some(proposal) => Detail::Proposal(*proposal),
                None => Detail::None,
            },
            DetailKind::Limit => match Limit::ALL.get(self.first) {
                Some(limit) => Detail::Limit {
                    limit: *limit,
                    at_least: second,
                },
                None => Detail::None,
            },
        }
    }
}

/// The number, or the largest that a word can hold.
const fn word(number: u64) -> usize {
    let most = usize::MAX as u64;
    if number < most {
        number as usize
    } else {
        usize::MAX
    }
}
