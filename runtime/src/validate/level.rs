//! Validation that asks less than the standard does.
//!
//! `spec/levels.toml` says which rules a level asks, and what they cost: a loader that only routes
//! modules need not pay for bodies. A module that only passed a lower level is no module yet: what
//! runs code asks for [`Level::Full`].

use super::frame;
use super::module::Pass;
use super::storage::Storage;
use crate::profile::Gate;
use crate::reject::{Reject, Verdict};
use crate::spec::Level;

/// Says whether these bytes pass a level of validation.
///
/// ```
/// use tabwasm::profile::NoAlloc;
/// use tabwasm::reject::Verdict;
/// use tabwasm::spec::Level;
/// use tabwasm::validate::{Arena, validate_at};
///
/// // (module (export "f" (func 0)))
/// let lacking = b"\0asm\x01\0\0\0\x07\x05\x01\x01f\0\0";
/// let mut memory = [0; 256];
/// let mut verdict = |level| validate_at(level, lacking, &NoAlloc, &Arena::new(&mut memory));
/// assert_eq!(verdict(Level::Basic), Verdict::Valid);
/// assert!(matches!(verdict(Level::Standard), Verdict::Invalid { .. }));
/// ```
pub fn validate_at<G: Gate, S: Storage>(
    level: Level,
    bytes: &[u8],
    gate: &G,
    storage: S,
) -> Verdict {
    check_at(level, bytes, gate, storage).into()
}

/// The same, with the whole reason.
pub fn check_at<G: Gate, S: Storage>(
    level: Level,
    bytes: &[u8],
    gate: &G,
    storage: S,
) -> Result<(), Reject> {
    match level {
        Level::Basic => basic(bytes, gate),
        Level::Standard => standard(bytes, gate, storage),
        Level::Full => Pass::new(bytes, gate, storage).run::<true, _>(&mut ()),
    }
}

/// [`Level::Basic`], which needs no storage; programs that use only this link nothing else.
pub fn basic<G: Gate>(bytes: &[u8], gate: &G) -> Result<(), Reject> {
    frame::module(bytes, gate)
}

/// [`Level::Standard`]; of the storage it uses what is not for bodies, and the stacks for constant
/// expressions.
pub fn standard<G: Gate, S: Storage>(bytes: &[u8], gate: &G, storage: S) -> Result<(), Reject> {
    Pass::new(bytes, gate, storage).run::<false, _>(&mut ())
}
