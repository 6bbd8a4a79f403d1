//! Bodies of functions.
//!
//! Expressions are trees over many locals. Between any two operands a whole statement may stand:
//! it assigns locals whose old values wait on the stack, branches out with values, loops, calls.
//! Loops count down a local of their own; what else may take long is for fuel to stop.

use std::collections::HashSet;

use wasm_encoder::{BlockType, HeapType, Instruction, MemArg, MemArgTarget, ValType};

use super::operations::{ACCESSES, Access, Note, OPERATIONS, Operation};
use super::{Body, Callee, Place, Program, Slot, TYPES, types};
use crate::random::Random;

/// A page of a memory.
const PAGE: i64 = 0x1_0000;

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

    /// Pushes an address, almost always one within the memory.
    fn address(&mut self, align: u32) -> MemArg {
        let memory = self.random.below(self.program.memories.len());
        let inside = !self.random.chance(40);
        let (constant, and, ty): (fn(i64) -> _, _, _) = if self.program.memories[memory] {
            (Instruction::I64Const, Instruction::I64And, ValType::I64)
        } else {
            let constant = |value| Instruction::I32Const(value as i32);
            (constant, Instruction::I32And, ValType::I32)
        };
        if inside && self.random.chance(3) {
            let address = self.random.below(64) as i64;
            self.emit(constant(address));
        } else {
            self.value(ty);
            if inside {
                self.emit(constant(PAGE / 2 - 1));
                self.emit(and);
            }
        }
        let offset = match self.random.below(3) {
            0 => 0,
            1 => self.random.below(16) as u64,
            _ if inside => self.random.below(PAGE as usize / 2 - 8) as u64,
            _ if ty == ValType::I64 => self.random.integer() as u64,
            _ => self.random.integer() as u32 as u64,
        };
        MemArg {
            offset,
            align: self.random.below(align as usize + 1) as u32,
            target: MemArgTarget::Memory(memory as u32),
            ordering: None,
        }
    }

    fn load(&mut self, ty: ValType) {
        let fits = |access: &&Access| access.ty == ty && !access.stores;
        let all: Vec<&Access> = ACCESSES.iter().filter(fits).collect();
        let chosen = *self.random.pick(&all);
        let at = self.address(chosen.align);
        self.emit((chosen.instruction)(at));
    }

    fn store(&mut self) {
        let all: Vec<&Access> = ACCESSES.iter().filter(|access| access.stores).collect();
        let chosen = *self.random.pick(&all);
        let at = self.address(chosen.align);
        if self.random.chance(4) {
            self.statement();
        }
        self.value(chosen.ty);
        self.canonical(chosen.ty);
        self.emit((chosen.instruction)(at));
    }

    fn memory(&mut self) {
        let memory = self.random.below(self.program.memories.len());
        let ty = if self.program.memories[memory] {
            ValType::I64
        } else {
            ValType::I32
        };
        let memory = memory as u32;
        if self.random.chance(2) {
            self.value(ty);
            self.emit(Instruction::MemoryGrow(memory));
        } else {
            self.emit(Instruction::MemorySize(memory));
        }
        match self.local(ty, false) {
            Some(local) => self.emit(Instruction::LocalSet(local)),
            None => self.emit(Instruction::Drop),
        }
    }

    /// Fills a memory or copies from one to another, seldom out of bounds, often a lot.
    fn bulk(&mut self) {
        let count = self.program.memories.len();
        let [to, from] = [(); 2].map(|()| self.random.below(count));
        let fills = self.random.chance(2);
        self.place(to);
        if fills {
            self.value(ValType::I32);
        } else {
            self.place(from);
        }
        let is_64 = self.program.memories[to] && (fills || self.program.memories[from]);
        let length = match self.random.below(4) {
            0 => self.random.below(64) as i64,
            1 => self.random.below(4_096) as i64,
            2 => self.random.below(PAGE as usize / 2) as i64,
            _ if self.random.chance(10) => self.random.integer(),
            _ => PAGE / 2,
        };
        self.emit(if is_64 {
            Instruction::I64Const(length)
        } else {
            Instruction::I32Const(length as i32)
        });
        let (dst_mem, src_mem) = (to as u32, from as u32);
        self.emit(if fills {
            Instruction::MemoryFill(dst_mem)
        } else {
            Instruction::MemoryCopy { src_mem, dst_mem }
        });
    }

    /// Pushes an address in the first half of a page of a memory.
    fn place(&mut self, memory: usize) {
        if self.program.memories[memory] {
            self.value(ValType::I64);
            self.emit(Instruction::I64Const(PAGE / 2 - 1));
            self.emit(Instruction::I64And);
        } else {
            self.value(ValType::I32);
            self.emit(Instruction::I32Const(PAGE as i32 / 2 - 1));
            self.emit(Instruction::I32And);
        }
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

    /// A block, loop or condition, with parameters and results.
    fn block(&mut self, wanted: Option<ValType>) {
        let params = types(self.random, 3);
        let results = self.results(wanted);
        self.values(&params);
        match self.random.below(3) {
            0 => {
                let ty = self.block_type(&params, &results);
                self.emit(Instruction::Block(ty));
                self.arm(&results, &params, &results);
            }
            1 => self.counted(&params, &results),
            _ => {
                let one_armed = self.random.chance(3);
                let results = if one_armed { &params } else { &results };
                self.test();
                let ty = self.block_type(&params, results);
                self.emit(Instruction::If(ty));
                self.arm(results, &params, results);
                if !one_armed {
                    self.emit(Instruction::Else);
                    self.arm(results, &params, results);
                }
                self.emit(Instruction::End);
                return self.consume(&results.clone(), wanted);
            }
        }
        self.emit(Instruction::End);
        self.consume(&results, wanted);
    }

    fn block_type(&mut self, params: &[ValType], results: &[ValType]) -> BlockType {
        match (params, results) {
            ([], []) => BlockType::Empty,
            ([], [result]) => BlockType::Result(*result),
            _ => {
                let signature = (params.to_vec(), results.to_vec());
                BlockType::FunctionType(self.program.type_index(signature))
            }
        }
    }

    /// What is inside a block, up to its results.
    fn arm(&mut self, label: &[ValType], params: &[ValType], results: &[ValType]) {
        self.labels.push(label.to_vec());
        if params == results && self.random.chance(4) {
            self.statement();
        } else {
            if self.random.chance(4) {
                self.statement();
            }
            self.consume(params, None);
            for _ in 0..self.random.below(4) {
                self.statement();
            }
            self.values(results);
        }
        self.labels.pop();
    }

    /// A loop that runs a few times.
    fn counted(&mut self, params: &[ValType], results: &[ValType]) {
        let counter = self.fresh(ValType::I32);
        self.counters.insert(counter);
        let times = self.random.below(5) as i32 + 1;
        self.emit(Instruction::I32Const(times));
        self.emit(Instruction::LocalSet(counter));
        let ty = self.block_type(params, results);
        self.emit(Instruction::Loop(ty));
        self.loops.push(self.labels.len());
        self.arm(params, params, params);
        self.labels.push(params.to_vec());
        self.emit(Instruction::LocalGet(counter));
        self.emit(Instruction::I32Const(-1));
        self.emit(Instruction::I32Add);
        self.emit(Instruction::LocalTee(counter));
        if self.random.chance(3) {
            self.emit(Instruction::I32Const(0));
            self.emit(Instruction::I32GtS);
        }
        self.emit(Instruction::BrIf(0));
        self.consume(params, None);
        self.values(results);
        self.labels.pop();
        self.loops.pop();
    }

    /// Nested blocks, left by a table of branches.
    fn table_branch(&mut self, wanted: ValType) {
        let mut carried = types(self.random, 3);
        carried.insert(0, wanted);
        let depth = 1 + self.random.below(4);
        let ty = self.block_type(&[], &carried);
        for _ in 0..depth {
            self.emit(Instruction::Block(ty));
            self.labels.push(carried.clone());
        }
        self.values(&carried);
        let top = self.labels.len() - 1;
        let targets: Vec<u32> = (0..=top)
            .filter(|&depth| self.labels[top - depth] == carried)
            .filter(|&depth| !self.loops.contains(&(top - depth)))
            .map(|depth| depth as u32)
            .collect();
        let count = self.random.below(6);
        let listed: Vec<u32> = (0..count).map(|_| *self.random.pick(&targets)).collect();
        self.value(ValType::I32);
        if self.random.chance(2) {
            self.emit(Instruction::I32Const(3));
            self.emit(Instruction::I32And);
        }
        self.emit(Instruction::BrTable(listed.into(), 0));
        for _ in 0..depth {
            self.emit(Instruction::End);
            self.labels.pop();
            self.consume(&carried, None);
            self.statement();
            self.values(&carried);
        }
        // The last values stand for those of the outermost block.
        self.consume(&carried, Some(wanted));
    }

    /// An open block, seldom a loop, and what a branch there takes.
    fn label(&mut self) -> (usize, Vec<ValType>) {
        loop {
            let at = self.random.below(self.labels.len());
            if !self.loops.contains(&at) || self.random.chance(30) {
                return (self.labels.len() - 1 - at, self.labels[at].clone());
            }
        }
    }

    fn branch_if(&mut self, wanted: Option<ValType>) {
        let (depth, carried) = self.label();
        self.values(&carried);
        self.test();
        self.emit(Instruction::BrIf(depth as u32));
        self.consume(&carried, wanted);
    }

    /// Leaves a block or the function on some condition.
    fn leave(&mut self) {
        self.test();
        self.emit(Instruction::If(BlockType::Empty));
        self.labels.push(Vec::new());
        let results = self.labels[0].clone();
        let mut alike = self.callees();
        alike.retain(|(callee, _)| self.program.types[callee.ty as usize].1 == results);
        match self.random.below(4) {
            0 => {
                self.values(&results);
                self.emit(Instruction::Return);
            }
            1 if !alike.is_empty() => {
                let (callee, way) = *self.random.pick(&alike);
                self.enter(callee, way, true);
            }
            _ => {
                let (depth, carried) = self.label();
                self.values(&carried);
                self.emit(Instruction::Br(depth as u32));
            }
        }
        self.labels.pop();
        self.emit(Instruction::End);
    }

    /// What this function calls, and how: that of a higher rank, so that calls end.
    fn callees(&self) -> Vec<(Callee, Way)> {
        let mut all = self.referents();
        if !self.program.is_linked() {
            all.retain(|(_, way)| !matches!(way, Way::Reference(_)));
        }
        let functions = (0..).zip(&self.program.functions);
        all.extend(functions.map(|(index, &callee)| (callee, Way::Direct(index))));
        all.retain(|(callee, _)| callee.rank > self.rank);
        all
    }

    /// What there are references to, and where.
    fn referents(&self) -> Vec<(Callee, Way)> {
        let functions = (0..).zip(&self.program.functions);
        let functions = functions.map(|(index, &callee)| (callee, Way::Reference(index)));
        let slots = self.program.slots.iter();
        let slots = slots.map(|slot| (slot.callee, Way::Place(slot.place)));
        functions.chain(slots).collect()
    }

    fn call(&mut self, wanted: Option<ValType>) {
        let callees = self.callees();
        if callees.is_empty() {
            return self.consume(&[], wanted);
        }
        let (callee, way) = *self.random.pick(&callees);
        self.enter(callee, way, false);
        let results = self.program.types[callee.ty as usize].1.clone();
        self.consume(&results, wanted);
    }

    /// Calls with arguments, as the last thing that this function does or not.
    fn enter(&mut self, Callee { ty, .. }: Callee, way: Way, last: bool) {
        let params = self.program.types[ty as usize].0.clone();
        self.values(&params);
        let call = match way {
            Way::Direct(function) if last => Instruction::ReturnCall(function),
            Way::Direct(function) => Instruction::Call(function),
            Way::Place(Place::Element { table, index }) => {
                if self.random.chance(20) {
                    self.value(ValType::I32);
                } else {
                    self.emit(Instruction::I32Const(index as i32));
                }
                let (type_index, table_index) = (ty, table);
                match last {
                    true => Instruction::ReturnCallIndirect {
                        type_index,
                        table_index,
                    },
                    false => Instruction::CallIndirect {
                        type_index,
                        table_index,
                    },
                }
            }
            Way::Reference(_) | Way::Place(Place::Global(_)) => {
                self.reference(way);
                match last {
                    true => Instruction::ReturnCallRef(ty),
                    false => Instruction::CallRef(ty),
                }
            }
        };
        self.emit(call);
    }

    /// Pushes a reference to a function.
    fn reference(&mut self, way: Way) {
        match way {
            Way::Direct(function) | Way::Reference(function) => {
                self.emit(Instruction::RefFunc(function));
            }
            Way::Place(Place::Global(global)) => self.emit(Instruction::GlobalGet(global)),
            Way::Place(Place::Element { table, index }) => {
                self.emit(Instruction::I32Const(index as i32));
                self.emit(Instruction::TableGet(table));
            }
        }
    }

    /// Makes a table longer, or lets a place refer to another function that may stand there.
    fn table(&mut self) {
        if self.random.chance(4) {
            let table = self.random.below(self.program.tables.len()) as u32;
            self.emit(Instruction::RefNull(HeapType::FUNC));
            let count = self.random.below(4) as i32;
            self.emit(Instruction::I32Const(count));
            self.emit(Instruction::TableGrow(table));
            return self.consume(&[ValType::I32], None);
        }
        let slots = &self.program.slots;
        let Slot { callee, place } = *self.random.pick(slots);
        let mut referents = self.referents();
        referents.retain(|(other, way)| {
            let element = matches!(way, Way::Place(Place::Element { .. }));
            other.ty == callee.ty
                && other.rank >= callee.rank
                && !(element && matches!(place, Place::Global(_)))
        });
        let (_, way) = *self.random.pick(&referents);
        match place {
            Place::Element { table, index } => {
                self.emit(Instruction::I32Const(index as i32));
                self.reference(way);
                self.emit(Instruction::TableSet(table));
            }
            Place::Global(global) => {
                self.reference(way);
                self.emit(Instruction::GlobalSet(global));
            }
        }
    }
}

/// How a function is called.
#[derive(Clone, Copy)]
enum Way {
    Direct(u32),
    /// By a reference that is made there.
    Reference(u32),
    Place(Place),
}
