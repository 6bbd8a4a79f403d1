//! The code of a function in the making: instructions, labels, blocks of fuel.
//!
//! Once something has failed, whatever is asked for is ignored: the code is never used.

use alloc::vec::Vec;

use super::super::code::Code;
use super::super::dispatch;
use super::super::form;
use super::super::handler::{HANDLER_WORDS, address, length};
use super::super::verify::Log;
use super::failure::Failure;

/// Instructions as they are laid down.
#[derive(Default)]
pub(super) struct Emitter {
    words: Vec<u32>,
    places: Vec<(u32, u32)>,
    labels: Vec<Label>,
    fixups: Vec<Fixup>,
    /// The instruction laid down last, while another may be fused to it.
    last: Option<Last>,
    /// Why the code is of no use; the first reason.
    failure: Option<Failure>,
    /// The instructions so far, for the verifier.
    log: Log,
}

/// A place in the code to jump to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct LabelId(u32);

/// A place where an instruction's operand words begin.
#[derive(Clone, Copy, Default)]
pub(super) struct Operands(usize);

struct Label {
    /// Word offset, once it is bound.
    at: Option<usize>,
    /// The fixup added last.
    fixups: Option<u32>,
}

struct Fixup {
    /// The word to patch.
    word: usize,
    /// Where the distance counts from.
    from: Operands,
    /// The label's fixup before this one.
    next: Option<u32>,
}

#[derive(Clone, Copy)]
struct Last {
    start: usize,
    handler: u16,
    operands: usize,
    /// Whether it has a place of its own, for traps.
    placed: bool,
}

impl Emitter {
    /// Keeps a failure, unless there was one already.
    pub(super) fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    /// Why the code is of no use.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.failure
    }

    /// Lays down an instruction; `place` is the offset in the module to report if it traps.
    pub(super) fn instruction(
        &mut self,
        handler: u16,
        operands: &[u32],
        place: Option<usize>,
    ) -> Operands {
        if self.failure.is_some() {
            return Operands::default();
        }
        if let Some(first) = self.last
            && !(first.placed && place.is_some())
            && let Some(fused) = form::fused(first.handler, handler)
        {
            return self.fuse(first, fused, operands, place);
        }
        let start = self.words.len();
        self.note(start, place);
        self.words.resize(start + HANDLER_WORDS, 0);
        self.set_handler(start, handler);
        self.words.extend_from_slice(operands);
        self.pad();
        if !self.log.lay(start, handler, operands.len()) {
            self.fail(Failure::OutOfMemory);
        }
        let (operands, placed) = (operands.len(), place.is_some());
        self.last = Some(Last {
            start,
            handler,
            operands,
            placed,
        });
        Operands(start + HANDLER_WORDS)
    }

    /// Makes one instruction of the last and a new one.
    fn fuse(
        &mut self,
        first: Last,
        fused: u16,
        operands: &[u32],
        place: Option<usize>,
    ) -> Operands {
        self.note(first.start, place);
        self.set_handler(first.start, fused);
        let at = first.start + HANDLER_WORDS + first.operands;
        self.words.truncate(at);
        self.words.extend_from_slice(operands);
        self.pad();
        let placed = first.placed || place.is_some();
        let operands = first.operands + operands.len();
        self.log.fuse(fused, operands);
        self.last = Some(Last {
            handler: fused,
            operands,
            placed,
            ..first
        });
        Operands(at)
    }

    fn note(&mut self, start: usize, place: Option<usize>) {
        if let Some(place) = place {
            self.places.push((start as u32, place as u32));
        }
    }

    fn set_handler(&mut self, start: usize, handler: u16) {
        let address = address(dispatch::HANDLERS[usize::from(handler)].handler);
        self.words[start..start + HANDLER_WORDS].copy_from_slice(&address);
    }

    fn pad(&mut self) {
        self.words
            .resize(self.words.len().next_multiple_of(HANDLER_WORDS), 0);
    }

    /// Adds a word behind the operands of the last instruction, as a table of targets does.
    pub(super) fn targets(&mut self, from: Operands, at: usize, labels: &[LabelId]) {
        if self.failure.is_some() {
            return;
        }
        self.words.truncate(from.0 + at);
        for &label in labels {
            let word = self.words.len();
            self.words.push(0);
            self.refer(label, from, word);
        }
        self.log.extend(self.words.len());
        self.pad();
        self.last = None;
    }

    /// Makes an operand word the distance to a label.
    pub(super) fn target(&mut self, from: Operands, at: usize, label: LabelId) {
        self.refer(label, from, from.0 + at);
    }

    fn refer(&mut self, label: LabelId, from: Operands, word: usize) {
        if self.failure.is_some() {
            return;
        }
        let target = &mut self.labels[label.0 as usize];
        match target.at {
            Some(at) => self.words[word] = distance(from, at),
            None => {
                let next = target.fixups.replace(self.fixups.len() as u32);
                self.fixups.push(Fixup { word, from, next });
            }
        }
    }

    /// A label, not bound yet.
    pub(super) fn label(&mut self) -> LabelId {
        self.labels.push(Label {
            at: None,
            fixups: None,
        });
        LabelId(self.labels.len() as u32 - 1)
    }

    /// Whether some instruction refers to the label.
    pub(super) fn is_used(&self, label: LabelId) -> bool {
        self.labels[label.0 as usize].fixups.is_some()
    }

    /// Binds a label to the next instruction.
    pub(super) fn bind(&mut self, label: LabelId) {
        if self.failure.is_some() {
            return;
        }
        let at = self.words.len();
        let label = &mut self.labels[label.0 as usize];
        label.at = Some(at);
        let mut next = label.fixups;
        while let Some(fixup) = next.map(|index| &self.fixups[index as usize]) {
            self.words[fixup.word] = distance(fixup.from, at);
            next = fixup.next;
        }
        self.last = None;
    }

    /// Lets nothing be fused to the last instruction.
    pub(super) fn seal(&mut self) {
        self.last = None;
    }

    /// Writes an operand word of an instruction again.
    pub(super) fn patch(&mut self, from: Operands, at: usize, word: u32) {
        if self.failure.is_none() {
            self.words[from.0 + at] = word;
        }
    }

    /// The code, and what the verifier wants to know of it, unless something failed.
    pub(super) fn finish(self) -> Result<(Code, Log), Failure> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let pairs = self.words.chunks_exact(HANDLER_WORDS);
        let mut words = Vec::new();
        words
            .try_reserve_exact(pairs.len())
            .map_err(|_| Failure::OutOfMemory)?;
        words.extend(pairs.map(pair));
        let code = Code {
            words: words.into_boxed_slice(),
            places: self.places.into_boxed_slice(),
        };
        Ok((code, self.log))
    }
}

/// Two words as they lie in memory.
fn pair(words: &[u32]) -> u64 {
    let mut bytes = [0; size_of::<u64>()];
    for (to, word) in bytes.chunks_exact_mut(size_of::<u32>()).zip(words) {
        to.copy_from_slice(&word.to_ne_bytes());
    }
    u64::from_ne_bytes(bytes)
}

fn distance(from: Operands, to: usize) -> u32 {
    (to as i64 - from.0 as i64) as i32 as u32
}

const _: () = assert!(length(0) == HANDLER_WORDS);
