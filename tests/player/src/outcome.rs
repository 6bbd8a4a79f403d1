//! The result of a directive: passed, failed, skipped, or beyond a limit.
//!
//! The last two are counted apart, so that a script cannot pass because nothing of it was played.

use tabwasm::compact::Error;
use tabwasm::reject::Reject;
use tabwasm::spec::ErrorClass;

/// What came of a directive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It did what the script says.
    Passed,
    /// It did not: why.
    Failed(&'static str),
    /// It needs a proposal which the tier does not have.
    Skipped,
    /// It is beyond a limit of the tier or of the buffers.
    Exceeded,
}

impl From<Reject> for Outcome {
    /// Of a module that is valid.
    fn from(reject: Reject) -> Self {
        match reject.class() {
            ErrorClass::Unsupported => Self::Skipped,
            ErrorClass::Limit => Self::Exceeded,
            _ => Self::Failed(reject.code().text()),
        }
    }
}

impl From<Error> for Outcome {
    /// Of a use that is right.
    fn from(error: Error) -> Self {
        match error {
            Error::Capacity { .. } => Self::Exceeded,
            Error::Import { .. } => Self::Failed("an import does not fit"),
            Error::Trap(trap) => Self::Failed(trap.text()),
            Error::Busy | Error::Idle => Self::Failed("a call is under way, or none"),
            Error::Unknown => Self::Failed("no such object"),
            Error::Types => Self::Failed("values of other types"),
            Error::Snapshot => Self::Failed("no snapshot"),
            Error::SlotWidth { .. } => Self::Failed("slots of another width"),
        }
    }
}
