//! Bodies of functions.
//!
//! Expressions are trees over many locals. Between any two operands a whole statement may stand:
//! it assigns locals whose old values wait on the stack, branches out with values, loops, calls.
//! Loops count down a local of their own; what else may take long is for fuel to stop.

mod call;
mod control;
mod memory;

use std::collections::HashSet;

use wasm_encoder::{Instruction, ValType};

use super::operations::{Note, OPERATIONS, Operation};
use super::{Body, Program, TYPES, types};
use crate::random::Random;

/// Writes a body.
pub(super) struct Writer<'p> {
    program: &'p mut Program,
    random: &'p mut Random,
    /// Rank of the function.
    rank: usize,
    params: usize,
    /// Types of all locals.
    locals: Vec<ValType>,
    /// Locals that count loops: nothing else assigns them.
    counters: HashSet<u32>,
    /// What a branch to each open block takes, the innermost last.
    labels: Vec<Vec<ValType>>,
    /// Which of them are loops: a branch there is not counted.
    loops: Vec<usize>,
    /// How many more nodes may be written.
    budget: usize,
    code: Vec<Instruction<'static>>,
}

impl<'p> Writer<'p> {
    /// A writer of the body of a function.
    pub(super) fn new(program: &'p mut Program, random: &'p mut Random, function: usize) -> Self {
        let (params, results) = program.types[program.functions[function].ty as usize].clone();
        let mut locals = params.clone();
        // Some functions have few types, so that two locals of one are pinned and others are not.
        let few: Vec<ValType> = (0..1 + random.below(4))
            .map(|_| *random.pick(&TYPES))
            .collect();
        locals.extend((0..random.below(10)).map(|_| *random.pick(&few)));
        // Many are set to zero at a cost of their own.
        if random.chance(12) {
            locals.extend((0..random.below(300)).map(|_| *random.pick(&few)));
        }
        let budget = [8, 20, 60, 200][random.below(4)];
        Self {
            rank: program.functions[function].rank,
            program,
            random,
            params: params.len(),
            locals,
            counters: HashSet::new(),
            labels: vec![results],
            loops: Vec::new(),
            budget,
            code: Vec::new(),
        }
    }

    /// Writes the body.
    pub(super) fn write(mut self) -> Body {
        while self.budget > 0 && !self.random.chance(12) {
            self.statement();
        }
        let results = self.labels[0].clone();
        self.values(&results);
        Body {
            locals: self.locals.split_off(self.params),
            code: self.code,
        }
    }

    fn emit(&mut self, instruction: Instruction<'static>) {
        self.code.push(instruction);
    }

    fn values(&mut self, types: &[ValType]) {
        for &ty in types {
            self.value(ty);
            if self.budget > 0 && self.random.chance(8) {
                self.statement();
            }
        }
    }

    /// Pushes a value.
    fn value(&mut self, ty: ValType) {
        if self.budget == 0 || self.labels.len() > 12 {
            return self.leaf(ty);
        }
        self.budget -= 1;
        match self.random.below(24) {
            0..6 => self.leaf(ty),
            6..13 => self.operation(ty),
            13 => self.load(ty),
            14 => self.select(ty),
            15..17 => self.tee(ty),
            17..19 => self.block(Some(ty)),
            19 => self.table_branch(ty),
            20 => self.branch_if(Some(ty)),
            21 => self.call(Some(ty)),
            22 => self.global_get(ty),
            _ if ty == ValType::I32 => self.condition(),
            _ => self.operation(ty),
        }
    }

    /// Leaves the stack as it is.
    fn statement(&mut self) {
        if self.budget == 0 || self.labels.len() > 12 {
            return;
        }
        self.budget -= 1;
        match self.random.below(16) {
            0..6 => self.assign(),
            6..8 => self.store(),
            8..10 => self.block(None),
            10 => self.branch_if(None),
            11 => self.leave(),
            12 => self.call(None),
            13 => match self.random.below(3) {
                0 => self.bulk(),
                1 => self.memory(),
                _ => self.table(),
            },
            14 => {
                let ty = *self.random.pick(&TYPES);
                self.value(ty);
                let global = self.global(ty, true);
                self.emit(Instruction::GlobalSet(global));
            }
            _ => {
                let ty = *self.random.pick(&TYPES);
                self.value(ty);
                self.emit(Instruction::Drop);
            }
        }
    }

    fn leaf(&mut self, ty: ValType) {
        match self.local(ty, true) {
            Some(local) if !self.random.chance(3) => self.emit(Instruction::LocalGet(local)),
            _ => self.constant(ty),
        }
    }

    fn constant(&mut self, ty: ValType) {
        let (integer, float) = (self.random.integer(), self.random.float());
        self.emit(match ty {
            ValType::I64 => Instruction::I64Const(integer),
            ValType::F32 => Instruction::F32Const((float as f32).into()),
            ValType::F64 => Instruction::F64Const(float.into()),
            _ => Instruction::I32Const(integer as i32),
        });
    }

    /// A local of a type, if there is one; a counter only to read it.
    fn local(&mut self, ty: ValType, read: bool) -> Option<u32> {
        let fits = |&local: &u32| {
            self.locals[local as usize] == ty && (read || !self.counters.contains(&local))
        };
        let all: Vec<u32> = (0..self.locals.len() as u32).filter(fits).collect();
        (!all.is_empty()).then(|| *self.random.pick(&all))
    }

    fn operation(&mut self, ty: ValType) {
        let fits = |operation: &&Operation| operation.result == ty;
        let all: Vec<&Operation> = OPERATIONS.iter().filter(fits).collect();
        let mut chosen = *self.random.pick(&all);
        if chosen.is(Note::Traps) && !self.random.chance(10) {
            chosen = *self.random.pick(&all);
        }
        self.apply(chosen);
    }

    fn apply(&mut self, operation: &Operation) {
        for &ty in operation.operands {
            self.value(ty);
            if operation.is(Note::ShowsNan) {
                self.canonical(ty);
            }
            if self.budget > 0 && self.random.chance(8) {
                self.statement();
            }
        }
        if operation.is(Note::Divides) && !self.random.chance(10) {
            self.odd(operation.result);
        }
        self.emit(operation.instruction.clone());
    }

    /// Makes the divisor on top something else than zero.
    fn odd(&mut self, ty: ValType) {
        if ty == ValType::I64 {
            self.emit(Instruction::I64Const(1));
            self.emit(Instruction::I64Or);
        } else {
            self.emit(Instruction::I32Const(1));
            self.emit(Instruction::I32Or);
        }
    }

    /// Makes a NaN on top the one that all engines agree on.
    fn canonical(&mut self, ty: ValType) {
        let (nan, same) = match ty {
            ValType::F32 => (Instruction::F32Const(f32::NAN.into()), Instruction::F32Eq),
            ValType::F64 => (Instruction::F64Const(f64::NAN.into()), Instruction::F64Eq),
            _ => return,
        };
        let local = self.fresh(ty);
        self.emit(Instruction::LocalTee(local));
        self.emit(nan);
        self.emit(Instruction::LocalGet(local));
        self.emit(Instruction::LocalGet(local));
        self.emit(same);
        self.emit(Instruction::Select);
    }

    fn fresh(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        self.locals.len() as u32 - 1
    }

    /// Pushes a truth value, as comparisons give it.
    fn condition(&mut self) {
        let compares = |operation: &&Operation| operation.is(Note::Compares);
        let all: Vec<&Operation> = OPERATIONS.iter().filter(compares).collect();
        let chosen = *self.random.pick(&all);
        self.apply(chosen);
        if self.random.chance(6) {
            self.emit(Instruction::I32Eqz);
        }
    }

    fn test(&mut self) {
        if self.random.chance(3) {
            self.value(ValType::I32);
        } else {
            self.condition();
        }
    }

    fn select(&mut self, ty: ValType) {
        self.values(&[ty, ty]);
        self.test();
        let typed = self.random.chance(4);
        self.emit(if typed {
            Instruction::TypedSelect(ty)
        } else {
            Instruction::Select
        });
    }

    fn tee(&mut self, ty: ValType) {
        self.value(ty);
        if let Some(local) = self.local(ty, false) {
            self.emit(Instruction::LocalTee(local));
        }
    }

    fn assign(&mut self) {
        let ty = *self.random.pick(&TYPES);
        if let Some(local) = self.local(ty, false) {
            self.value(ty);
            self.emit(Instruction::LocalSet(local));
        }
    }

    fn global_get(&mut self, ty: ValType) {
        let global = self.global(ty, false);
        self.emit(Instruction::GlobalGet(global));
    }

    /// A global of a type, which every program has for each type.
    fn global(&mut self, ty: ValType, writes: bool) -> u32 {
        let globals = (0..).zip(&self.program.globals);
        let fits =
            globals.filter(|(_, global)| global.val_type == ty && (global.mutable || !writes));
        let all: Vec<u32> = fits.map(|(index, _)| index).collect();
        *self.random.pick(&all)
    }

    /// Takes values off the stack but for one of the type wanted.
    fn consume(&mut self, types: &[ValType], wanted: Option<ValType>) {
        let kept = wanted.is_some() && types.first() == wanted.as_ref() && !self.random.chance(3);
        for &ty in types[usize::from(kept)..].iter().rev() {
            match self.local(ty, false) {
                Some(local) if !self.random.chance(3) => self.emit(Instruction::LocalSet(local)),
                _ => self.emit(Instruction::Drop),
            }
        }
        if let Some(wanted) = wanted
            && !kept
        {
            self.value(wanted);
        }
    }

    fn results(&mut self, wanted: Option<ValType>) -> Vec<ValType> {
        let mut results = types(self.random, 3);
        if let Some(wanted) = wanted
            && !self.random.chance(4)
        {
            results.insert(0, wanted);
        }
        results
    }
}
