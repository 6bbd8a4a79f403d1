//! Rules that are no signature: the functions that the column `check` names.
//!
//! Most rows say all in the column `type`. What remains are blocks, whose rules open and close
//! frames, branches with several targets, and operands whose type depends on others on the stack.
//! The generated function `step` calls these with the row's immediates. Standard: section 3.4,
//! "Instructions".

use super::environment::{Signature, Types};
use super::stack::FrameKind;
use super::storage::Storage;
use super::validator::Validator;
use crate::profile::Gate;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Proposal};
use crate::types::{BlockType, LabelIdx, Labels, ValType, ValTypes};

/// `block`
pub(crate) fn block<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
    bt: BlockType,
) -> Result<(), Reject> {
    enter(v, FrameKind::Block, bt)
}

/// `loop`
pub(crate) fn loop_<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
    bt: BlockType,
) -> Result<(), Reject> {
    enter(v, FrameKind::Loop, bt)
}

/// `if`
pub(crate) fn if_<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
    bt: BlockType,
) -> Result<(), Reject> {
    enter(v, FrameKind::If, bt)
}

fn enter<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
    kind: FrameKind,
    bt: BlockType,
) -> Result<(), Reject> {
    if kind == FrameKind::If {
        v.pop(ValType::I32)?;
    }
    let bt = match bt {
        BlockType::Empty => bt,
        BlockType::Value(ty) => BlockType::Value(v.env.resolve::<G>(ty, v.at)?),
        BlockType::Func(ty) => {
            let Signature { params, .. } = v.type_(ty)?;
            v.pop_all(params)?;
            bt
        }
    };
    v.enter(kind, bt)
}

/// `else`
pub(crate) fn else_<G: Gate, S: Storage>(v: &mut Validator<'_, G, S>) -> Result<(), Reject> {
    if v.innermost() != Some(FrameKind::If) {
        return Err(Reject::new(ErrorCode::MisplacedElse, v.at));
    }
    v.leave()?;
    v.enter(FrameKind::Else, v.ended.block())
}

/// `end`
pub(crate) fn end<G: Gate, S: Storage>(v: &mut Validator<'_, G, S>) -> Result<(), Reject> {
    v.leave()?;
    let results = v.ended.results(v.env);
    if v.ended.kind == FrameKind::If {
        without_else(v, v.ended.params(v.env), results)?;
    }
    if v.ended.kind == FrameKind::Body {
        Ok(())
    } else {
        v.push_all(results)
    }
}

/// An `if` alone gives what it takes.
fn without_else<G: Gate, S: Storage>(
    v: &Validator<'_, G, S>,
    params: Types,
    results: Types,
) -> Result<(), Reject> {
    if params.len() == results.len() && v.are_subtypes(params, results).is_ok() {
        return Ok(());
    }
    let detail = Detail::OutOf(params.len() as u64, results.len() as u64);
    Err(Reject::with(ErrorCode::TypeMismatch, v.at, detail))
}

/// `br_table`
pub(crate) fn br_table<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
    l: Labels<'_>,
) -> Result<(), Reject> {
    v.pop(ValType::I32)?;
    let default = v.label(l.default())?;
    v.peek_all(default)?;
    let mut before = default;
    for label in l.iter() {
        let types = v.label(label)?;
        // Most targets take the same; what the default and the one before take has been looked at.
        if types == default || types == core::mem::replace(&mut before, types) {
            continue;
        }
        if types.len() != default.len() {
            let detail = Detail::OutOf(types.len() as u64, default.len() as u64);
            return Err(Reject::with(ErrorCode::TypeMismatch, v.at, detail));
        }
        v.peek_all(types)?;
    }
    v.diverge()
}

/// `drop`
#[inline]
pub(crate) fn drop<G: Gate, S: Storage>(v: &mut Validator<'_, G, S>) -> Result<(), Reject> {
    v.pop_any().map(|_| ())
}

/// `select` without types: two numbers, or two vectors.
pub(crate) fn select<G: Gate, S: Storage>(v: &mut Validator<'_, G, S>) -> Result<(), Reject> {
    v.pop(ValType::I32)?;
    let second = v.pop_any()?;
    let first = v.pop_any()?;
    for ty in [second, first] {
        if G::may(Proposal::ReferenceTypes) && ty.is_ref() {
            return Err(v.mismatch(ValType::I32, ty));
        }
    }
    let ty = if first == ValType::BOTTOM {
        second
    } else {
        first
    };
    if second != ty && second != ValType::BOTTOM {
        return Err(v.mismatch(first, second));
    }
    v.push(ty)
}

/// `select` with types: one.
pub(crate) fn select_typed<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
    t: ValTypes<'_>,
) -> Result<(), Reject> {
    let Some(ty) = t.only() else {
        let detail = Detail::Number(t.len() as u64);
        return Err(Reject::with(ErrorCode::InvalidResultArity, v.at, detail));
    };
    let ty = v.env.resolve::<G>(ty, v.at)?;
    v.signature([ty, ty, ValType::I32], [ty])
}

/// `ref.as_non_null`
pub(crate) fn ref_as_non_null<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
) -> Result<(), Reject> {
    let ty = v.pop_ref()?;
    v.push(ValType::reference(ty.non_null()))
}

/// `br_on_null`: branches without the reference, or goes on with it, not null.
pub(crate) fn br_on_null<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
    l: LabelIdx,
) -> Result<(), Reject> {
    let ty = v.pop_ref()?;
    let label = v.label(l)?;
    v.pop_all(label)?;
    v.push_all(label)?;
    v.push(ValType::reference(ty.non_null()))
}

/// `br_on_non_null`: branches with the reference, not null, or goes on without it.
pub(crate) fn br_on_non_null<G: Gate, S: Storage>(
    v: &mut Validator<'_, G, S>,
    l: LabelIdx,
) -> Result<(), Reject> {
    let label = v.label(l)?;
    let Some(place) = label.len().checked_sub(1) else {
        return Err(Reject::with(
            ErrorCode::TypeMismatch,
            v.at,
            Detail::OutOf(0, 1),
        ));
    };
    let (last, others) = (v.env.value_type(label, place), label.without_last());
    let found = v.pop_ref()?.non_null();
    if !v.is_subtype(ValType::reference(found), last) {
        return Err(v.mismatch(last, ValType::reference(found)));
    }
    v.pop_all(others)?;
    v.push_all(others)
}
