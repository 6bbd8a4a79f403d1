//! What this build can do, whatever the tier.
//!
//! The keys are those of `[capability]` in `spec/tiers.toml`; a row that `needs` one is decoded
//! only where it is there, and is refused with the capability's name elsewhere.

use crate::reject::Reject;
use crate::spec::ErrorCode;

pub(crate) use crate::num::backend::SQUARE_ROOT;

/// The value, if the build has what it needs.
#[inline(always)]
pub(crate) fn available<T>(has: bool, code: ErrorCode, at: usize, value: T) -> Result<T, Reject> {
    if has {
        Ok(value)
    } else {
        Err(Reject::new(code, at))
    }
}
