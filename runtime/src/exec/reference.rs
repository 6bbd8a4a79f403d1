//! References: `ref.func`, the only instruction on references that needs the instance.
//!
//! Null and its tests are expressions in `do` cells; the reference to a function has the number
//! that the store gave it, which the engine knows. Standard: section 4.6, "Instructions",
//! "Reference Instructions".

use super::machine::{Machine, Stop};
use crate::types::{FuncIdx, Ref};

/// `ref.func`
pub(crate) fn func<M: Machine>(m: &mut M, f: FuncIdx) -> Result<Ref, Stop> {
    Ok(m.func_ref(f))
}
