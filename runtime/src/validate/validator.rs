//! The stacks of one body and what the generated rules ask of them.
//!
//! Operands are popped and pushed one after the other; a block remembers the height below it.
//! Code behind a branch is unreachable: its operands may be of any type. What is usual (the type
//! is there, and equal) is decided inline by comparing words; the rest is out of the way.

use super::Effect;
use super::environment::{Environment, unknown};
use super::local::Locals;
use super::stack::{Frame, FrameKind, Scratch};
use super::storage::{List, Storage};
use super::subtype::is_subtype;
use crate::reject::{Detail, Reject};
use crate::spec::{ErrorCode, Limit, Limits};
use crate::types::{BlockType, FuncSignature, HeapType, LabelIdx, RefType, ValType};

/// Validates the instructions of one body or constant expression.
pub(crate) struct Validator<'v, S: Storage> {
    pub(crate) env: &'v Environment<S>,
    pub(crate) scratch: &'v mut Scratch<S>,
    pub(crate) locals: Locals,
    /// Offset of the instruction.
    pub(crate) at: usize,
    /// What `return` gives.
    pub(crate) results: BlockType,
    /// Operands below the innermost block.
    height: usize,
    reachable: bool,
    limits: Stacks,
}

/// Limits on the stacks.
#[derive(Clone, Copy)]
struct Stacks {
    values: u64,
    frames: u64,
}

/// Types of a label or block: borrowed, or one by value.
#[derive(Clone, Copy)]
pub(crate) enum Types<'v> {
    Slice(&'v [ValType]),
    One([ValType; 1]),
}

impl Types<'_> {
    #[inline(always)]
    pub(crate) fn as_slice(&self) -> &[ValType] {
        match self {
            Self::Slice(types) => types,
            Self::One(types) => types,
        }
    }
}

impl<'v, S: Storage> Validator<'v, S> {
    /// Begins a body that gives what such a block gives.
    pub(crate) fn begin(
        env: &'v Environment<S>,
        scratch: &'v mut Scratch<S>,
        locals: Locals,
        results: BlockType,
        limits: &Limits,
        at: usize,
    ) -> Result<Self, Reject> {
        let limits = Stacks {
            values: limits.operand_stack,
            frames: limits.block_nesting,
        };
        let (height, reachable) = (0, true);
        let mut v = Self {
            env,
            scratch,
            locals,
            at,
            results,
            height,
            reachable,
            limits,
        };
        v.enter(FrameKind::Body, results)?;
        Ok(v)
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

    /// What the sink hears about the next instruction.
    #[inline(always)]
    pub(crate) fn effect(&self) -> Effect {
        Effect {
            reachable: self.reachable,
        }
    }

    /// Takes and gives operands of these types.
    #[inline(always)]
    pub(crate) fn signature<const P: usize, const R: usize>(
        &mut self,
        params: [ValType; P],
        results: [ValType; R],
    ) -> Result<(), Reject> {
        let len = self.scratch.values.len();
        if len >= self.height + P
            && let Some(top) = self.scratch.values.as_mut_slice().last_chunk_mut::<P>()
            && *top == params
        {
            if R <= P {
                // The results take the place of the operands.
                for (slot, ty) in top.iter_mut().zip(results) {
                    *slot = ty;
                }
                self.scratch.values.truncate(len - (P - R));
                return Ok(());
            }
            self.scratch.values.truncate(len - P);
        } else {
            self.pop_slowly(&params)?;
        }
        for ty in results {
            self.push(ty)?;
        }
        Ok(())
    }

    /// Takes an operand of this type.
    #[inline(always)]
    pub(crate) fn pop(&mut self, expected: ValType) -> Result<(), Reject> {
        let len = self.scratch.values.len();
        if len > self.height && self.scratch.values.last() == Some(&expected) {
            self.scratch.values.truncate(len - 1);
            return Ok(());
        }
        self.pop_slowly(&[expected])
    }

    /// Takes operands of these types, the last first.
    #[inline]
    pub(crate) fn pop_all(&mut self, expected: &[ValType]) -> Result<(), Reject> {
        match expected {
            [] => Ok(()),
            [ty] => self.pop(*ty),
            types => self.pop_slowly(types),
        }
    }

    #[inline(never)]
    fn pop_slowly(&mut self, expected: &[ValType]) -> Result<(), Reject> {
        for ty in expected.iter().rev() {
            let Some(found) = self.take() else {
                return Err(self.missing(*ty));
            };
            if !is_subtype(found, *ty) {
                return Err(self.mismatch(*ty, found));
            }
        }
        Ok(())
    }

    /// Checks that operands of these types are there, and leaves them as they are.
    pub(crate) fn peek_all(&self, expected: &[ValType]) -> Result<(), Reject> {
        let values = self
            .scratch
            .values
            .as_slice()
            .get(self.height..)
            .unwrap_or_default();
        for (depth, ty) in expected.iter().rev().enumerate() {
            match values
                .len()
                .checked_sub(1 + depth)
                .and_then(|place| values.get(place))
            {
                Some(found) if is_subtype(*found, *ty) => {}
                Some(found) => return Err(self.mismatch(*ty, *found)),
                None if self.reachable => return Err(self.missing(*ty)),
                None => return Ok(()),
            }
        }
        Ok(())
    }

    /// Takes an operand of any type; in unreachable code there is always one.
    #[inline]
    pub(crate) fn pop_any(&mut self) -> Result<ValType, Reject> {
        self.take().ok_or_else(|| self.missing(ValType::BOTTOM))
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
        if self.scratch.values.len() > self.height {
            self.scratch.values.pop()
        } else if self.reachable {
            None
        } else {
            Some(ValType::BOTTOM)
        }
    }

    /// Gives an operand.
    #[inline(always)]
    pub(crate) fn push(&mut self, ty: ValType) -> Result<(), Reject> {
        let push = self.scratch.values.push(ty, self.limits.values);
        push.map_err(|full| full.reject(Limit::OperandStack, self.scratch.values.len(), self.at))
    }

    /// Gives operands.
    #[inline]
    pub(crate) fn push_all(&mut self, types: &[ValType]) -> Result<(), Reject> {
        for ty in types {
            self.push(*ty)?;
        }
        Ok(())
    }

    /// What follows cannot be reached.
    pub(crate) fn diverge(&mut self) -> Result<(), Reject> {
        self.scratch.values.truncate(self.height);
        self.reachable = false;
        if let Some(frame) = self.scratch.frames.as_mut_slice().last_mut() {
            frame.reachable = false;
        }
        Ok(())
    }

    /// Enters a block whose parameters have been taken.
    pub(crate) fn enter(&mut self, kind: FrameKind, block: BlockType) -> Result<(), Reject> {
        let height = self.scratch.values.len();
        let frame = Frame::new(kind, block, height, self.scratch.initialised.len());
        let depth = self.scratch.frames.len();
        let push = self.scratch.frames.push(frame, self.limits.frames);
        push.map_err(|full| full.reject(Limit::BlockNesting, depth, self.at))?;
        self.height = height;
        self.reachable = true;
        if kind != FrameKind::Body {
            let params = self.block_params(block);
            self.push_all(params)?;
        }
        Ok(())
    }

    /// Leaves the innermost block, whose results must be there and nothing else.
    pub(crate) fn leave(&mut self) -> Result<Frame, Reject> {
        let Some(frame) = self.scratch.frames.last().copied() else {
            return Err(Reject::new(ErrorCode::EndExpected, self.at));
        };
        self.pop_all(self.block_results(frame.block()).as_slice())?;
        if self.scratch.values.len() != self.height {
            return Err(self.superfluous());
        }
        if self.locals.tracked {
            self.scratch.unset(frame.initialised);
        }
        self.scratch.frames.pop();
        if let Some(outer) = self.scratch.frames.last() {
            self.height = outer.height as usize;
            self.reachable = outer.reachable;
        }
        Ok(frame)
    }

    /// The types that a branch to this label takes.
    #[inline]
    pub(crate) fn label(&self, label: LabelIdx) -> Result<Types<'v>, Reject> {
        let frames = self.scratch.frames.as_slice();
        let place = frames.len().checked_sub(1 + label.0 as usize);
        match place.and_then(|place| frames.get(place)) {
            Some(frame) if frame.kind == FrameKind::Loop => {
                Ok(Types::Slice(self.block_params(frame.block())))
            }
            Some(frame) => Ok(self.block_results(frame.block())),
            None => Err(unknown(
                ErrorCode::UnknownLabel,
                label.0,
                frames.len(),
                self.at,
            )),
        }
    }

    /// The operands that a block of this type takes.
    pub(crate) fn block_params(&self, block: BlockType) -> &'v [ValType] {
        self.block_func(block).map_or(&[], |func| func.params())
    }

    /// The operands that a block of this type gives.
    #[inline]
    pub(crate) fn block_results(&self, block: BlockType) -> Types<'v> {
        match block {
            BlockType::Value(ty) => Types::One([ty]),
            block => Types::Slice(self.block_func(block).map_or(&[], |func| func.results())),
        }
    }

    fn block_func(&self, block: BlockType) -> Option<FuncSignature<'v>> {
        match block {
            BlockType::Func(ty) => self.env.type_func(ty),
            BlockType::Empty | BlockType::Value(_) => None,
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
            Detail::OutOf(there, self.height as u64),
        )
    }
}
