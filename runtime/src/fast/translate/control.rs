//! Rows with a `control` cell: what the fast engine makes of them.
//!
//! One function a cell, of the cell's name. Calls are in [`call`](super::call).

use super::operand::{At, Kind, To};
use super::{Block, BlockKind, BlockTypes, LabelId, Translator};
use crate::fast::dispatch::Operation;
use crate::generated::shared::instruction::Instruction;
use crate::types::{BlockType, GlobalIdx, LabelIdx, Labels, LocalIdx, ValType, ValTypes};

pub(crate) use super::call::{
    call, call_indirect, call_ref, return_call, return_call_indirect, return_call_ref,
};

/// The beginning of the function.
pub(super) fn begin(t: &mut Translator<'_>) {
    t.begin_function();
    let label = t.code.label();
    let results = t.results as u32;
    let types = BlockTypes::Function;
    t.blocks.push(Block { kind: BlockKind::Function, label, base: 0, params: 0, results, types });
}

/// Follows the structure of code that is never reached; `depth` blocks of it are open.
pub(super) fn skip(t: &mut Translator<'_>, i: &Instruction<'_>, depth: u32) {
    match (i, depth) {
        (Instruction::Block { .. } | Instruction::Loop { .. } | Instruction::If { .. }, _) => {
            t.dead = Some(depth + 1);
        }
        (Instruction::End, 0) => end(t),
        (Instruction::Else, 0) => else_(t),
        (Instruction::End, _) => t.dead = Some(depth - 1),
        _ => {}
    }
}

pub(crate) fn unreachable(t: &mut Translator<'_>) {
    t.spill();
    t.fixed(Operation::Unreachable, &[], Some(t.at));
    t.dead = Some(0);
}

pub(crate) fn nop(_: &mut Translator<'_>) {}

pub(crate) fn block(t: &mut Translator<'_>, bt: BlockType) {
    let label = t.code.label();
    t.enter_block(BlockKind::Block, bt, label);
}

pub(crate) fn loop_(t: &mut Translator<'_>, bt: BlockType) {
    let label = t.code.label();
    t.spill();
    let params = t.arity(bt).0;
    t.settle_all(params);
    t.code.bind(label);
    t.forget();
    t.enter_block(BlockKind::Loop, bt, label);
    t.begin_poll();
}

pub(crate) fn if_(t: &mut Translator<'_>, bt: BlockType) {
    let (label, otherwise) = (t.code.label(), t.code.label());
    let condition = t.pop();
    if condition.at != At::Open {
        t.spill();
    }
    let params = t.arity(bt).0;
    t.settle_all(params);
    t.branch_if(condition, false, otherwise);
    t.enter_block(BlockKind::If(otherwise), bt, label);
    t.begin_charge();
}

pub(crate) fn else_(t: &mut Translator<'_>) {
    let Some(block) = t.blocks.last() else { return };
    let (label, base, results) = (block.label, block.base, block.results as usize);
    let (params, types) = (block.params as usize, block.types);
    let BlockKind::If(otherwise) = block.kind else { return };
    if t.dead.take().is_none() {
        t.spill();
        t.settle_all(results);
        t.jump(label);
    }
    if let Some(block) = t.blocks.last_mut() {
        block.kind = BlockKind::Else;
    }
    t.truncate(base);
    t.push_types(types, params, true);
    t.code.bind(otherwise);
    t.forget();
    t.begin_charge();
}

pub(crate) fn end(t: &mut Translator<'_>) {
    let Some(block) = t.blocks.pop() else { return };
    let results = block.results as usize;
    let reached = t.dead.is_none();
    let joined = match block.kind {
        BlockKind::If(_) => true,
        BlockKind::Loop => false,
        BlockKind::Function | BlockKind::Block | BlockKind::Else => t.code.is_used(block.label),
    };
    if joined {
        if reached {
            t.spill();
            t.settle_all(results);
        }
        t.dead = None;
        t.truncate(block.base);
        t.push_types(block.types, results, false);
        if let BlockKind::If(otherwise) = block.kind {
            t.code.bind(otherwise);
        }
        t.code.bind(block.label);
        t.forget();
    }
    match block.kind {
        BlockKind::Function => {
            if t.dead.is_none() {
                t.leave();
            }
            t.end_function();
        }
        _ if joined => t.begin_charge(),
        _ => {}
    }
}

pub(crate) fn br(t: &mut Translator<'_>, l: LabelIdx) {
    match t.target(l) {
        Target { function: true, .. } => t.leave(),
        target => {
            t.spill();
            t.settle_below(target.base);
            t.branch_values(&target);
            t.jump(target.label);
        }
    }
    t.dead = Some(0);
}

pub(crate) fn br_if(t: &mut Translator<'_>, l: LabelIdx) {
    let condition = t.pop();
    if condition.at != At::Open {
        t.spill();
    }
    let target = t.target(l);
    t.settle_all(target.arity);
    if t.is_aligned(&target) {
        t.branch_if(condition, true, target.label);
    } else {
        let skip = t.code.label();
        t.branch_if(condition, false, skip);
        t.branch_values(&target);
        t.jump(target.label);
        t.code.bind(skip);
        t.forget();
    }
    t.begin_charge();
}

pub(crate) fn br_table(t: &mut Translator<'_>, l: Labels<'_>) {
    let index = t.pop();
    if index.at != At::Open {
        t.spill();
    }
    let arity = t.target(l.default()).arity;
    t.settle_all(arity);
    // Where values must move first, a target goes through a stub of its own.
    let mut labels = alloc::vec::Vec::new();
    let mut stubs: alloc::vec::Vec<(u32, LabelId)> = alloc::vec::Vec::new();
    let mut stub_of = alloc::collections::BTreeMap::new();
    for depth in l.iter() {
        let target = t.target(depth);
        let label = if t.is_aligned(&target) {
            target.label
        } else {
            *stub_of.entry(depth.0).or_insert_with(|| {
                let stub = t.code.label();
                stubs.push((depth.0, stub));
                stub
            })
        };
        labels.push(label);
    }
    t.stack.push(index);
    let (operands, own) = t.operand_instruction(Operation::BrTable, &[labels.len() as u32 - 1]);
    t.code.targets(operands, own + 1, &labels);
    for (depth, stub) in stubs {
        t.code.bind(stub);
        t.forget();
        let target = t.target(LabelIdx(depth));
        t.branch_values(&target);
        t.jump(target.label);
    }
    t.dead = Some(0);
}

pub(crate) fn return_(t: &mut Translator<'_>) {
    t.leave();
    t.dead = Some(0);
}

/// Branches if the reference on top is null, without it; otherwise keeps it.
pub(crate) fn br_on_null(t: &mut Translator<'_>, l: LabelIdx) {
    let height = t.stack.len() - 1;
    t.materialise(height);
    let reference = t.pop();
    let target = t.target(l);
    t.settle_all(target.arity);
    let skip = t.code.label();
    t.branch_on_null(reference, false, skip);
    t.branch_values(&target);
    t.jump(target.label);
    t.code.bind(skip);
    t.forget();
    t.push(Kind::Int, At::Temp);
    t.begin_charge();
}

/// Branches if the reference on top is not null, with it; otherwise drops it.
pub(crate) fn br_on_non_null(t: &mut Translator<'_>, l: LabelIdx) {
    let height = t.stack.len() - 1;
    t.materialise(height);
    let target = t.target(l);
    t.settle_all(target.arity);
    let skip = t.code.label();
    let reference = t.pop();
    t.branch_on_null(reference, true, skip);
    t.push(Kind::Int, At::Temp);
    t.branch_values(&target);
    t.jump(target.label);
    t.pop();
    t.code.bind(skip);
    t.forget();
    t.begin_charge();
}

pub(crate) fn ref_as_non_null(t: &mut Translator<'_>) {
    let height = t.stack.len() - 1;
    t.materialise(height);
    t.operate(Operation::NonNullOrTrap, &[]);
    t.push(Kind::Int, At::Temp);
}

pub(crate) fn drop(t: &mut Translator<'_>) {
    t.discard();
}

pub(crate) fn select(t: &mut Translator<'_>) {
    let kind = t.stack[t.stack.len() - 2].kind;
    t.operate(Operation::selecting(kind), &[]);
}

pub(crate) fn select_typed(t: &mut Translator<'_>, _: ValTypes<'_>) {
    select(t);
}

pub(crate) fn local_get(t: &mut Translator<'_>, x: LocalIdx) {
    t.push_local(x.0);
}

pub(crate) fn local_set(t: &mut Translator<'_>, x: LocalIdx) {
    let value = t.pop();
    if value.at == At::Local(x.0) {
        return;
    }
    if value.at != At::Open {
        t.spill();
    }
    for height in t.settled..t.stack.len() {
        if t.stack[height].at == At::Local(x.0) {
            t.materialise(height);
        }
    }
    let to = match t.pin(x.0) {
        Some(super::Place::P) => To::P,
        Some(_) => To::Q,
        None => To::W,
    };
    match (value.at, to) {
        (At::Open, _) => t.close(to, x.0),
        (_, To::W) => t.copy(value, t.stack.len(), To::S, x.0),
        _ => t.copy(value, t.stack.len(), to, 0),
    }
}

pub(crate) fn local_tee(t: &mut Translator<'_>, x: LocalIdx) {
    local_set(t, x);
    t.push_local(x.0);
}

pub(crate) fn global_get(t: &mut Translator<'_>, x: GlobalIdx) {
    let kind = Kind::of(t.module.env().global(x).content);
    t.operate(Operation::global_reading(kind), &[x.0]);
}

pub(crate) fn global_set(t: &mut Translator<'_>, x: GlobalIdx) {
    let kind = Kind::of(t.module.env().global(x).content);
    t.operate(Operation::global_writing(kind), &[x.0]);
}

/// Where a branch goes, and with how many values.
struct Target {
    label: LabelId,
    base: usize,
    arity: usize,
    /// It leaves the function.
    function: bool,
}

impl Translator<'_> {
    fn enter_block(&mut self, kind: BlockKind, bt: BlockType, label: LabelId) {
        let (params, results) = self.arity(bt);
        let types = match bt {
            BlockType::Empty => BlockTypes::Short(None),
            BlockType::Value(ty) => BlockTypes::Short(Some(ty)),
            BlockType::Func(ty) => BlockTypes::Func(ty),
        };
        let base = self.stack.len() - params;
        let (params, results) = (params as u32, results as u32);
        self.blocks.push(Block { kind, label, base, params, results, types });
    }

    /// Numbers of parameters and results.
    fn arity(&self, bt: BlockType) -> (usize, usize) {
        match bt {
            BlockType::Empty => (0, 0),
            BlockType::Value(_) => (0, 1),
            BlockType::Func(ty) => {
                let ty = self.module.env().type_func(ty);
                (ty.params().len(), ty.results().len())
            }
        }
    }

    /// Pushes values of a block's parameters or results, in their slots.
    fn push_types(&mut self, types: BlockTypes, count: usize, params: bool) {
        let module = self.module;
        for at in 0..count {
            let ty = match types {
                BlockTypes::Short(ty) => ty,
                BlockTypes::Function => Some(module.defined_signature(self.index).results()[at]),
                BlockTypes::Func(ty) => {
                    let ty = module.env().type_func(ty);
                    Some(if params { ty.params()[at] } else { ty.results()[at] })
                }
            };
            self.push_temp(ty.unwrap_or(ValType::I32));
        }
        self.settled = self.stack.len();
    }

    fn target(&self, l: LabelIdx) -> Target {
        let at = self.blocks.len() - 1 - l.0 as usize;
        let block = &self.blocks[at];
        let arity = if block.kind == BlockKind::Loop { block.params } else { block.results };
        Target {
            label: block.label,
            base: block.base,
            arity: arity as usize,
            function: block.kind == BlockKind::Function,
        }
    }

    /// Whether the values on top stand already where the label expects them.
    fn is_aligned(&self, target: &Target) -> bool {
        target.arity == 0 || self.stack.len() - target.arity == target.base
    }

    /// Moves the values on top to where the label expects them; they stay on the stack.
    fn branch_values(&mut self, target: &Target) {
        let first = self.stack.len() - target.arity;
        if self.is_aligned(target) {
            for height in first..self.stack.len() {
                self.materialise(height);
            }
        } else if target.arity <= 2 {
            for at in 0..target.arity {
                let (value, to) = (self.stack[first + at], self.temp(target.base + at));
                self.copy(value, first + at, To::S, to);
            }
        } else {
            for height in first..self.stack.len() {
                self.materialise(height);
            }
            let (from, to) = (self.temp(first), self.temp(target.base));
            self.fixed(Operation::CopyDown, &[from, to, target.arity as u32], None);
        }
    }

    fn jump(&mut self, label: LabelId) {
        let operands = self.fixed(Operation::Jump, &[0], None);
        self.code.target(operands, 0, label);
    }

    /// Branches if a reference, in the slot above the stack, is null or is not.
    fn branch_on_null(&mut self, reference: super::Operand, null: bool, label: LabelId) {
        self.push(reference.kind, reference.at);
        self.operate(Operation::RefIsNull, &[]);
        let condition = self.pop();
        self.branch_if(condition, null, label);
    }

    /// Returns the values on top.
    fn leave(&mut self) {
        match self.results {
            0 => {
                self.spill();
                self.fixed(Operation::Return, &[], None);
            }
            1 => {
                let kind = self.stack.last().map_or(Kind::Int, |value| value.kind);
                self.operate(Operation::returning(kind), &[]);
            }
            count => {
                let first = self.stack.len() - count;
                self.spill();
                for height in first..self.stack.len() {
                    self.materialise(height);
                }
                self.fixed(Operation::ReturnMany, &[self.temp(first), count as u32], None);
            }
        }
    }
}
