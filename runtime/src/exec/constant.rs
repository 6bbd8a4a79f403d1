//! Constant expressions: initial values of globals and tables, elements, offsets of segments.
//!
//! What an instruction means is its row's `do` cell, reached through the generated
//! [`step`](crate::generated::woven::constant::step); whoever evaluates gives the operand stack,
//! globals and functions. Standard: section 4.7.3, "Instantiation", and 3.4.13, "Constant
//! Expressions".

use crate::exec::slot::{Slot, Value};
use crate::generated::woven::constant;
use crate::profile::Everything;
use crate::read::ConstExpr;
use crate::reject::Reject;
#[cfg(feature = "alloc")]
use crate::spec::Opcode;
use crate::spec::{Instruction, Trap};
use crate::types::{FuncIdx, GlobalIdx, Ref};

/// What constant expressions are evaluated with.
pub(crate) trait Evaluator {
    /// What holds an operand.
    type Slot: Slot;

    /// Pushes an operand.
    fn push(&mut self, slot: Self::Slot) -> Result<(), Failure>;

    /// Pops an operand; the validator has seen that there is one.
    fn pop(&mut self) -> Self::Slot;

    /// The value of a global.
    fn global(&mut self, x: GlobalIdx) -> Self::Slot;

    /// A reference to a function.
    fn func(&mut self, f: FuncIdx) -> Ref;
}

/// Why an expression has no value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Failure {
    /// An instruction trapped.
    Trap(Trap),
    /// There is no room for an operand.
    OutOfMemory,
    /// It is not a constant expression.
    Rejected(Reject),
}

impl From<Trap> for Failure {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

impl From<Reject> for Failure {
    fn from(reject: Reject) -> Self {
        Self::Rejected(reject)
    }
}

/// An expression's value; `module` holds the bytes that were validated.
pub(crate) fn evaluate<E: Evaluator>(
    module: &[u8],
    expression: ConstExpr,
    evaluator: &mut E,
) -> Result<E::Slot, Failure> {
    let mut reader = expression.span.reader(module);
    loop {
        let at = reader.position();
        match reader.instruction(&Everything)? {
            Instruction::End => return Ok(evaluator.pop()),
            instruction => constant::step(evaluator, &instruction, at)?,
        }
    }
}

/// The bits of an expression that is one integer, as most are; it takes no stack.
#[cfg(feature = "alloc")]
pub(crate) fn literal(module: &[u8], expression: ConstExpr) -> Option<u64> {
    let mut reader = expression.span.reader(module);
    let code = (None, u32::from(reader.u8().ok()?));
    let value = if code == Opcode::I32Const.code() {
        reader.i32().ok()?.into_slot()
    } else if code == Opcode::I64Const.code() {
        reader.i64().ok()?.into_slot()
    } else {
        return None;
    };
    let last = (None, u32::from(reader.u8().ok()?));
    (last == Opcode::End.code()).then_some(value)
}

/// Pushes a value.
pub(crate) fn push<E: Evaluator>(evaluator: &mut E, value: impl Value) -> Result<(), Failure> {
    evaluator.push(E::Slot::hold(value))
}

/// Pops a value.
pub(crate) fn pop<V: Value>(evaluator: &mut impl Evaluator) -> V {
    evaluator.pop().value()
}

/// `global.get`
pub(crate) fn global_get(evaluator: &mut impl Evaluator, x: GlobalIdx) -> Result<(), Failure> {
    let value = evaluator.global(x);
    evaluator.push(value)
}

/// `ref.func`
pub(crate) fn ref_func(evaluator: &mut impl Evaluator, f: FuncIdx) -> Result<(), Failure> {
    let func = evaluator.func(f);
    push(evaluator, func)
}
