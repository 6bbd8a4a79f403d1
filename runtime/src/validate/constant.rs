//! Constant expressions: initial values, elements, offsets of segments.
//!
//! The same pass as over a body, with fewer instructions: those whose row has the column `const`
//! for an admitted proposal. Globals that they read must be constant and come before the
//! expression. Standard: section 3.4, "Instructions", "Constant Expressions".

use super::check;
use super::environment::{Environment, unknown};
use super::regular::RegularKind;
use super::stack::Scratch;
use super::storage::{List, Storage};
use super::validator::Validator;
use crate::generated::woven::validate::{constant, step};
use crate::policy;
use crate::profile::Gate;
use crate::read::{ConstExpr, Reader, Span};
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Instruction, Limit, Proposal};
use crate::types::{BlockType, FuncIdx, GlobalIdx, GlobalType, ValType};

/// Whether regular instructions are decoded, too.
const REGULAR: bool = !policy::REGULAR_BY_TABLE;

/// A valid constant expression.
pub(crate) struct Constant {
    /// Where it stands.
    pub(crate) expr: ConstExpr,
    /// The function that it refers to: without operations on references there is one at most.
    pub(crate) func: Option<FuncIdx>,
}

/// Reads and validates an expression that gives such a value.
pub(crate) fn expression<G: Gate, S: Storage>(
    reader: &mut Reader<'_>,
    gate: &G,
    env: &Environment<S>,
    scratch: &mut Scratch<S>,
    ty: ValType,
) -> Result<Constant, Reject> {
    let start = reader.position();
    let results = BlockType::Value(ty);
    scratch.clear::<G>();
    let mut v = Validator::new(gate, env, scratch, results, start);
    v.locals.constant = true;
    v.begin()?;
    let mut func = None;
    let mut count = 0_u32;
    while !v.is_done() {
        v.at = reader.position();
        if reader.is_at_end() {
            return Err(Reject::new(ErrorCode::EndExpected, v.at));
        }
        count += 1;
        if u64::from(count) > gate.limits().constant_size {
            return Err(Reject::limit(Limit::ConstantSize, count.into(), v.at));
        }
        if !REGULAR && let Some(kind) = RegularKind::next(reader) {
            v.regular(kind, reader)?;
            continue;
        }
        let instruction = reader.next_instruction::<REGULAR>(gate)?;
        if instruction == Instruction::End {
            check::end(&mut v)?;
            continue;
        }
        admit(gate, constant::<REGULAR, G>(&instruction), v.at)?;
        match instruction {
            Instruction::GlobalGet { x } if REGULAR => global(gate, env, x, v.at)?,
            Instruction::RefFunc { f } if G::may(Proposal::ReferenceTypes) => func = Some(f),
            _ => {}
        }
        step::<REGULAR, G, S>(&mut v, &instruction)?;
    }
    let span = Span {
        start,
        end: reader.position(),
    };
    Ok(Constant {
        expr: ConstExpr { span },
        func,
    })
}

/// Asks what the column `const` says; the `end` is always there.
pub(super) fn admit(gate: &impl Gate, proposal: Option<Proposal>, at: usize) -> Result<(), Reject> {
    match proposal {
        Some(proposal) => gate.admit(proposal, at, ()),
        None => Err(Reject::new(ErrorCode::ConstantRequired, at)),
    }
}

/// Only constants that precede the expression have a value yet; first they had to be imported.
fn global<S: Storage>(
    gate: &impl Gate,
    env: &Environment<S>,
    global: GlobalIdx,
    at: usize,
) -> Result<(), Reject> {
    visible(gate, env, global, at)?;
    match env.global(global) {
        Some(ty) => immutable(ty, global, at),
        None => {
            let count = env.globals.len();
            Err(unknown(ErrorCode::UnknownGlobal, global.0, count, at))
        }
    }
}

/// Asks whether the global had to be imported, and is; those behind the expression are not there.
pub(super) fn visible<S: Storage>(
    gate: &impl Gate,
    env: &Environment<S>,
    global: GlobalIdx,
    at: usize,
) -> Result<(), Reject> {
    let imported = env.imported_globals();
    if gate.has(Proposal::ExtendedConst) || global.0 < imported {
        return Ok(());
    }
    let imported = imported as usize;
    Err(unknown(ErrorCode::UnknownGlobal, global.0, imported, at))
}

/// Asks whether a global is a constant.
pub(super) fn immutable(ty: GlobalType, global: GlobalIdx, at: usize) -> Result<(), Reject> {
    if !ty.mutable {
        return Ok(());
    }
    let detail = Detail::Number(global.0.into());
    Err(Reject::with(ErrorCode::ConstantRequired, at, detail))
}
