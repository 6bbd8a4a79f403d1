//! Bytes that say nothing, but must be there: room that the format keeps for later.
//!
//! Each function reads one such part; a row of `spec/component/` names it for a part without a name.
//! Standard: Component Model, `Binary.md`.

use super::Sort;
use crate::read::Reader;
use crate::reject::Reject;
use crate::spec::ErrorCode;

/// A zero.
pub(crate) fn zero(r: &mut Reader<'_>) -> Result<(), Reject> {
    let at = r.position();
    match r.u8()? {
        0 => Ok(()),
        _ => Err(Reject::new(ErrorCode::ZeroByteExpected, at)),
    }
}

/// The sort of core instances.
pub(crate) fn instance_sort(r: &mut Reader<'_>) -> Result<(), Reject> {
    let at = r.position();
    match Sort::core(r)? {
        Sort::CoreInstance => Ok(()),
        _ => Err(Reject::new(ErrorCode::MalformedSort, at)),
    }
}
