//! Why a module is not accepted: a code, an offset and numbers, never a string.
//!
//! A [`Reject`] is made without allocation in every tier and becomes words only when somebody
//! displays it. Where there are no words, four numbers say it: [`ErrorCode::number`], the offset,
//! and [`Detail::numbers`].

#[allow(dead_code, reason = "a build uses one of the two")]
mod packed;
#[allow(dead_code, reason = "a build uses one of the two")]
mod wide;

use core::fmt;

use crate::policy::{self, If};
use crate::spec::{ErrorClass, ErrorCode, Limit, Proposal};
use crate::types::ValType;

/// Why decoding or validation stopped.
///
/// Every step of decoding and validation can give one, so it is small: four machine words. Where a
/// word has 32 bits, numbers of its detail that do not fit are the largest that do. Without an
/// allocator, in builds for size, it is two words of 32 bits, which functions return in registers:
/// of the detail it has the proposal, or the limit with what it would have to be; such a number
/// above 32,767 is rounded up to a multiple of 1,024.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    /// Offset from the start of the module.
    pub offset: usize,
    /// What is wrong there.
    pub(crate) facts: Facts,
}

/// A code and a [`Detail`], as a build keeps them.
pub(crate) type Facts = If<{ policy::PACK_ERRORS }, packed::Facts, wide::Facts>;

/// Facts beside the code of a [`Reject`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// Nothing.
    None,
    /// An index, a count or a byte.
    Number(u64),
    /// The index or size asked for, and how many there are.
    OutOf(u64, u64),
    /// What is there, and the most that may be.
    AtMost(u64, u64),
    /// The type that the rule asks for, and the one that is there.
    Types {
        /// Asked for.
        expected: ValType,
        /// There.
        found: ValType,
    },
    /// The type that the rule asks for where there is no operand.
    Missing(ValType),
    /// The proposal that is not admitted.
    Proposal(Proposal),
    /// The limit that is exceeded, and what it would have to be at least.
    Limit {
        /// Which.
        limit: Limit,
        /// The least value that could suffice.
        at_least: u64,
    },
}

impl Detail {
    /// As two numbers, for places without words. Types are their bits; proposals and limits their
    /// place in the table.
    pub const fn numbers(self) -> (u64, u64) {
        match self {
            Self::None => (0, 0),
            Self::Number(number) => (number, 0),
            Self::OutOf(number, count) => (number, count),
            Self::AtMost(found, most) => (found, most),
            Self::Types { expected, found } => (expected.bits() as u64, found.bits() as u64),
            Self::Missing(expected) => (expected.bits() as u64, 0),
            Self::Proposal(proposal) => (proposal as u64, 0),
            Self::Limit { limit, at_least } => (limit as u64, at_least),
        }
    }
}

/// What a validator says about a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is a valid module.
    Valid,
    /// No implementation of these features may run it.
    Invalid {
        /// Where the rule is broken.
        offset: usize,
        /// The rule.
        rule: ErrorCode,
    },
    /// It may be valid, but exceeds a limit of this implementation.
    OutOfBudget {
        /// The limit.
        limit: Limit,
        /// The least value of the limit that could suffice.
        at_least: u64,
    },
}

impl Reject {
    /// Such an error at an offset.
    #[cfg_attr(not(brief), cold, inline(never))]
    #[cfg_attr(brief, inline(always))]
    pub const fn new(code: ErrorCode, offset: usize) -> Self {
        Self::with(code, offset, Detail::None)
    }

    /// With what else is known.
    #[cfg_attr(not(brief), cold, inline(never))]
    #[cfg_attr(brief, inline(always))]
    pub const fn with(code: ErrorCode, offset: usize, detail: Detail) -> Self {
        let facts = Facts::new(code, detail);
        Self { offset, facts }
    }

    /// A limit is exceeded.
    #[cold]
    #[inline(never)]
    pub const fn limit(limit: Limit, at_least: u64, offset: usize) -> Self {
        let detail = Detail::Limit { limit, at_least };
        Self::with(ErrorCode::LimitExceeded, offset, detail)
    }

    /// A proposal is not admitted.
    #[cold]
    #[inline(never)]
    pub const fn proposal(proposal: Proposal, offset: usize) -> Self {
        let detail = Detail::Proposal(proposal);
        Self::with(ErrorCode::UnsupportedProposal, offset, detail)
    }

    /// What is wrong.
    pub fn code(&self) -> ErrorCode {
        self.facts.code()
    }

    /// What else is known.
    pub fn detail(&self) -> Detail {
        self.facts.detail()
    }

    /// Whether the module is malformed, invalid, unsupported or too large.
    pub fn class(&self) -> ErrorClass {
        self.code().class()
    }
}

impl fmt::Debug for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reject")
            .field("code", &self.code())
            .field("offset", &self.offset)
            .field("detail", &self.detail())
            .finish()
    }
}

impl From<Reject> for Verdict {
    fn from(reject: Reject) -> Self {
        match reject.detail() {
            Detail::Limit { limit, at_least } => Self::OutOfBudget { limit, at_least },
            _ => Self::Invalid {
                offset: reject.offset,
                rule: reject.code(),
            },
        }
    }
}

impl<T> From<Result<T, Reject>> for Verdict {
    fn from(result: Result<T, Reject>) -> Self {
        match result {
            Ok(_) => Self::Valid,
            Err(reject) => reject.into(),
        }
    }
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code().text())?;
        match self.detail() {
            Detail::None => {}
            Detail::Number(number) => write!(f, " {number}")?,
            Detail::OutOf(number, count) => write!(f, " {number} (there are {count})")?,
            Detail::AtMost(found, most) => write!(f, ": {found}, at most {most}")?,
            Detail::Types { expected, found } => write!(f, ": expected {expected}, found {found}")?,
            Detail::Missing(expected) => write!(f, ": expected {expected}, found nothing")?,
            Detail::Proposal(proposal) => write!(f, " `{}`", proposal.name())?,
            Detail::Limit { limit, at_least } => {
                write!(
                    f,
                    ": `{}` would have to be at least {at_least}",
                    limit.name()
                )?;
            }
        }
        write!(f, " (at offset {:#x})", self.offset)
    }
}

impl core::error::Error for Reject {}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid => f.write_str("valid"),
            Self::Invalid { offset, rule } => {
                write!(f, "invalid: {} (at offset {offset:#x})", rule.text())
            }
            Self::OutOfBudget { limit, at_least } => {
                write!(
                    f,
                    "out of budget: `{}` would have to be at least {at_least}",
                    limit.name()
                )
            }
        }
    }
}
