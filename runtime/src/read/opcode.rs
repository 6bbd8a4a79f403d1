//! Opcodes that no row has.
//!
//! The decoder, which is made from the tables, matches those that have one; here it is said of the
//! others whether a proposal reserves them. Core specification, section "Instructions" of the
//! binary format.

use crate::generated::woven::decode::reserved;
use crate::reject::Reject;
use crate::spec::ErrorCode;

/// Why a code is refused, behind a prefix or 0: it is a proposal's, or nobody's.
#[cold]
#[inline(never)]
pub(crate) fn unknown(prefix: u8, code: u32, at: usize) -> Reject {
    for (own, first, last, proposal) in (0..).map_while(reserved) {
        if *own == prefix && (u32::from(*first)..=u32::from(*last)).contains(&code) {
            return Reject::proposal(*proposal, at);
        }
    }
    Reject::new(ErrorCode::IllegalOpcode, at)
}
