//! The hottest locals of a function, found before it is translated.
//!
//! Uses count eight times as much for each loop around them. Two integer locals and two of type
//! `f64` are pinned to registers; references never, so that nothing but slots holds them. A loop
//! without loops has locals of its own there, if these are used more in it than the function's are by
//! so much that it pays to exchange them before the loop and behind it.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::ops::Range;

use super::form::form;
use super::operations::Operation;
use super::register::RegisterClass;
use super::translate::{Place, To};
use crate::allocation::{boxed_list, reserve};
use crate::fast::pins::{FuncPins, LoopPins, Pin, Pins};
use crate::generated::woven::instruction::Instruction;
use crate::reject::Reject;
use crate::spec::ErrorCode;
use crate::types::ValType;
use crate::validate::{Header, List, LocalRun, Survey};

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
    /// For each open block whether it is a loop.
    blocks: Vec<bool>,
    /// Open loops.
    depth: u32,
    /// Loops so far.
    seen: u32,
    /// The innermost open loop, as long as it has no loops.
    innermost: Option<Innermost>,
    /// The loops without loops that have ended.
    loops: Vec<Innermost>,
    /// What these use: locals that can be pinned, each with how often once the loop has ended.
    uses: Vec<(u16, u32)>,
    /// A bit for each of the first loops that have no loops and no calls.
    leaves: u64,
    /// Where the module is to say that memory is short.
    code: usize,
}

/// A loop without loops.
#[derive(Clone)]
struct Innermost {
    /// Its number among the function's.
    number: u32,
    /// What its uses weigh, as a power of two.
    bits: u32,
    /// Whether there are calls in it.
    calls: bool,
    /// Its place among the uses.
    uses: Range<usize>,
}

/// Locals behind these are never pinned: a body of a few bytes may declare many.
const COUNTED: usize = 1024;

/// Loops deeper than this weigh no more.
const DEEPEST: u32 = 8;
/// Bits by which a loop weighs its uses.
const LOOP_BITS: u32 = 3;

/// A loop gets locals of its own if these are used so much more often in each of its rounds.
const GAIN: u64 = 5;

/// The two locals of a class that live in registers.
type Pair = [Option<Pin>; 2];

/// The classes of which locals are pinned.
const CLASSES: [RegisterClass; 2] = [RegisterClass::Int, RegisterClass::F64];

impl Pinning {
    /// What lives in registers of the function that was counted last.
    ///
    /// # Errors
    /// Memory is short.
    pub(crate) fn finish(&mut self) -> Result<FuncPins, Reject> {
        // Of two that are used equally, the first is pinned.
        self.used.sort_unstable();
        let [integers, floats] = CLASSES.map(|kind| self.choose(kind));
        let locals = Pins { integers, floats };
        let mut loops = Vec::new();
        for it in &self.loops {
            let [integers, floats] = [
                self.of_loop(it, RegisterClass::Int, integers),
                self.of_loop(it, RegisterClass::F64, floats),
            ];
            let own = Pins { integers, floats };
            if own != locals {
                reserve(&mut loops, 1).map_err(|_| self.out_of_memory())?;
                loops.push(LoopPins {
                    number: it.number,
                    locals: own,
                });
            }
        }
        let loops = boxed_list(loops.into_iter()).map_err(|_| self.out_of_memory())?;
        Ok(FuncPins {
            locals,
            loops,
            leaves: self.leaves,
        })
    }

    /// The function's two locals of a class: what the loops use that get locals of their own is not
    /// counted, unless there is nothing else.
    fn choose(&mut self, kind: RegisterClass) -> Pair {
        let all = self.hottest(kind, self.counted());
        for at in 0..self.loops.len() {
            let it = self.loops[at].clone();
            if self.of_loop(&it, kind, all) == all {
                continue;
            }
            for &(local, times) in &self.uses[it.uses] {
                let weight = &mut self.weights[usize::from(local)];
                *weight = weight.saturating_sub(u64::from(times) << it.bits);
            }
        }
        let others = self.hottest(kind, self.counted());
        if others[0].is_some() { others } else { all }
    }

    /// The two locals of a class that are pinned in a loop, if these are the function's.
    fn of_loop(&self, it: &Innermost, kind: RegisterClass, outer: Pair) -> Pair {
        let uses = &self.uses[it.uses.clone()];
        let weights = uses.iter().map(|&(local, times)| (local, u64::from(times)));
        let own = self.hottest(kind, weights.clone());
        let weight = |pair: Pair| -> u64 {
            let has = |local| pair.contains(&Pin::new(local + 1));
            let pinned = weights.clone().filter(|&(local, _)| has(local));
            pinned.map(|(_, weight)| weight).sum()
        };
        if weight(own) >= weight(outer) + GAIN {
            own
        } else {
            outer
        }
    }

    /// What each local is used that is, in their order.
    fn counted(&self) -> impl Iterator<Item = (u16, u64)> {
        let weight = |&local: &u16| (local, self.weights[usize::from(local)]);
        self.used.iter().map(weight)
    }

    /// The two locals used most among those of a class; one, where the tier has no forms that read
    /// the second.
    fn hottest(&self, kind: RegisterClass, weights: impl Iterator<Item = (u16, u64)>) -> Pair {
        let fits = |ty| match kind {
            RegisterClass::Int => ty == ValType::I32 || ty == ValType::I64,
            RegisterClass::F64 => ty == ValType::F64,
            RegisterClass::F32 | RegisterClass::V128 => false,
        };
        let (mut best, mut most) = ([None; 2], [0; 2]);
        for (local, weight) in weights {
            if weight <= most[1] || !self.ty(local).is_some_and(fits) {
                continue;
            }
            let pin = Pin::new(local + 1);
            if weight > most[0] {
                (best[1], most[1]) = (best[0], most[0]);
                (best[0], most[0]) = (pin, weight);
            } else {
                (best[1], most[1]) = (pin, weight);
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

    fn count(&mut self, local: u32) -> Result<(), Reject> {
        let Some(weight) = self.weights.get_mut(local as usize) else {
            return Ok(());
        };
        if *weight == 0 {
            // There is room for all of them: this neither allocates nor aborts.
            self.used.push(local as u16);
        }
        *weight += 1 << (LOOP_BITS * self.depth.min(DEEPEST));
        if self.innermost.is_some() {
            reserve(&mut self.uses, 1).map_err(|_| self.out_of_memory())?;
            self.uses.push((local as u16, 1));
        }
        Ok(())
    }

    /// Begins a loop, which may be one without loops; the one around it is none, then.
    fn begin_loop(&mut self) {
        if let Some(around) = self.innermost.take() {
            self.uses.truncate(around.uses.start);
        }
        self.depth += 1;
        self.innermost = Some(Innermost {
            number: self.seen,
            bits: LOOP_BITS * self.depth.min(DEEPEST),
            calls: false,
            uses: self.uses.len()..0,
        });
        self.seen += 1;
    }

    /// Ends a loop, and counts what it uses if it is one without loops.
    fn end_loop(&mut self) -> Result<(), Reject> {
        self.depth -= 1;
        let Some(mut it) = self.innermost.take() else {
            return Ok(());
        };
        if !it.calls {
            self.leaves |= 1_u64.unbounded_shl(it.number);
        }
        let first = it.uses.start;
        self.uses[first..].sort_unstable();
        let mut end = first;
        for at in first..self.uses.len() {
            let (local, _) = self.uses[at];
            if end > first && self.uses[end - 1].0 == local {
                self.uses[end - 1].1 += 1;
            } else {
                self.uses[end] = (local, 1);
                end += 1;
            }
        }
        self.uses.truncate(end);
        it.uses.end = end;
        reserve(&mut self.loops, 1).map_err(|_| self.out_of_memory())?;
        self.loops.push(it);
        Ok(())
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

    fn open(&mut self, is_loop: bool) -> Result<(), Reject> {
        reserve(&mut self.blocks, 1).map_err(|_| self.out_of_memory())?;
        self.blocks.push(is_loop);
        Ok(())
    }

    fn out_of_memory(&self) -> Reject {
        Reject::new(ErrorCode::OutOfMemory, self.code)
    }
}

impl Survey for Pinning {
    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject> {
        self.code = header.code;
        self.reserve().map_err(|_| self.out_of_memory())?;
        while let Some(local) = self.used.pop() {
            self.weights[usize::from(local)] = 0;
        }
        self.runs.clear();
        // A run has a local at least, so that there is room for these.
        self.runs.extend(header.runs().take(COUNTED));
        self.loops.clear();
        self.uses.clear();
        self.blocks.clear();
        (self.depth, self.seen) = (0, 0);
        (self.innermost, self.leaves) = (None, 0);
        Ok(())
    }

    #[inline]
    fn see(&mut self, _: usize, i: &Instruction<'_>) -> Result<(), Reject> {
        match *i {
            Instruction::LocalGet { x }
            | Instruction::LocalSet { x }
            | Instruction::LocalTee { x } => self.count(x.0),
            Instruction::Block { .. } | Instruction::If { .. } => self.open(false),
            Instruction::Loop { .. } => {
                self.begin_loop();
                self.open(true)
            }
            // The last one ends the body.
            Instruction::End => match self.blocks.pop() {
                Some(true) => self.end_loop(),
                Some(false) | None => Ok(()),
            },
            Instruction::Call { .. }
            | Instruction::CallIndirect { .. }
            | Instruction::CallRef { .. } => {
                if let Some(it) = &mut self.innermost {
                    it.calls = true;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
