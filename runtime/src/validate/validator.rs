//! The stacks of one body and what the generated rules ask of them.
//!
//! Operands are popped and pushed one after the other; a block remembers the height below it. Code
//! behind a branch is unreachable: its operands may be of any type. What is usual (the type is
//! there, and equal) is decided inline by comparing words; the rest is in functions that are not
//! inlined. Standard: appendix, "Validation Algorithm".

use super::environment::{Environment, Types, unknown};
use super::local::Locals;
use super::stack::{Frame, FrameKind, Scratch};
use super::storage::{List, Storage};
use super::subtype::{are_subtypes, is_subtype};
use crate::policy;
use crate::profile::Gate;
use crate::read::Reader;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Limit, Proposal};
use crate::types::{BlockType, HeapType, LabelIdx, RefType, ValType};

/// Validates the instructions of one body or constant expression.
pub(crate) struct Validator<'v, G, S: Storage> {
    pub(crate) gate: &'v G,
    pub(crate) env: &'v Environment<S>,
    pub(crate) scratch: &'v mut Scratch<S>,
    pub(crate) locals: Locals,
    /// Offset of the instruction.
    pub(crate) at: usize,
    /// What `return` gives.
    pub(crate) results: BlockType,
    /// Operands below the innermost block.
    height: u32,
    /// Whether the next instruction can be reached.
    reachable: bool,
    /// The block that was left last.
    pub(crate) ended: Frame,
}

impl<'v, G: Gate, S: Storage> Validator<'v, G, S> {
    /// A body without locals, or an expression, that gives what such a block gives, before
    /// [`begin`](Self::begin).
    pub(crate) fn new(
        gate: &'v G,
        env: &'v Environment<S>,
        scratch: &'v mut Scratch<S>,
        results: BlockType,
        at: usize,
    ) -> Self {
        Self {
            gate,
            env,
            scratch,
            locals: Locals::default(),
            at,
            results,
            height: 0,
            reachable: true,
            ended: Frame::default(),
        }
    }

    /// Reads the declarations of the body's locals, after its parameters.
    #[inline(never)]
    pub(crate) fn read_locals(
        &mut self,
        reader: &mut Reader<'_>,
        params: Types,
    ) -> Result<(), Reject> {
        let (gate, env) = (self.gate, self.env);
        self.locals.read(reader, gate, env, self.scratch, params)
    }

    /// Enters the body.
    pub(crate) fn begin(&mut self) -> Result<(), Reject> {
        self.enter(FrameKind::Body, self.results)
    }

    /// Whether the last `end` has been met.
    #[inline(always)]
    pub(crate) fn is_done(&self) -> bool {
        self.scratch.frames.is_empty()
    }

    /// The kind of the innermost block.
    pub(crate) fn innermost(&self) -> Option<FrameKind> {
        self.scratch.frames.last().map(|frame| frame.kind)
    }

    /// Whether the next instruction can be reached, and how many operands there are before it.
    #[inline(always)]
    pub(crate) fn before(&self) -> (bool, u32) {
        (self.reachable, self.scratch.values.len() as u32)
    }

    /// Whether it matters which locals are set.
    #[inline(always)]
    pub(crate) fn tracks_locals(&self) -> bool {
        G::may(Proposal::FunctionReferences) && self.locals.tracked
    }

    /// Operands below the innermost block.
    #[inline(always)]
    fn height(&self) -> usize {
        self.height as usize
    }

    /// Takes and gives operands of these types.
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn signature<const P: usize, const R: usize>(
        &mut self,
        params: [ValType; P],
        results: [ValType; R],
    ) -> Result<(), Reject> {
        if P + R == 0 {
            return Ok(());
        }
        let len = self.scratch.values.len();
        if !policy::CALL_FOR_OPERANDS && len >= self.height() + P {
            if R <= P {
                // The results take the place of the operands.
                if self.scratch.values.replace_top(params, results) {
                    return Ok(());
                }
            } else if self.scratch.values.replace_top(params, []) {
                // There are more results than operands.
                return results.into_iter().try_for_each(|ty| self.push(ty));
            }
        }
        self.exchange(&params, &results)
    }

    /// The same, whatever their numbers.
    #[inline(never)]
    fn exchange(&mut self, params: &[ValType], results: &[ValType]) -> Result<(), Reject> {
        for ty in params.iter().rev() {
            self.pop_slowly(*ty)?;
        }
        for ty in results {
            self.push(*ty)?;
        }
        Ok(())
    }

    /// Takes an operand of this type.
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn pop(&mut self, expected: ValType) -> Result<(), Reject> {
        let len = self.scratch.values.len();
        if !policy::CALL_FOR_OPERANDS
            && len > self.height()
            && self.scratch.values.last() == Some(expected)
        {
            self.scratch.values.truncate(len - 1);
            return Ok(());
        }
        self.pop_slowly(expected)
    }

    /// Whether values of the first type are values of the second.
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn is_subtype(&self, found: ValType, expected: ValType) -> bool {
        if G::may(Proposal::ReferenceTypes) {
            is_subtype(found, expected)
        } else {
            found == expected || found == ValType::BOTTOM
        }
    }

    /// Whether values of the first types are values of the second, one by one; there are as many.
    pub(crate) fn are_subtypes(&self, found: Types, expected: Types) -> Result<(), Reject> {
        let (found, expected) = match (self.env.row(found), self.env.row(expected)) {
            (Some(found_row), Some(expected_row)) if are_subtypes(found_row, expected_row) => {
                return Ok(());
            }
            _ => (self.env.value_types(found), self.env.value_types(expected)),
        };
        for (found, expected) in found.zip(expected) {
            if !self.is_subtype(found, expected) {
                return Err(self.mismatch(expected, found));
            }
        }
        Ok(())
    }

    /// Takes operands of these types, the last first.
    pub(crate) fn pop_all(&mut self, expected: Types) -> Result<(), Reject> {
        if let Some(there) = self.matching(expected) {
            let len = self.scratch.values.len();
            self.scratch.values.truncate(len - there);
            return Ok(());
        }
        for index in (0..expected.len()).rev() {
            self.pop(self.env.value_type(expected, index))?;
        }
        Ok(())
    }

    #[inline(never)]
    fn pop_slowly(&mut self, expected: ValType) -> Result<(), Reject> {
        match self.take() {
            Some(found) if self.is_subtype(found, expected) => Ok(()),
            Some(found) => Err(self.mismatch(expected, found)),
            None => Err(self.missing(expected)),
        }
    }

    /// How many operands on top are of these types, all compared at once: as many as there are
    /// types, or as are left in unreachable code. Nothing if they have to be looked at one by one,
    /// because some are of other types, or missing, or because there are few.
    #[inline]
    fn matching(&self, expected: Types) -> Option<usize> {
        let expected = self.env.row(expected)?;
        let values = self.scratch.values.row()?.get(self.height()..)?;
        let there = match values.len().checked_sub(expected.len()) {
            Some(below) => values.get(below..)?,
            None if self.reachable => return None,
            None => values,
        };
        let expected = expected.get(expected.len() - there.len()..)?;
        are_subtypes(there, expected).then_some(there.len())
    }

    /// Checks that operands of these types are there, and leaves them as they are.
    pub(crate) fn peek_all(&self, expected: Types) -> Result<(), Reject> {
        if self.matching(expected).is_some() {
            return Ok(());
        }
        let mut place = self.scratch.values.len();
        for index in (0..expected.len()).rev() {
            let ty = self.env.value_type(expected, index);
            if place <= self.height() {
                return if self.reachable {
                    Err(self.missing(ty))
                } else {
                    Ok(())
                };
            }
            place -= 1;
            let found = self.scratch.values.get(place).unwrap_or(ValType::BOTTOM);
            if !self.is_subtype(found, ty) {
                return Err(self.mismatch(ty, found));
            }
        }
        Ok(())
    }

    /// Takes an operand of any type; in unreachable code there is always one.
    #[inline]
    pub(crate) fn pop_any(&mut self) -> Result<ValType, Reject> {
        self.take_any().ok_or_else(|| self.missing(ValType::BOTTOM))
    }

    /// The same for what is rare: one function for all of it, in builds for size.
    #[cfg_attr(small, inline(never))]
    fn take_any(&mut self) -> Option<ValType> {
        self.take()
    }

    /// Takes a reference of any type.
    pub(crate) fn pop_ref(&mut self) -> Result<RefType, Reject> {
        let ty = self.pop_any()?;
        if ty == ValType::BOTTOM {
            return Ok(RefType::new(false, HeapType::Bottom));
        }
        ty.as_ref_type()
            .ok_or_else(|| self.mismatch(ValType::FUNCREF, ty))
    }

    #[inline(always)]
    fn take(&mut self) -> Option<ValType> {
        if self.scratch.values.len() > self.height() {
            self.scratch.values.pop()
        } else if self.reachable {
            None
        } else {
            Some(ValType::BOTTOM)
        }
    }

    /// Gives an operand.
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn push(&mut self, ty: ValType) -> Result<(), Reject> {
        let most = self.gate.limits().operand_stack;
        let values = &mut self.scratch.values;
        values.add(ty, Limit::OperandStack, most, self.at)
    }

    /// Gives operands.
    pub(crate) fn push_all(&mut self, types: Types) -> Result<(), Reject> {
        let (env, most) = (self.env, self.gate.limits().operand_stack);
        if let Some(row) = env.row(types)
            && self.scratch.values.extend_within(row, most)
        {
            return Ok(());
        }
        for index in 0..types.len() {
            self.push(self.env.value_type(types, index))?;
        }
        Ok(())
    }

    /// What follows cannot be reached.
    #[cfg_attr(small, inline(never))]
    pub(crate) fn diverge(&mut self) -> Result<(), Reject> {
        self.scratch.values.truncate(self.height());
        self.reachable = false;
        Ok(())
    }

    /// Enters a block whose parameters have been taken.
    pub(crate) fn enter(&mut self, kind: FrameKind, block: BlockType) -> Result<(), Reject> {
        let height = self.scratch.values.len();
        let initialised = match G::may(Proposal::FunctionReferences) {
            true => self.scratch.initialised.len(),
            false => 0,
        };
        let frame = Frame::new(kind, block, height, initialised, self.reachable);
        let most = self.gate.limits().block_nesting;
        let frames = &mut self.scratch.frames;
        frames.add(frame, Limit::BlockNesting, most, self.at)?;
        (self.height, self.reachable) = (frame.height, true);
        if kind != FrameKind::Body {
            self.push_all(frame.params(self.env))?;
        }
        Ok(())
    }

    /// Leaves the innermost block, whose results must be there and nothing else.
    pub(crate) fn leave(&mut self) -> Result<(), Reject> {
        let Some(frame) = self.scratch.frames.last() else {
            return Err(Reject::new(ErrorCode::EndExpected, self.at));
        };
        self.ended = frame;
        self.pop_all(frame.results(self.env))?;
        if self.scratch.values.len() != self.height() {
            return Err(self.superfluous());
        }
        if self.tracks_locals() {
            self.scratch.unset(frame.initialised);
        }
        self.scratch.frames.pop();
        self.height = self.scratch.frames.last().map_or(0, |frame| frame.height);
        self.reachable = frame.reachable;
        Ok(())
    }

    /// The types that a branch to this label takes.
    #[cfg_attr(not(small), inline)]
    #[cfg_attr(small, inline(never))]
    pub(crate) fn label(&self, label: LabelIdx) -> Result<Types, Reject> {
        let count = self.scratch.frames.len();
        let place = count.checked_sub(1 + label.0 as usize);
        match place.and_then(|place| self.scratch.frames.get(place)) {
            Some(frame) => Ok(frame.label(self.env)),
            None => Err(unknown(ErrorCode::UnknownLabel, label.0, count, self.at)),
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn mismatch(&self, expected: ValType, found: ValType) -> Reject {
        Reject::with(
            ErrorCode::TypeMismatch,
            self.at,
            Detail::Types { expected, found },
        )
    }

    #[cold]
    #[inline(never)]
    fn missing(&self, expected: ValType) -> Reject {
        Reject::with(ErrorCode::TypeMismatch, self.at, Detail::Missing(expected))
    }

    #[cold]
    #[inline(never)]
    fn superfluous(&self) -> Reject {
        let there = self.scratch.values.len() as u64;
        Reject::with(
            ErrorCode::TypeMismatch,
            self.at,
            Detail::OutOf(there, self.height() as u64),
        )
    }
}
