//! Blocks and branches of bodies.
//!
//! Blocks take and give values of several types, and branches leave them with operands that have to
//! be dropped: what engines compute when they translate is what this is to try.

use wasm_encoder::{BlockType, Instruction, ValType};

use super::Writer;
use crate::program::types;

impl Writer<'_> {
    /// A block, loop or condition, with parameters and results.
    pub(super) fn block(&mut self, wanted: Option<ValType>) {
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

    pub(super) fn block_type(&mut self, params: &[ValType], results: &[ValType]) -> BlockType {
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
    pub(super) fn arm(&mut self, label: &[ValType], params: &[ValType], results: &[ValType]) {
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
    pub(super) fn counted(&mut self, params: &[ValType], results: &[ValType]) {
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
    pub(super) fn table_branch(&mut self, wanted: ValType) {
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
    pub(super) fn label(&mut self) -> (usize, Vec<ValType>) {
        loop {
            let at = self.random.below(self.labels.len());
            if !self.loops.contains(&at) || self.random.chance(30) {
                return (self.labels.len() - 1 - at, self.labels[at].clone());
            }
        }
    }

    pub(super) fn branch_if(&mut self, wanted: Option<ValType>) {
        let (depth, carried) = self.label();
        self.values(&carried);
        self.test();
        self.emit(Instruction::BrIf(depth as u32));
        self.consume(&carried, wanted);
    }

    /// Leaves a block or the function on some condition.
    pub(super) fn leave(&mut self) {
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
}
