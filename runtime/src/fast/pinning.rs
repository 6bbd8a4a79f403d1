//! The hottest locals of a function, found while it is validated.
//!
//! Uses count eight times as much for each loop around them. Two integer locals and two of type
//! `f64` are pinned to registers; references never, so that nothing but slots holds them.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use super::form::form;
use super::operations::Operation;
use super::register::RegisterClass;
use super::translate::{Place, To};
use crate::generated::woven::instruction::Instruction;
use crate::module::pins::{Pin, Pins};
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::types::ValType;
use crate::validate::stack::FrameKind;
use crate::validate::{Effect, Header, List, LocalRun, Sink};

/// Counts the uses of locals in one function after the other. What a function costs here depends
/// on what it does, not on how many locals it declares.
#[derive(Default)]
pub(crate) struct Pinning {
    /// How much each local is used; zero for those that are not.
    weights: Vec<u64>,
    /// Those that are used.
    used: Vec<u16>,
    /// The locals of the function, as far as they can be pinned.
    runs: Vec<LocalRun>,
    /// Open loops.
    loops: u32,
    /// Loops so far.
    seen: u32,
    /// The number of the innermost open loop, as long as it has no loops and no calls.
    leaf: Option<u32>,
    /// A bit for each of the first loops that had none to their end.
    leaves: u64,
}

/// Locals behind these are never pinned: a body of a few bytes may declare many.
const COUNTED: usize = 1024;

/// Loops deeper than this weigh no more.
const DEEPEST: u32 = 8;
/// Bits by which a loop weighs its uses.
const LOOP_BITS: u32 = 3;

impl Pinning {
    /// The pins of the function that was counted last.
    pub(crate) fn finish(&mut self) -> Pins {
        // Of two that are used equally, the first is pinned.
        self.used.sort_unstable();
        Pins {
            integers: self.hottest(RegisterClass::Int, |ty| {
                ty == ValType::I32 || ty == ValType::I64
            }),
            floats: self.hottest(RegisterClass::F64, |ty| ty == ValType::F64),
            leaves: self.leaves,
        }
    }

    /// The two locals used most among those of a type; one, where the tier has no forms that
    /// read the second.
    fn hottest(&self, kind: RegisterClass, fits: impl Fn(ValType) -> bool) -> [Option<Pin>; 2] {
        let (mut best, mut weights) = ([None; 2], [0; 2]);
        for &local in &self.used {
            if !self.ty(local).is_some_and(&fits) {
                continue;
            }
            let pin = Pin::new(local + 1);
            let weight = self.weights[usize::from(local)];
            if weight > weights[0] {
                (best[1], weights[1]) = (best[0], weights[0]);
                (best[0], weights[0]) = (pin, weight);
            } else if weight > weights[1] {
                (best[1], weights[1]) = (pin, weight);
            }
        }
        let second = form(Operation::moving(kind), &[Place::Q], Some(To::S));
        [best[0], best[1].filter(|_| second.is_some())]
    }

    fn ty(&self, local: u16) -> Option<ValType> {
        let runs = &self.runs;
        let run = runs.get(runs.partition_point(|run| run.end <= u32::from(local)))?;
        Some(run.ty)
    }

    fn count(&mut self, local: u32) {
        let Some(weight) = self.weights.get_mut(local as usize) else {
            return;
        };
        if *weight == 0 {
            // There is room for all of them: this neither allocates nor aborts.
            self.used.push(local as u16);
        }
        *weight += 1 << (LOOP_BITS * self.loops.min(DEEPEST));
    }

    /// Makes room for all locals that can be pinned, once.
    fn reserve(&mut self) -> Result<(), TryReserveError> {
        if self.weights.is_empty() {
            self.used.try_reserve_exact(COUNTED)?;
            self.runs.try_reserve_exact(COUNTED)?;
            self.weights.try_reserve_exact(COUNTED)?;
            self.weights.resize(COUNTED, 0);
        }
        Ok(())
    }
}

impl<'a> Sink<'a> for Pinning {
    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject> {
        let memory = |_| Reject::new(ErrorCode::OutOfMemory, header.code);
        self.reserve().map_err(memory)?;
        while let Some(local) = self.used.pop() {
            self.weights[usize::from(local)] = 0;
        }
        self.runs.clear();
        // A run has a local at least, so that there is room for these.
        self.runs.extend(header.runs().take(COUNTED));
        (self.loops, self.seen) = (0, 0);
        (self.leaf, self.leaves) = (None, 0);
        Ok(())
    }

    #[inline]
    fn accept(&mut self, _: usize, i: &Instruction<'a>, effect: Effect<'_>) -> Result<(), Reject> {
        match *i {
            Instruction::LocalGet { x } | Instruction::LocalSet { x } => self.count(x.0),
            Instruction::LocalTee { x } => self.count(x.0),
            Instruction::Loop { .. } => {
                self.leaf = Some(self.seen);
                self.loops += 1;
                self.seen += 1;
            }
            Instruction::End if effect.ended.kind == FrameKind::Loop => {
                self.loops -= 1;
                let leaf = self.leaf.take();
                self.leaves |= leaf.map_or(0, |number| 1_u64.unbounded_shl(number));
            }
            Instruction::Call { .. }
            | Instruction::CallIndirect { .. }
            | Instruction::CallRef { .. } => self.leaf = None,
            _ => {}
        }
        Ok(())
    }
}
