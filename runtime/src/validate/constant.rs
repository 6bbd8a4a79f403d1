//! Constant expressions: initial values, elements, offsets of segments.
//!
//! The same pass as over a body, with fewer instructions: those whose row has the column `const`
//! for an admitted proposal. Standard: section 3.4.14, "Constant Expressions".

use super::environment::{Environment, unknown};
use super::local::Locals;
use super::stack::Scratch;
use super::storage::{List, Storage};
use super::validator::Validator;
use crate::generated::shared::validate::{constant, step};
use crate::profile::Gate;
use crate::read::{ConstExpr, Reader, Span};
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Instruction, Limit, Opcode, Proposal};
use crate::types::{BlockType, FuncIdx, GlobalIdx, ValType};

/// A valid constant expression.
pub(crate) struct Constant {
    /// Where it stands.
    pub(crate) expr: ConstExpr,
    /// The function that it refers to: without operations on references there is one at most.
    pub(crate) func: Option<FuncIdx>,
}

/// Reads and validates an expression that gives such a value.
pub(crate) fn expression<S: Storage>(
    reader: &mut Reader<'_>,
    gate: &impl Gate,
    env: &Environment<S>,
    scratch: &mut Scratch<S>,
    ty: ValType,
) -> Result<Constant, Reject> {
    let start = reader.position();
    let results = BlockType::Value(ty);
    let locals = Locals {
        constant: true,
        ..Locals::default()
    };
    scratch.clear();
    let mut v = Validator::begin(env, scratch, locals, results, gate.limits(), start)?;
    let mut func = None;
    let mut count = 0;
    while !v.is_done() {
        v.at = reader.position();
        if reader.is_at_end() {
            return Err(Reject::new(ErrorCode::EndExpected, v.at));
        }
        count += 1;
        if count > gate.limits().constant_size {
            return Err(Reject::limit(Limit::ConstantSize, count, v.at));
        }
        let instruction = reader.instruction(gate)?;
        admit(gate, env, instruction, v.at)?;
        step(&mut v, &instruction)?;
        if let Instruction::RefFunc { f } = instruction {
            func = Some(f);
        }
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

fn admit<S: Storage>(
    gate: &impl Gate,
    env: &Environment<S>,
    instruction: Instruction<'_>,
    at: usize,
) -> Result<(), Reject> {
    let opcode = instruction.opcode();
    match constant(opcode) {
        Some(proposal) => gate.admit(proposal, at, ())?,
        None if opcode == Opcode::End => {}
        None => return Err(Reject::new(ErrorCode::ConstantRequired, at)),
    }
    match instruction {
        Instruction::GlobalGet { x } => global(gate, env, x, at),
        _ => Ok(()),
    }
}

/// Only constants that precede the expression have a value yet; first they had to be imported.
fn global<S: Storage>(
    gate: &impl Gate,
    env: &Environment<S>,
    global: GlobalIdx,
    at: usize,
) -> Result<(), Reject> {
    let imported = env.imported_globals();
    let visible = if gate.has(Proposal::ExtendedConst) {
        env.globals.len()
    } else {
        imported as usize
    };
    match env.global(global) {
        Some(ty) if (global.0 as usize) < visible => {
            if ty.mutable {
                let detail = Detail::Number(global.0.into());
                return Err(Reject::with(ErrorCode::ConstantRequired, at, detail));
            }
            Ok(())
        }
        _ => Err(unknown(ErrorCode::UnknownGlobal, global.0, visible, at)),
    }
}
