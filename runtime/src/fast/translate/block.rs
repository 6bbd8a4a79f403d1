//! Blocks, and what branches do to the values that travel with them.
//!
//! A block knows its label, the height of the stack below its parameters, and its types. Values
//! that a branch carries move down to that height, where whoever continues expects them. Code
//! behind a branch is not translated: only the nesting of its blocks is followed, to find its end.
//! Standard: section 4.6, "Instructions", "Control Instructions".

use super::arity::Arity;
use super::emit::LabelId;
use super::operand::{At, Operand, To};
use super::{Translator, control};
use crate::fast::operations::Operation;
use crate::fast::pins::Pins;
use crate::fast::register::RegisterClass;
use crate::generated::woven::instruction::Instruction;
use crate::spec::Rate;
use crate::types::{BlockType, LabelIdx, TypeIdx, ValType};

/// An open block.
pub(super) struct Block {
    pub(super) kind: BlockKind,
    /// Where branches to it go.
    pub(super) label: LabelId,
    /// Height of the stack below its parameters.
    pub(super) base: usize,
    pub(super) params: Arity,
    pub(super) results: Arity,
    pub(super) types: BlockTypes,
    /// The locals in registers at its label.
    pub(super) pins: Pins,
    /// Where branches to it go from a loop that has others there.
    pub(super) exit: Option<LabelId>,
    /// Its number among the function's.
    pub(super) number: u32,
}

/// Where the types of a block are written.
#[derive(Clone, Copy)]
pub(super) enum BlockTypes {
    /// The function's own.
    Function,
    /// One result or none.
    Short(Option<ValType>),
    /// A function type.
    Func(TypeIdx),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    Function,
    Block,
    Loop,
    /// With the label of its `else`.
    If(LabelId),
    Else,
}

/// Where a branch goes, and with how many values.
pub(super) struct Target {
    pub(super) label: LabelId,
    pub(super) base: usize,
    pub(super) arity: Arity,
    /// It leaves the function.
    pub(super) function: bool,
    /// The locals in registers there.
    pub(super) pins: Pins,
}

impl Translator<'_> {
    /// The beginning of the function, which declares so many locals.
    pub(super) fn begin(&mut self, declared: usize) {
        self.begin_function(declared);
        let label = self.code.label();
        let results = self.results;
        let types = BlockTypes::Function;
        let number = self.unset.number();
        self.blocks.push(Block {
            kind: BlockKind::Function,
            label,
            base: 0,
            params: Arity::NONE,
            results,
            types,
            pins: self.pins,
            exit: None,
            number,
        });
    }

    /// Follows the structure of code that is never reached; `depth` blocks of it are open.
    pub(super) fn skip(&mut self, i: &Instruction<'_>, depth: u32) {
        if let Instruction::Loop { .. } = i {
            self.loops += 1;
        }
        match (i, depth) {
            (Instruction::Block { .. } | Instruction::Loop { .. } | Instruction::If { .. }, _) => {
                self.dead = Some(depth + 1);
            }
            (Instruction::End, 0) => control::end(self),
            (Instruction::Else, 0) => control::else_(self),
            (Instruction::End, _) => self.dead = Some(depth - 1),
            _ => {}
        }
    }

    pub(super) fn enter_block(&mut self, kind: BlockKind, bt: BlockType, label: LabelId) {
        let (params, results) = self.arity(bt);
        let types = match bt {
            BlockType::Empty => BlockTypes::Short(None),
            BlockType::Value(ty) => BlockTypes::Short(Some(ty)),
            BlockType::Func(ty) => BlockTypes::Func(ty),
        };
        let base = self.stack.len() - params.slots;
        let number = self.unset.number();
        self.blocks.push(Block {
            kind,
            label,
            base,
            params,
            results,
            types,
            pins: self.pins,
            exit: None,
            number,
        });
    }

    /// Parameters and results.
    pub(super) fn arity(&mut self, bt: BlockType) -> (Arity, Arity) {
        match bt {
            BlockType::Empty => (Arity::NONE, Arity::NONE),
            BlockType::Value(ty) => (Arity::NONE, Arity::of(&[ty])),
            BlockType::Func(ty) => {
                let ty = self.func_type(ty);
                (Arity::of(ty.params()), Arity::of(ty.results()))
            }
        }
    }

    pub(super) fn target(&self, l: LabelIdx) -> Target {
        let at = self.blocks.len() - 1 - l.0 as usize;
        let block = &self.blocks[at];
        let arity = if block.kind == BlockKind::Loop {
            block.params
        } else {
            block.results
        };
        Target {
            label: block.label,
            base: block.base,
            arity,
            function: block.kind == BlockKind::Function,
            pins: block.pins,
        }
    }

    /// Whether the values on top stand already where the label expects them.
    pub(super) fn is_aligned(&self, target: &Target) -> bool {
        target.arity.slots == 0 || self.stack.len() - target.arity.slots == target.base
    }

    /// Moves the values on top to where the label expects them; they stay on the stack.
    pub(super) fn branch_values(&mut self, target: &Target) {
        let first = self.stack.len() - target.arity.slots;
        if self.is_aligned(target) {
            self.materialise_all(first..self.stack.len());
        } else if target.arity.slots <= 2 {
            for at in 0..target.arity.slots {
                let (value, to) = (self.stack[first + at], self.temp(target.base + at));
                if value.at != At::Rest {
                    self.copy(value, first + at, To::S, to);
                }
            }
        } else {
            self.materialise_all(first..self.stack.len());
            let (from, to) = (self.temp(first), self.temp(target.base));
            self.fixed(Operation::CopyDown, &[from, to, target.arity.slots as u32]);
        }
    }

    /// Begins a block of code that pays for the values that a branch moves, if they are many.
    pub(super) fn charge_branch(&mut self, target: &Target) {
        if !self.is_aligned(target) && Rate::MOVED.fuel(target.arity.values as u64) > 0 {
            self.begin_charge();
            self.charge_for(Rate::MOVED, target.arity.values);
        }
    }

    pub(super) fn jump(&mut self, label: LabelId) {
        if self.leaf == Some(label) {
            self.fixed(Operation::JumpAgain, &[]);
            return;
        }
        let operands = self.fixed(Operation::Jump, &[0]);
        self.code.target(operands, 0, label);
    }

    /// Branches if a reference, in the slot above the stack, is null or is not.
    pub(super) fn branch_on_null(&mut self, reference: Operand, null: bool, label: LabelId) {
        self.push(reference.kind, reference.at);
        self.operate(Operation::RefIsNull, &[]);
        let condition = self.pop();
        self.branch_if(condition, null, label);
    }

    /// Returns the values on top.
    pub(super) fn leave(&mut self) {
        self.charge_for(Rate::MOVED, self.results.values);
        match self.results.values {
            0 => {
                self.spill();
                self.fixed(Operation::Return, &[]);
            }
            1 => {
                let found = self.stack.last().map(|value| value.kind);
                let kind = self
                    .known(found, "operand", 0)
                    .unwrap_or(RegisterClass::Int);
                self.operate(Operation::returning(kind), &[]);
            }
            _ => {
                let count = self.results.slots;
                let first = self.stack.len() - count;
                self.spill();
                self.materialise_all(first..self.stack.len());
                self.fixed(Operation::ReturnMany, &[self.temp(first), count as u32]);
            }
        }
    }
}
