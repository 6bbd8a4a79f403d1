//! Local variables: their types, and whether those without default have been set.
//!
//! Declarations are runs (`n` times a type) and stay so: a body of a few bytes may declare
//! 50,000 locals. The types of the first locals are kept one by one, for speed.

use super::environment::{Environment, Types, unknown};
use super::item::fields;
use super::stack::Scratch;
use super::storage::{List, Storage};
use crate::profile::Gate;
use crate::read::Reader;
use crate::reject::Reject;
use crate::spec::{ErrorCode, Limit, Proposal};
use crate::types::{LocalIdx, ValType};

/// Neighbouring locals of one type.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LocalRun {
    /// The index behind the last of them.
    pub end: u32,
    /// Their type.
    pub ty: ValType,
}

fields! {
    LocalRun { end: u32, ty: ValType }
}

/// What a body knows about its locals besides their types.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Locals {
    /// Whether this is a constant expression, which has none.
    pub(crate) constant: bool,
    /// The first ones, where none are spelled out.
    pub(crate) first: LocalRun,
    /// Parameters and declared ones.
    pub(crate) count: u32,
    /// Whether some have no default, so that it matters which are set.
    pub(crate) tracked: bool,
}

impl Locals {
    /// Reads the declarations of a body after the parameters.
    #[inline(always)]
    pub(crate) fn read<G: Gate, S: Storage>(
        &mut self,
        reader: &mut Reader<'_>,
        gate: &G,
        env: &Environment<S>,
        scratch: &mut Scratch<S>,
        params: Types,
    ) -> Result<(), Reject> {
        let at = reader.position();
        let most = gate.limits().locals;
        match env.row(params) {
            Some(row) if row.len() as u64 <= most => self.add_row(scratch, row, at)?,
            _ => {
                for ty in env.value_types(params) {
                    self.add(scratch, 1, ty, most, at)?;
                }
            }
        }
        // Whether they are countable at all is decided before the limit is.
        let mut total = params.len() as u64;
        let mut over = Ok(());
        for _ in 0..reader.u32()? {
            let at = reader.position();
            let (count, ty) = reader.local_run(gate, &mut total)?;
            let ty = env.resolve::<G>(ty, at)?;
            over = over.and_then(|()| self.add(scratch, count, ty, most, at));
        }
        over?;
        self.track::<G, S>(scratch, params.len(), at)
    }

    /// Adds many parameters, a run each, without looking at each. It does not matter whether they
    /// have a default: they are set.
    fn add_row<S: Storage>(
        &mut self,
        scratch: &mut Scratch<S>,
        row: &[ValType],
        at: usize,
    ) -> Result<(), Reject> {
        const AT_ONCE: usize = 64;
        scratch.runs.reserve(row.len());
        for types in row.chunks(AT_ONCE) {
            let mut runs = [LocalRun::default(); AT_ONCE];
            for ((run, ty), end) in runs.iter_mut().zip(types).zip(self.count + 1..) {
                *run = LocalRun { end, ty: *ty };
            }
            let runs = runs.get(..types.len()).unwrap_or_default();
            if !scratch.runs.extend_within(runs, u64::MAX) {
                for run in runs {
                    scratch.runs.add(*run, Limit::Locals, u64::MAX, at)?;
                }
            }
            self.count += types.len() as u32;
        }
        let spelled = row.get(..S::SPELLED).unwrap_or(row);
        if !scratch.locals.extend_within(spelled, u64::MAX) {
            for ty in spelled {
                scratch.spell(*ty, at)?;
            }
        }
        Ok(())
    }

    fn add<S: Storage>(
        &mut self,
        scratch: &mut Scratch<S>,
        count: u32,
        ty: ValType,
        most: u64,
        at: usize,
    ) -> Result<(), Reject> {
        let end = self.count.checked_add(count);
        let Some(end) = end.filter(|end| u64::from(*end) <= most) else {
            let end = u64::from(self.count) + u64::from(count);
            return Err(Reject::limit(Limit::Locals, end, at));
        };
        if count == 0 {
            return Ok(());
        }
        let run = LocalRun { end, ty };
        match scratch.runs.last() {
            Some(last) if last.ty == ty => scratch.runs.set_last(run),
            _ => scratch.runs.add(run, Limit::Locals, u64::MAX, at)?,
        }
        if scratch.runs.len() == 1 {
            self.first = run;
        }
        while S::SPELLED > 0 && scratch.locals.len() < S::SPELLED.min(end as usize) {
            scratch.spell(ty, at)?;
        }
        self.tracked |= !ty.is_defaultable();
        self.count = end;
        Ok(())
    }

    /// Makes room to remember which locals are set, if that matters; parameters are.
    fn track<G: Gate, S: Storage>(
        &self,
        scratch: &mut Scratch<S>,
        params: usize,
        at: usize,
    ) -> Result<(), Reject> {
        if !(G::may(Proposal::FunctionReferences) && self.tracked) {
            return Ok(());
        }
        let words = self.count.div_ceil(u32::BITS);
        for word in 0..words {
            let before = (word * u32::BITS) as usize;
            let set = params.saturating_sub(before).min(u32::BITS as usize) as u32;
            let bits = u32::MAX.checked_shr(u32::BITS - set).unwrap_or(0);
            let push = scratch.set.push(bits, u64::MAX);
            push.map_err(|full| full.reject(Limit::Locals, before, at))?;
        }
        Ok(())
    }

    /// The type of a local.
    #[cfg_attr(not(small), inline(always))]
    pub(crate) fn get<S: Storage>(
        &self,
        scratch: &Scratch<S>,
        local: LocalIdx,
        at: usize,
    ) -> Result<ValType, Reject> {
        let spelled = match S::SPELLED {
            0 => (local.0 < self.first.end).then_some(self.first.ty),
            _ => scratch.locals.get(local.0 as usize),
        };
        match spelled {
            Some(ty) => Ok(ty),
            None => self.search(scratch, local, at),
        }
    }

    #[cold]
    #[inline(never)]
    fn search<S: Storage>(
        &self,
        scratch: &Scratch<S>,
        local: LocalIdx,
        at: usize,
    ) -> Result<ValType, Reject> {
        let runs = &scratch.runs;
        match runs.get(runs.partition_point(|run| run.end <= local.0)) {
            Some(run) => Ok(run.ty),
            None => Err(unknown(
                ErrorCode::UnknownLocal,
                local.0,
                self.count as usize,
                at,
            )),
        }
    }
}

impl<S: Storage> Scratch<S> {
    /// Spells out the type of the next local. Without memory for it there is no verdict: those behind
    /// it would take its place, and have wrong types.
    fn spell(&mut self, ty: ValType, at: usize) -> Result<(), Reject> {
        let length = self.locals.len();
        let push = self.locals.push(ty, u64::MAX);
        push.map_err(|full| full.reject(Limit::Locals, length, at))
    }

    /// Whether a local has been set, given that it is tracked.
    pub(crate) fn is_set(&self, local: LocalIdx) -> bool {
        let word = self.set.get((local.0 / u32::BITS) as usize);
        word.is_some_and(|word| word >> (local.0 % u32::BITS) & 1 != 0)
    }

    /// Remembers that a local has been set.
    pub(crate) fn set(&mut self, local: LocalIdx, at: usize) -> Result<(), Reject> {
        if !self.is_set(local) {
            let length = self.initialised.len();
            let push = self.initialised.push(local.0, u64::MAX);
            push.map_err(|full| full.reject(Limit::Locals, length, at))?;
            self.flip(local.0);
        }
        Ok(())
    }

    /// Forgets what has been set since there were this many.
    pub(crate) fn unset(&mut self, height: u32) {
        while self.initialised.len() > height as usize {
            if let Some(local) = self.initialised.pop() {
                self.flip(local);
            }
        }
    }

    fn flip(&mut self, local: u32) {
        let place = (local / u32::BITS) as usize;
        if let Some(word) = self.set.get(place) {
            self.set.set(place, word ^ 1 << (local % u32::BITS));
        }
    }
}
