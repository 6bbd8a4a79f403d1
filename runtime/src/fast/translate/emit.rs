//! The code of a function in the making: instructions, labels, blocks of fuel.
//!
//! A label that is not bound yet has no list of its uses: each word that is to become a distance
//! holds, until then, where the use before it is. So a branch takes no memory but its words.
//!
//! All memory is asked for fallibly, and the code counts against the limit of its module. Once
//! something has failed, whatever is asked for is ignored: the code is never used.

use alloc::vec::Vec;
use core::mem;

use super::super::distance;
use super::super::form;
use super::super::fusion;
use super::super::handler::{Entry, HANDLER_WORDS, address, length};
use super::super::handlers::HANDLERS;
use super::super::operations::Operation;
use super::super::verify::Log;
use super::failure::{Contradiction, Failure};
use super::operand::Words;
use crate::engine::config::Config;
use crate::module::code::{Allowance, Code, halves};
use crate::module::origin::OriginList;
use crate::module::tally::Tally;

/// Memory that one emitter leaves to the next.
#[derive(Default)]
pub(super) struct Buffers {
    words: Vec<u32>,
    origins: OriginList,
    /// For each label in use, the word of its last use; zero if there is none.
    labels: Vec<u32>,
    /// Places in `labels` that are not in use.
    free: Vec<u32>,
}

impl Buffers {
    /// Forgets what is in them.
    pub(super) fn clear(&mut self) {
        self.words.clear();
        self.origins.clear();
        self.labels.clear();
        self.free.clear();
    }
}

/// Instructions as they are laid down.
pub(super) struct Emitter {
    buffers: Buffers,
    /// The instruction laid down last, while another may be fused to it.
    last: Option<Last>,
    allowance: Allowance,
    /// Why the code is of no use; the first reason.
    failure: Option<Failure>,
    /// The instructions so far, for the verifier.
    log: Log,
    /// Whether pairs are fused.
    fuses: bool,
    /// The instructions so far, if they are counted.
    tally: Option<Tally>,
    /// Whether the last instruction was a branch that may be taken.
    forked: bool,
}

/// A place in the code to jump to: the number of a label, or, with [`BOUND`], the word where the
/// next instruction began.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct LabelId(u32);

/// Marks labels that stand before their uses.
const BOUND: u32 = 1 << 31;

/// Where the function begins.
pub(super) const ENTRY: LabelId = LabelId(BOUND);

/// A place where an instruction's operand words begin.
#[derive(Clone, Copy, Default)]
pub(super) struct Operands(usize);

/// A use of a label that is not bound yet: the word of the use before it, and how far behind the
/// words' beginning, from which the distance counts, it stands.
#[derive(Clone, Copy)]
struct Use(u32);

impl Use {
    /// Bits of the distance from the first operand word; no instruction has as many.
    const BITS: u32 = 5;
    /// Words that can be told apart: half a gigabyte of code.
    const WORDS: usize = 1 << (u32::BITS - Self::BITS);

    fn new(before: u32, behind: usize) -> Self {
        Self(before << Self::BITS | behind as u32)
    }

    fn before(self) -> u32 {
        self.0 >> Self::BITS
    }

    fn behind(self) -> usize {
        (self.0 & ((1 << Self::BITS) - 1)) as usize
    }
}

#[derive(Clone, Copy)]
struct Last {
    start: usize,
    handler: u16,
    operands: usize,
}

impl Emitter {
    /// No code yet, in empty buffers; there may be as much as is allowed. A body of this many bytes is
    /// expected.
    pub(super) fn new(
        mut buffers: Buffers,
        allowance: Allowance,
        body: usize,
        config: &Config,
    ) -> Self {
        // Most bodies become two to six times as long. Without memory now, `reserve` will say so.
        let _ = buffers.words.try_reserve(body);
        Self {
            buffers,
            last: None,
            allowance,
            failure: None,
            log: Log::default(),
            fuses: config.fuse && !config.count,
            tally: config.count.then(Tally::default),
            forked: false,
        }
    }

    /// Keeps a failure, unless there was one already.
    pub(super) fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    /// Why the code is of no use.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// Makes room for this many words more, at most those of an instruction, and says whether the code is
    /// still of use.
    #[inline]
    fn reserve(&mut self, more: usize) -> bool {
        let words = &self.buffers.words;
        if self.failure.is_none() && words.capacity() - words.len() < HANDLER_WORDS + Words::MOST {
            self.grow((words.len() + more).next_multiple_of(HANDLER_WORDS));
        }
        self.failure.is_none()
    }

    #[cold]
    fn grow(&mut self, length: usize) {
        let bytes = length * size_of::<u32>() + self.buffers.origins.size();
        if let Err(failure) = self.allowance.admits(bytes as u64) {
            self.fail(failure.into());
        } else if length >= Use::WORDS {
            self.fail(Failure::OutOfMemory);
        } else {
            let ahead = Words::MOST + length + length / 2 - self.buffers.words.len();
            if self.buffers.words.try_reserve_exact(ahead).is_err() {
                self.fail(Failure::OutOfMemory);
            }
        }
    }

    /// Lays down an instruction with a handler of one operation; `place` is the offset in the module to report
    /// if it traps.
    pub(super) fn instruction(
        &mut self,
        handler: u16,
        operands: &Words,
        place: Option<usize>,
    ) -> Operands {
        if self.tally.is_some() {
            self.count(handler);
        }
        if !self.reserve(HANDLER_WORDS + operands.len()) {
            return Operands::default();
        }
        if let Some(first) = self.last
            && self.fuses
            && let Some(fused) = fusion::together(first.handler, handler)
        {
            return self.fuse(first, fused, operands, place);
        }
        let Some(entry) = HANDLERS.get(usize::from(handler)) else {
            self.fail(Failure::Internal {
                contradiction: Contradiction::Unknown {
                    what: "handler",
                    index: handler.into(),
                },
                at: 0,
            });
            return Operands::default();
        };
        let start = self.buffers.words.len();
        self.note(start, place);
        self.buffers
            .words
            .extend_from_slice(&address(entry.handler));
        self.append(operands);
        if !self.log.lay(start, handler, operands.len()) {
            self.fail(Failure::OutOfMemory);
        }
        let operands = operands.len();
        self.last = Some(Last {
            start,
            handler,
            operands,
        });
        Operands(start + HANDLER_WORDS)
    }

    /// Counts an instruction before it is laid down; by a counter of its own if it does not run
    /// exactly when the one before it does.
    #[cold]
    #[inline(never)]
    fn count(&mut self, handler: u16) {
        let Some(mut tally) = self.tally.take() else {
            return;
        };
        // The frame comes first: what begins a function shares the counter of what follows.
        let joins = self.last.is_some();
        let shares = joins && !self.forked && tally.is_begun();
        let counted = match self.buffers.words.is_empty() || shares {
            true => Ok(()),
            false => tally.begin().map(|counter| {
                let number = form::form(Operation::Count, &[], None).unwrap_or_default();
                let words = Words::from(&halves(counter)[..]);
                self.instruction(number, &words, None);
            }),
        };
        if counted.and_then(|()| tally.add(handler, joins)).is_err() {
            self.fail(Failure::OutOfMemory);
        }
        (self.tally, self.forked) = (Some(tally), false);
    }

    /// Makes one instruction of the last and a new one.
    fn fuse(
        &mut self,
        first: Last,
        (fused, entry): (u16, &Entry),
        operands: &Words,
        place: Option<usize>,
    ) -> Operands {
        self.buffers.words[first.start..first.start + HANDLER_WORDS]
            .copy_from_slice(&address(entry.handler));
        let at = first.start + HANDLER_WORDS + first.operands;
        // What traps in the second part says so by its words.
        self.note(at, place);
        self.buffers.words.truncate(at);
        self.append(operands);
        self.log.fuse(fused, first.operands + operands.len());
        self.last = None;
        Operands(at)
    }

    #[inline]
    fn note(&mut self, start: usize, place: Option<usize>) {
        if let Some(place) = place {
            let pushed = self.buffers.origins.push(start as u32, place as u32);
            if pushed.is_err() {
                self.fail(Failure::OutOfMemory);
            }
        }
    }

    /// Adds operand words, to the next place where an instruction can begin.
    #[inline]
    fn append(&mut self, operands: &Words) {
        let words = &mut self.buffers.words;
        let end = words.len() + operands.len();
        words.extend_from_slice(operands.padded());
        words.truncate(end.next_multiple_of(HANDLER_WORDS));
    }

    fn pad(&mut self) {
        while !self.buffers.words.len().is_multiple_of(HANDLER_WORDS) {
            self.buffers.words.push(0);
        }
    }

    /// Begins a table of targets behind this many operand words of the last instruction.
    pub(super) fn begin_table(&mut self, from: Operands, at: usize) {
        if self.failure.is_none() {
            self.buffers.words.truncate(from.0 + at);
        }
        self.last = None;
    }

    /// Adds a target to the table; its distance counts from `behind` words before its own.
    pub(super) fn table_target(&mut self, behind: usize, label: LabelId) {
        if self.reserve(1) {
            let word = self.buffers.words.len();
            self.buffers.words.push(0);
            self.target(Operands(word - behind), behind, label);
        }
    }

    /// Adds a word that says more of the last target.
    pub(super) fn table_word(&mut self, word: u32) {
        if self.reserve(1) {
            self.buffers.words.push(word);
        }
    }

    /// Ends the table.
    pub(super) fn end_table(&mut self) {
        if self.reserve(1) {
            self.log.extend(self.buffers.words.len());
            self.pad();
        }
    }

    /// Makes an operand word the distance to a label.
    pub(super) fn target(&mut self, from: Operands, at: usize, label: LabelId) {
        if self.failure.is_some() {
            return;
        }
        let word = from.0 + at;
        self.buffers.words[word] = if label.0 & BOUND != 0 {
            distance::between(from.0, (label.0 & !BOUND) as usize)
        } else {
            let last = &mut self.buffers.labels[label.0 as usize];
            Use::new(mem::replace(last, word as u32), at).0
        };
    }

    /// A label, not bound yet.
    pub(super) fn label(&mut self) -> LabelId {
        if let Some(label) = self.buffers.free.pop() {
            return LabelId(label);
        }
        // Each label in use may become free.
        let reserved = self.buffers.labels.try_reserve(1);
        let free = self.buffers.free.try_reserve(self.buffers.labels.len() + 1);
        if reserved.is_err() || free.is_err() {
            self.fail(Failure::OutOfMemory);
            return LabelId(BOUND);
        }
        self.buffers.labels.push(0);
        LabelId(self.buffers.labels.len() as u32 - 1)
    }

    /// A label that is bound to the next instruction.
    pub(super) fn here(&mut self) -> LabelId {
        self.last = None;
        LabelId(self.buffers.words.len() as u32 | BOUND)
    }

    /// Whether some instruction refers to a label that is not bound yet.
    pub(super) fn is_used(&self, label: LabelId) -> bool {
        self.buffers
            .labels
            .get(label.0 as usize)
            .is_some_and(|last| *last != 0)
    }

    /// Binds a label to the next instruction; it is never used again.
    pub(super) fn bind(&mut self, label: LabelId) {
        if self.failure.is_some() {
            return;
        }
        let to = self.buffers.words.len();
        let mut word = self.buffers.labels[label.0 as usize];
        while word != 0 {
            let at = word as usize;
            let used = Use(self.buffers.words[at]);
            self.buffers.words[at] = distance::between(at - used.behind(), to);
            word = used.before();
        }
        self.last = None;
        self.release(label);
    }

    /// Gives up a label to which no instruction refers.
    pub(super) fn release(&mut self, label: LabelId) {
        if self.failure.is_none() {
            self.buffers.labels[label.0 as usize] = 0;
            // There is room for all of them: this neither allocates nor aborts.
            self.buffers.free.push(label.0);
        }
    }

    /// Notes that a loop whose head the context has is over.
    pub(super) fn end_loop(&mut self) {
        self.log.end_loop();
    }

    /// Notes that what follows does not run whenever the last instruction does, a branch.
    pub(super) fn fork(&mut self) {
        self.forked = true;
    }

    /// Writes an operand word of an instruction again.
    pub(super) fn patch(&mut self, from: Operands, at: usize, word: u32) {
        if self.failure.is_none() {
            self.buffers.words[from.0 + at] = word;
        }
    }

    /// The memory that it worked with.
    pub(super) fn into_buffers(self) -> Buffers {
        self.buffers
    }

    /// The code, and what the verifier wants to know of it, unless something failed.
    pub(super) fn finish(&mut self) -> Result<(Code, Log), Failure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let bytes = self.buffers.words.len() * size_of::<u32>() + self.buffers.origins.size();
        self.allowance.admits(bytes as u64)?;
        let pairs = self.buffers.words.chunks_exact(HANDLER_WORDS);
        let mut words = Vec::new();
        words
            .try_reserve_exact(pairs.len())
            .map_err(|_| Failure::OutOfMemory)?;
        words.extend(pairs.map(pair));
        let code = Code {
            words: words.into_boxed_slice(),
            origins: self.buffers.origins.finish()?,
            tally: self.tally.take(),
        };
        Ok((code, mem::take(&mut self.log)))
    }
}

/// Two words as they stand in memory.
fn pair(words: &[u32]) -> u64 {
    let mut bytes = [0; size_of::<u64>()];
    for (to, word) in bytes.chunks_exact_mut(size_of::<u32>()).zip(words) {
        to.copy_from_slice(&word.to_ne_bytes());
    }
    u64::from_ne_bytes(bytes)
}

const _: () = assert!(length(0) == HANDLER_WORDS);
const _: () = assert!(
    Words::MOST.is_multiple_of(HANDLER_WORDS),
    "there are zeros enough"
);
