//! The predicates of the column `where`.
//!
//! They are the conditions that the standard's rules list beside a type: a global is mutable, a
//! function is declared, a local is initialised. Each takes the validator, then its arguments:
//! immediates as they stand, types as [`type_fn`](super::type_fn) gives them. Standard: section
//! 3.4, "Instructions".

use super::environment::Types;
use super::storage::Storage;
use super::validator::Validator;
use crate::profile::Gate;
use crate::reject::{Detail, Reject};
use crate::spec::ErrorCode;
use crate::types::{FuncIdx, GlobalIdx, GlobalType, LocalIdx};

/// `mutable(x)`: the global can be assigned.
pub(crate) fn mutable<G: Gate, S: Storage>(
    v: &Validator<'_, G, S>,
    x: GlobalIdx,
) -> Result<(), Reject> {
    assignable(v.global(x)?, x, v.at)
}

/// The same of its type.
pub(super) fn assignable(ty: GlobalType, x: GlobalIdx, at: usize) -> Result<(), Reject> {
    if ty.mutable {
        return Ok(());
    }
    let detail = Detail::Number(x.0.into());
    Err(Reject::with(ErrorCode::ImmutableGlobal, at, detail))
}

/// `declared(f)`: the function exists, and something outside of bodies mentions it; a constant
/// expression is outside.
pub(crate) fn declared<G: Gate, S: Storage>(
    v: &Validator<'_, G, S>,
    f: FuncIdx,
) -> Result<(), Reject> {
    v.func_heap(f)?;
    if v.env.is_declared(f) || v.locals.constant {
        return Ok(());
    }
    Err(Reject::with(
        ErrorCode::UndeclaredFunction,
        v.at,
        Detail::Number(f.0.into()),
    ))
}

/// `data_count`: the module announces its data segments.
pub(crate) fn data_count<G: Gate, S: Storage>(v: &Validator<'_, G, S>) -> Result<(), Reject> {
    match v.env.counts.data {
        Some(_) => Ok(()),
        None => Err(Reject::new(ErrorCode::DataCountRequired, v.at)),
    }
}

/// `initialized(x)`: the local has a default or has been set.
#[inline(always)]
pub(crate) fn initialized<G: Gate, S: Storage>(
    v: &Validator<'_, G, S>,
    x: LocalIdx,
) -> Result<(), Reject> {
    if v.tracks_locals() {
        tracked(v, x)
    } else {
        Ok(())
    }
}

#[cold]
#[inline(never)]
fn tracked<G: Gate, S: Storage>(v: &Validator<'_, G, S>, x: LocalIdx) -> Result<(), Reject> {
    if v.local(x)?.is_defaultable() || v.scratch.is_set(x) {
        return Ok(());
    }
    Err(Reject::with(
        ErrorCode::UninitializedLocal,
        v.at,
        Detail::Number(x.0.into()),
    ))
}

/// `initializes(x)`: from here on the local has been set.
#[inline(always)]
pub(crate) fn initializes<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
    x: LocalIdx,
) -> Result<(), Reject> {
    if v.tracks_locals() {
        v.scratch.set(x, v.at)
    } else {
        Ok(())
    }
}

/// `sub(a, b)`: values of the first types are values of the second.
#[inline(always)]
pub(crate) fn sub<G: Gate, S: Storage>(
    v: &Validator<'_, G, S>,
    found: impl Into<Types>,
    expected: impl Into<Types>,
) -> Result<(), Reject> {
    let (found, expected) = (found.into(), expected.into());
    if found == expected {
        return Ok(());
    }
    all_sub(v, found, expected)
}

#[inline(never)]
fn all_sub<G: Gate, S: Storage>(
    v: &Validator<'_, G, S>,
    found: Types,
    expected: Types,
) -> Result<(), Reject> {
    if found.len() != expected.len() {
        let detail = Detail::OutOf(found.len() as u64, expected.len() as u64);
        return Err(Reject::with(ErrorCode::TypeMismatch, v.at, detail));
    }
    v.are_subtypes(found, expected)
}
