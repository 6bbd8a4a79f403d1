//! References.
//!

use super::machine::{Machine, Stop};
use crate::types::{FuncIdx, Ref};

/// `ref.func`
pub(crate) fn func<M: Machine>(m: &mut M, f: FuncIdx) -> Result<Ref, Stop> {
    Ok(m.func_ref(f))
}
