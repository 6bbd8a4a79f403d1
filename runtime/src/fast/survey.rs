//! The hottest locals of a function, found while it is validated.
//!
//! Uses count eight times as much for each loop around them. Two integer locals and two of type
//! `f64` are pinned to registers; references never, so that nothing but slots holds them.

use alloc::vec::Vec;

use super::dispatch::Operation;
use super::form::form;
use super::translate::{Kind, Place, To};
use crate::generated::shared::instruction::Instruction;
use crate::reject::Reject;
use crate::types::ValType;
use crate::validate::{Effect, Header, List, LocalRun, Sink};

/// Locals that live in registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pins {
    /// Integers: `p` and `q`.
    pub(crate) integers: [Option<Pin>; 2],
    /// `f64`: `fp` and `fq`.
    pub(crate) floats: [Option<Pin>; 2],
}

/// The index of a pinned local, plus one.
pub(crate) type Pin = core::num::NonZeroU16;

/// Counts the uses of locals in one function after the other.
#[derive(Default)]
pub(crate) struct Survey {
    uses: Vec<Use>,
    /// For each open block, whether it is a loop.
    blocks: Vec<bool>,
    loops: u32,
}

#[derive(Clone)]
struct Use {
    ty: ValType,
    weight: u64,
}

/// Locals behind these are never pinned: a body of a few bytes may declare many.
const SURVEYED: usize = 1024;

/// Loops deeper than this weigh no more.
const DEEPEST: u32 = 8;
/// Bits by which a loop weighs its uses.
const LOOP_BITS: u32 = 3;

impl Survey {
    /// The pins of the function that was counted last.
    pub(crate) fn finish(&self) -> Pins {
        Pins {
            integers: self.hottest(Kind::Int, |ty| ty == ValType::I32 || ty == ValType::I64),
            floats: self.hottest(Kind::F64, |ty| ty == ValType::F64),
        }
    }

    /// The two locals used most among those of a type; one, where the tier has no forms that
    /// read the second.
    fn hottest(&self, kind: Kind, fits: impl Fn(ValType) -> bool) -> [Option<Pin>; 2] {
        let (mut best, mut weights) = ([None; 2], [0; 2]);
        for (index, used) in self
            .uses
            .iter()
            .enumerate()
            .filter(|(_, used)| fits(used.ty))
        {
            let pin = Pin::new(index as u16 + 1);
            if used.weight > weights[0] {
                (best[1], weights[1]) = (best[0], weights[0]);
                (best[0], weights[0]) = (pin, used.weight);
            } else if used.weight > weights[1] {
                (best[1], weights[1]) = (pin, used.weight);
            }
        }
        let second = form(Operation::moving(kind), &[Place::Q], Some(To::S));
        [best[0], best[1].filter(|_| second.is_some())]
    }

    fn count(&mut self, local: u32) {
        if let Some(used) = self.uses.get_mut(local as usize) {
            used.weight += 1 << (LOOP_BITS * self.loops.min(DEEPEST));
        }
    }
}

impl Use {
    fn none(ty: ValType) -> Self {
        Self { ty, weight: 0 }
    }
}

impl<'a> Sink<'a> for Survey {
    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject> {
        self.uses.clear();
        for run in header.runs() {
            self.uses
                .resize(SURVEYED.min(run.end as usize), Use::none(run.ty));
        }
        self.blocks.clear();
        self.loops = 0;
        Ok(())
    }

    #[inline]
    fn accept(&mut self, _: usize, i: &Instruction<'a>, _: Effect<'_>) -> Result<(), Reject> {
        match *i {
            Instruction::LocalGet { x } | Instruction::LocalSet { x } => self.count(x.0),
            Instruction::LocalTee { x } => self.count(x.0),
            Instruction::Loop { .. } => {
                self.blocks.push(true);
                self.loops += 1;
            }
            Instruction::Block { .. } | Instruction::If { .. } => self.blocks.push(false),
            Instruction::End if self.blocks.pop() == Some(true) => self.loops -= 1,
            _ => {}
        }
        Ok(())
    }
}
