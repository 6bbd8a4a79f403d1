//! Calls, and rows with a `hand` cell.
//!
//! Arguments stand in the slots at their height, in a row, where the callee's frame begins; the
//! results come back there, the first one in an accumulator as well.

use super::Translator;
use super::operand::{At, Words};
use crate::fast::code::halves;
use crate::fast::dispatch::Operation;
use crate::types::{FuncIdx, TableIdx, TypeIdx};

pub(crate) fn call(t: &mut Translator<'_>, f: FuncIdx) {
    let module = t.module;
    let ty = module.env().func_type(f);
    let base = t.arguments(ty.params().len(), 0);
    let frame = t.temp(base);
    match module.cell(f) {
        Some(cell) => {
            let [low, high] = halves(cell as u64);
            t.fixed(t.calling(), &[low, high, frame], Some(t.at));
        }
        None => {
            t.fixed(Operation::CallImport, &[f.0, frame], Some(t.at));
        }
    }
    t.end_call(base, ty.results());
}

pub(crate) fn call_indirect(t: &mut Translator<'_>, y: TypeIdx, x: TableIdx) {
    let module = t.module;
    let ty = module.env().type_func(y);
    let base = t.arguments(ty.params().len(), 1);
    let words = [module.type_id(y).0, x.0, t.temp(base)];
    let wide = module.env().table(x).is_64;
    let operation = if wide { Operation::CallIndirect64 } else { Operation::CallIndirect };
    t.operate(operation, &words);
    t.end_call(base, ty.results());
}

pub(crate) fn call_ref(t: &mut Translator<'_>, y: TypeIdx) {
    let ty = t.module.env().type_func(y);
    let base = t.arguments(ty.params().len(), 1);
    let words = [t.temp(base)];
    t.operate(Operation::CallRef, &words);
    t.end_call(base, ty.results());
}

pub(crate) fn return_call(t: &mut Translator<'_>, f: FuncIdx) {
    let module = t.module;
    let count = module.env().func_type(f).params().len();
    let base = t.arguments(count, 0);
    let (from, count) = (t.temp(base), count as u32);
    match module.cell(f) {
        Some(cell) => {
            let [low, high] = halves(cell as u64);
            t.fixed(Operation::ReturnCall, &[low, high, from, count], Some(t.at));
        }
        None => {
            t.fixed(Operation::ReturnCallImport, &[f.0, from, count], Some(t.at));
        }
    }
    t.dead = Some(0);
}

pub(crate) fn return_call_indirect(t: &mut Translator<'_>, y: TypeIdx, x: TableIdx) {
    let module = t.module;
    let count = module.env().type_func(y).params().len();
    let base = t.arguments(count, 1);
    let words = [module.type_id(y).0, x.0, t.temp(base), count as u32];
    let wide = module.env().table(x).is_64;
    t.operate(
        if wide { Operation::ReturnCallIndirect64 } else { Operation::ReturnCallIndirect },
        &words,
    );
    t.dead = Some(0);
}

pub(crate) fn return_call_ref(t: &mut Translator<'_>, y: TypeIdx) {
    let count = t.module.env().type_func(y).params().len();
    let base = t.arguments(count, 1);
    let words = [t.temp(base), count as u32];
    t.operate(Operation::ReturnCallRef, &words);
    t.dead = Some(0);
}

impl Translator<'_> {
    /// Calls a function that a row names in `hand`.
    pub(crate) fn hand(&mut self, operation: Operation, immediates: &[u32]) {
        let info = operation.info();
        let base = self.arguments(info.operands, 0);
        let mut words = Words::default();
        words.push(self.temp(base));
        words.extend(immediates);
        self.fixed(operation, words.as_slice(), info.placed.then_some(self.at));
        self.truncate(base);
        self.forget();
        if let Some(kind) = info.result {
            self.push(kind, At::Temp);
        }
    }

    /// Puts arguments into their slots, which stand below `above` operands; gives their height.
    fn arguments(&mut self, count: usize, above: usize) -> usize {
        let end = self.stack.len() - above;
        let base = end - count;
        if self.stack[end..].iter().all(|operand| operand.at != At::Open) {
            self.spill();
        }
        for height in base..end {
            self.materialise(height);
        }
        base
    }

    /// The call that saves the pins in use.
    fn calling(&self) -> Operation {
        match (self.pins.integers[0].is_some(), self.pins.floats[0].is_some()) {
            (false, false) => Operation::Call,
            (true, false) => Operation::CallInt,
            (false, true) => Operation::CallFloat,
            (true, true) => Operation::CallBoth,
        }
    }

    /// Takes the arguments off and puts the results on.
    fn end_call(&mut self, base: usize, results: &[crate::types::ValType]) {
        self.truncate(base);
        results.iter().for_each(|&ty| self.push_temp(ty));
        self.forget();
        if let Some(first) = self.stack.get(base) {
            self.held[first.kind as usize] = Some(self.temp(base));
        }
    }
}
