//! Rows with a `control` cell: what the fast engine makes of them.
//!
//! One function a cell, of the cell's name; what they share is in [`block`](super::block) and
//! [`call`](super::call).

use super::Translator;
use super::arity::Arity;
use super::block::{Block, BlockKind, Target};
use super::emit::ENTRY;
use super::operand::{At, Place, To};
use crate::exec::slot;
use crate::fast::operations::Operation;
use crate::fast::register::RegisterClass;
use crate::module::code::halves;
use crate::spec::Rate;
use crate::types::{
    BlockType, FuncIdx, GlobalIdx, LabelIdx, Labels, LocalIdx, TableIdx, TypeIdx, ValTypes,
};

pub(crate) fn unreachable(t: &mut Translator<'_>) {
    t.spill();
    t.placed(Operation::Unreachable, &[]);
    t.dead = Some(0);
}

pub(crate) fn nop(_: &mut Translator<'_>) {}

pub(crate) fn block(t: &mut Translator<'_>, bt: BlockType) {
    let label = t.code.label();
    t.enter_block(BlockKind::Block, bt, label);
}

pub(crate) fn loop_(t: &mut Translator<'_>, bt: BlockType) {
    t.spill();
    let params = t.arity(bt).0.slots;
    t.settle_all(params);
    let is_leaf = t.plan.is_leaf(t.loops);
    t.enter_loop(t.loops);
    t.loops += 1;
    if is_leaf {
        t.fixed(Operation::LoopHead, &[]);
    }
    let label = t.code.here();
    t.leaf = is_leaf.then_some(label);
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
    let params = t.arity(bt).0.slots;
    t.settle_all(params);
    t.branch_if(condition, false, otherwise);
    t.enter_block(BlockKind::If(otherwise), bt, label);
    t.begin_charge();
}

pub(crate) fn else_(t: &mut Translator<'_>) {
    let found = t.blocks.pop();
    let Some(block) = t.known(found, "block", 0) else {
        return;
    };
    let (label, base, results) = (block.label, block.base, block.results.slots);
    let types = block.types;
    let otherwise = match block.kind {
        BlockKind::If(otherwise) => Some(otherwise),
        _ => None,
    };
    let Some(otherwise) = t.known(otherwise, "`if` of an `else`", 0) else {
        return;
    };
    if t.dead.take().is_none() {
        t.spill();
        t.settle_all(results);
        t.jump(label);
    }
    t.blocks.push(Block {
        kind: BlockKind::Else,
        number: t.unset.number(),
        ..block
    });
    t.truncate(base);
    t.push_block(types, true);
    t.code.bind(otherwise);
    t.forget();
    t.begin_charge();
}

pub(crate) fn end(t: &mut Translator<'_>) {
    let found = t.blocks.pop();
    let Some(block) = t.known(found, "block", 0) else {
        return;
    };
    let results = block.results.slots;
    let reached = t.dead.is_none();
    let joined = match block.kind {
        BlockKind::If(_) => true,
        BlockKind::Loop => {
            if t.leaf.take().is_some() {
                t.code.end_loop();
            }
            t.leave_loop();
            false
        }
        BlockKind::Function | BlockKind::Block | BlockKind::Else => t.code.is_used(block.label),
    };
    if joined {
        if reached {
            t.spill();
            t.settle_all(results);
        }
        t.dead = None;
        // If this is reached, the results stand there already.
        if !reached {
            t.truncate(block.base);
            t.push_block(block.types, false);
        }
        if let BlockKind::If(otherwise) = block.kind {
            t.code.bind(otherwise);
        }
        t.code.bind(block.label);
        t.forget();
    } else if block.kind != BlockKind::Loop {
        t.code.release(block.label);
    }
    match block.kind {
        BlockKind::Function => {
            if t.dead.is_none() {
                if joined && Rate::MOVED.fuel(t.results.values as u64) > 0 {
                    t.begin_charge();
                }
                t.leave();
            }
            t.end_function();
        }
        _ if joined => t.begin_charge(),
        _ => {}
    }
}

pub(crate) fn br(t: &mut Translator<'_>, l: LabelIdx) {
    let target = t.target(l);
    if !t.is_aligned(&target) {
        t.charge_for(Rate::MOVED, target.arity.values);
    }
    match target {
        Target { function: true, .. } => t.leave(),
        target => {
            t.spill();
            t.settle_below(target.base);
            t.branch_values(&target);
            t.jump_to(&target);
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
    t.settle_all(target.arity.slots);
    if t.is_aligned(&target) {
        let way = t.way(l);
        t.branch_if(condition, true, way);
    } else {
        let skip = t.code.label();
        t.branch_if(condition, false, skip);
        t.charge_branch(&target);
        t.branch_values(&target);
        t.jump_to(&target);
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
    t.settle_all(arity.slots);
    let (from, count) = (t.temp(t.stack.len() - arity.slots), l.len() as u32);
    let aligned = l.iter().all(|depth| t.is_aligned(&t.target(depth)));
    t.push(index.kind, index.at);
    let (operands, words, behind) = if aligned {
        let (operands, own) = t.operand_instruction(Operation::BrTable, &[count]);
        (operands, own + 1, own + 1)
    } else {
        // Each target says besides where the values move to; what that costs is paid on the way.
        let moved = t.price(Rate::MOVED, arity.values);
        let words = [moved, from, arity.slots as u32, count];
        let (operands, own) = t.operand_instruction(Operation::BrTableMany, &words);
        (operands, own + words.len(), 0)
    };
    t.code.begin_table(operands, words);
    for depth in l.iter() {
        let (target, way) = (t.target(depth), t.way(depth));
        t.code.table_target(behind, way);
        if !aligned {
            t.code.table_word(t.temp(target.base));
        }
    }
    t.code.end_table();
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
    t.settle_all(target.arity.slots);
    let skip = t.code.label();
    t.branch_on_null(reference, false, skip);
    t.charge_branch(&target);
    t.branch_values(&target);
    t.jump_to(&target);
    t.code.bind(skip);
    t.forget();
    t.push(RegisterClass::Int, At::Temp);
    t.begin_charge();
}

/// Branches if the reference on top is not null, with it; otherwise drops it.
pub(crate) fn br_on_non_null(t: &mut Translator<'_>, l: LabelIdx) {
    let height = t.stack.len() - 1;
    t.materialise(height);
    let target = t.target(l);
    t.settle_all(target.arity.slots);
    let skip = t.code.label();
    let reference = t.pop();
    t.branch_on_null(reference, true, skip);
    t.push(RegisterClass::Int, At::Temp);
    t.charge_branch(&target);
    t.branch_values(&target);
    t.jump_to(&target);
    t.pop();
    t.code.bind(skip);
    t.forget();
    t.begin_charge();
}

pub(crate) fn ref_as_non_null(t: &mut Translator<'_>) {
    let height = t.stack.len() - 1;
    t.materialise(height);
    t.operate(Operation::NonNullOrTrap, &[]);
    t.push(RegisterClass::Int, At::Temp);
}

pub(crate) fn call(t: &mut Translator<'_>, f: FuncIdx) {
    let ty = t.func(f);
    let base = t.arguments(slot::count(ty.params()), 0);
    let frame = t.temp(base);
    let own = t.module.env().imported_funcs() + t.index;
    match t.cell(f) {
        Some(_) if f.0 == own => {
            let operands = t.placed(t.calling_self(), &[0, frame]);
            t.code.target(operands, 0, ENTRY);
        }
        Some(cell) => {
            let [low, high] = halves(cell as u64);
            t.placed(t.calling(), &[low, high, frame]);
        }
        None => {
            t.placed(Operation::CallImport, &[f.0, frame]);
        }
    }
    t.end_call(base, ty.results());
}

pub(crate) fn call_indirect(t: &mut Translator<'_>, y: TypeIdx, x: TableIdx) {
    let ty = t.func_type(y);
    let base = t.arguments(slot::count(ty.params()), 1);
    let words = [t.module.type_id(y).0, x.0, t.temp(base)];
    let wide = t.is_wide_table(x);
    let operation = if wide {
        Operation::CallIndirect64
    } else {
        Operation::CallIndirect
    };
    t.operate(operation, &words);
    t.end_call(base, ty.results());
}

pub(crate) fn call_ref(t: &mut Translator<'_>, y: TypeIdx) {
    let ty = t.func_type(y);
    let base = t.arguments(slot::count(ty.params()), 1);
    let words = [t.temp(base)];
    t.operate(Operation::CallRef, &words);
    t.end_call(base, ty.results());
}

pub(crate) fn return_call(t: &mut Translator<'_>, f: FuncIdx) {
    let arity = Arity::of(t.func(f).params());
    t.charge_for(Rate::MOVED, arity.values);
    let base = t.arguments(arity.slots, 0);
    let (from, count) = (t.temp(base), arity.slots as u32);
    match t.cell(f) {
        Some(cell) => {
            let [low, high] = halves(cell as u64);
            t.placed(Operation::ReturnCall, &[low, high, from, count]);
        }
        None => {
            t.placed(Operation::ReturnCallImport, &[f.0, from, count]);
        }
    }
    t.dead = Some(0);
}

pub(crate) fn return_call_indirect(t: &mut Translator<'_>, y: TypeIdx, x: TableIdx) {
    let arity = Arity::of(t.func_type(y).params());
    t.charge_for(Rate::MOVED, arity.values);
    let base = t.arguments(arity.slots, 1);
    let words = [t.module.type_id(y).0, x.0, t.temp(base), arity.slots as u32];
    let wide = t.is_wide_table(x);
    t.operate(
        if wide {
            Operation::ReturnCallIndirect64
        } else {
            Operation::ReturnCallIndirect
        },
        &words,
    );
    t.dead = Some(0);
}

pub(crate) fn return_call_ref(t: &mut Translator<'_>, y: TypeIdx) {
    let arity = Arity::of(t.func_type(y).params());
    t.charge_for(Rate::MOVED, arity.values);
    let base = t.arguments(arity.slots, 1);
    let words = [t.temp(base), arity.slots as u32];
    t.operate(Operation::ReturnCallRef, &words);
    t.dead = Some(0);
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
    let slot = t.locals.slot(x);
    t.reads(slot);
    t.push_local(slot);
}

pub(crate) fn local_set(t: &mut Translator<'_>, x: LocalIdx) {
    let local = t.locals.slot(x);
    let value = t.pop();
    if value.at == At::Local(local) {
        return;
    }
    t.sets(local);
    if value.at != At::Open {
        t.spill();
    }
    while let Some(height) = t.stack.note_of(local) {
        t.materialise(height);
    }
    let to = match t.pin(local) {
        Some(Place::P) => To::P,
        Some(_) => To::Q,
        None => To::W,
    };
    match (value.at, to) {
        (At::Open, _) => t.close(to, local),
        (_, To::W) => t.copy(value, t.stack.len(), To::S, local),
        _ => t.copy(value, t.stack.len(), to, 0),
    }
}

pub(crate) fn local_tee(t: &mut Translator<'_>, x: LocalIdx) {
    local_set(t, x);
    local_get(t, x);
}

pub(crate) fn global_get(t: &mut Translator<'_>, x: GlobalIdx) {
    let kind = t.global(x);
    t.operate(Operation::global_reading(kind), &[x.0]);
}

pub(crate) fn global_set(t: &mut Translator<'_>, x: GlobalIdx) {
    let kind = t.global(x);
    t.operate(Operation::global_writing(kind), &[x.0]);
}
