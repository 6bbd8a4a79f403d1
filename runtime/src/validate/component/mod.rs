//! Levels of validation for components.
//!
//! One pass over the bytes with the decoder of the views, whose rules know what is defined so far.
//! The binary is the only copy of what it says: the lower levels keep thirteen counters for each
//! scope, the full one small records of definitions, all in memory of the caller. Rules: the table
//! `component` of `spec/levels.toml`.
#![forbid(unsafe_code)]

mod full;
mod name;
mod pass;
mod rules;
mod scope;

pub use full::ComponentStorage;
pub use scope::Scope;

use full::Full;
use pass::{Counted, Pass};
use scope::Scopes;

use crate::profile::Gate;
use crate::reject::{Reject, Verdict};
use crate::spec::{ErrorCode, Level, Limit};

/// Says whether these bytes are a valid component, with valid core modules in it.
///
/// Time is linear, but for what the limit `component_steps` bounds: comparing types, and finding
/// names.
///
/// ```
/// use tabwasm::profile::{Features, NoAlloc};
/// use tabwasm::reject::Verdict;
/// use tabwasm::validate::{Arena, validate_component};
///
/// let gate = Features::of::<NoAlloc>().with_components();
/// let mut memory = [0; 1024];
/// let empty = b"\0asm\x0d\0\x01\0";
/// assert_eq!(validate_component(empty, &gate, &Arena::new(&mut memory)), Verdict::Valid);
/// // (component (type (record (field "a" u8) (field "A" u8))))
/// let alike = b"\0asm\x0d\0\x01\0\x07\x09\x01\x72\x02\x01a\x7d\x01A\x7d";
/// let verdict = validate_component(alike, &gate, &Arena::new(&mut memory));
/// assert!(matches!(verdict, Verdict::Invalid { .. }));
/// ```
pub fn validate_component<G: Gate, S: ComponentStorage>(
    bytes: &[u8],
    gate: &G,
    storage: S,
) -> Verdict {
    check_component(bytes, gate, storage).into()
}

/// The same, with the whole reason.
///
/// # Errors
/// The first rule that is broken.
pub fn check_component<G: Gate, S: ComponentStorage>(
    bytes: &[u8],
    gate: &G,
    storage: S,
) -> Result<(), Reject> {
    within_limit(bytes, gate)?;
    let definitions = Full::new(bytes, gate, storage);
    Pass::new(bytes, gate, Level::Full, definitions).run()
}

/// Says whether these bytes pass a level of validation as a component.
///
/// The number of `scopes` bounds how deep components and types may nest. Core modules are given to
/// `modules`, which validates them at any level.
///
/// ```
/// use tabwasm::profile::{Features, NoAlloc};
/// use tabwasm::reject::Verdict;
/// use tabwasm::spec::Level;
/// use tabwasm::validate::{Scope, basic, validate_component_at};
///
/// // (component (alias export 0 "f" (func)))
/// let lacking = b"\0asm\x0d\0\x01\0\x06\x06\x01\x01\0\0\x01f";
/// let gate = Features::of::<NoAlloc>().with_components();
/// let mut scopes = [Scope::default(); 4];
/// let mut at = |level| {
///     validate_component_at(level, lacking, &gate, &mut scopes, |module| basic(module, &gate))
/// };
/// assert_eq!(at(Level::Basic), Verdict::Valid);
/// assert!(matches!(at(Level::Standard), Verdict::Invalid { .. }));
/// ```
pub fn validate_component_at<'a>(
    level: Level,
    bytes: &'a [u8],
    gate: &impl Gate,
    scopes: &mut [Scope],
    modules: impl FnMut(&'a [u8]) -> Result<(), Reject>,
) -> Verdict {
    check_component_at(level, bytes, gate, scopes, modules).into()
}

/// The same, with the whole reason.
///
/// # Errors
/// The first rule that is broken; [`Level::Full`] needs more memory than scopes, and is
/// [`check_component`].
pub fn check_component_at<'a>(
    level: Level,
    bytes: &'a [u8],
    gate: &impl Gate,
    scopes: &mut [Scope],
    modules: impl FnMut(&'a [u8]) -> Result<(), Reject>,
) -> Result<(), Reject> {
    if level == Level::Full {
        return Err(Reject::new(ErrorCode::Level, 0));
    }
    within_limit(bytes, gate)?;
    let definitions = Counted {
        scopes: Scopes::new(scopes, gate.limits().component_nesting),
        limits: gate.limits(),
        modules,
    };
    Pass::new(bytes, gate, level, definitions).run()
}

fn within_limit(bytes: &[u8], gate: &impl Gate) -> Result<(), Reject> {
    let size = bytes.len() as u64;
    match size > gate.limits().module_size {
        true => Err(Reject::limit(Limit::ModuleSize, size, 0)),
        false => Ok(()),
    }
}
