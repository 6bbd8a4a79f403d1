//! Builds that verify: debug assertions, or the feature `verify`.
//!
//! The emitter writes down each instruction that it lays ([`Log`]). When a function is translated,
//! [`check`] reads code and log together and compares every operand word with what the handler's
//! layout allows; the loop dispatch asserts [`Bounds`] before each instruction. What is found is a
//! fault of the translator, and so an internal error.

use alloc::vec::Vec;
use core::fmt;

use self::loops::Loops;
use crate::allocation::OutOfMemory;
use crate::error::Error;
use crate::error::cause::InternalError;
use crate::exec::slot;
use crate::fast::distance;
use crate::fast::frame::LEAVE;
use crate::fast::fusion;
use crate::fast::handler::{HANDLER_WORDS, address, length};
use crate::fast::layout::{Ending, Layout, Operand, Pinned};
use crate::fast::stack::{Record, Stack};
use crate::module::Module;
use crate::module::code::{Cell, Code};
use crate::types::{
    DataIdx, ElemIdx, FuncIdx, FuncSignature, GlobalIdx, MemoryIdx, TableIdx, TypeIdx,
};

/// The instructions of a function, in order.
#[derive(Default)]
pub(crate) struct Log(Vec<Laid>);

/// An instruction that was laid down.
#[derive(Clone, Copy)]
struct Laid {
    /// Word at which it begins.
    start: u32,
    /// Words behind the handler's address.
    operands: u32,
    /// Number of its handler.
    handler: u16,
    /// Whether a loop whose head the context has ends behind it.
    ends_loop: bool,
}

impl Log {
    /// An instruction is laid down; false when memory is short.
    pub(crate) fn lay(&mut self, start: usize, handler: u16, operands: usize) -> bool {
        let numbers = (u32::try_from(start), u32::try_from(operands));
        let (Ok(start), Ok(operands), Ok(())) = (numbers.0, numbers.1, self.0.try_reserve(1))
        else {
            return false;
        };
        self.0.push(Laid {
            start,
            operands,
            handler,
            ends_loop: false,
        });
        true
    }

    /// The last instruction gets another handler, and this many operand words.
    pub(crate) fn fuse(&mut self, handler: u16, operands: usize) {
        if let Some(last) = self.0.last_mut() {
            (last.handler, last.operands) = (handler, operands as u32);
        }
    }

    /// A loop whose head the context has ends behind the last instruction.
    pub(crate) fn end_loop(&mut self) {
        if let Some(last) = self.0.last_mut() {
            last.ends_loop = true;
        }
    }

    /// The operand words of the last instruction end at this word.
    pub(crate) fn extend(&mut self, end: usize) {
        if let Some(last) = self.0.last_mut() {
            last.operands = end.saturating_sub(last.own()) as u32;
        }
    }
}

/// Where a stack begins and ends.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    first: usize,
    end: usize,
}

impl Bounds {
    /// Those of a stack.
    pub(crate) fn new(stack: &mut Stack) -> Self {
        let first = stack.base() as usize;
        let end = first + stack.capacity() * size_of::<u64>();
        Self { first, end }
    }

    /// Asserts that a frame and the innermost record lie within the stack, the one below the
    /// other. Behind a call into another instance an address of that stands for the frame.
    pub(crate) fn assert(self, ip: *const u32, sp: *const u64, records: *const Record) {
        let (sp, records) = (sp as usize, records as usize);
        let leaves = ip == LEAVE.ip();
        assert!(
            (self.first..=self.end).contains(&records)
                && (self.end - records).is_multiple_of(size_of::<Record>()),
            "records lie within the stack"
        );
        assert!(
            leaves
                || (self.first..=records).contains(&sp)
                    && (sp - self.first).is_multiple_of(size_of::<u64>()),
            "the frame lies within the stack"
        );
    }
}

/// Checks the code of a function that the module defines, and that has this many locals.
///
/// # Errors
/// [`InternalError`], with the first word that is wrong; [`OutOfMemory`].
pub(crate) fn check(
    module: &Module,
    index: u32,
    locals: usize,
    code: &Code,
    log: &Log,
) -> Result<(), Error> {
    let mut verifier = Verifier {
        module,
        index,
        signature: module.defined_signature(index),
        locals: locals as u64,
        frame: 0,
        pins: Pinned::NONE,
        code,
        log,
        starts: Starts::new(2 * code.words.len())?,
        parts: Starts::new(2 * code.words.len())?,
        loops: Loops::default(),
        types: None,
    };
    verifier.all().map_err(|fault| match fault.what {
        Wrong::OutOfMemory => OutOfMemory.into(),
        what => {
            let word = fault.word;
            let what = format_args!("code of defined function {index}, word {word}: {what}");
            InternalError::new(what).into()
        }
    })
}

struct Verifier<'m> {
    module: &'m Module,
    /// Index of the function among those that the module defines.
    index: u32,
    signature: FuncSignature<'m>,
    locals: u64,
    /// Slots of the frame.
    frame: u64,
    /// Registers of pinned locals that are loaded when it is entered.
    pins: Pinned,
    code: &'m Code,
    log: &'m Log,
    starts: Starts,
    /// Words of the second of fused instructions.
    parts: Starts,
    /// The loops whose head the context has while they run.
    loops: Loops,
    /// The types of the module by their numbers, once a call asks for one.
    types: Option<Vec<(u32, TypeIdx)>>,
}

/// Something wrong in the code.
struct Fault {
    /// At this word.
    word: usize,
    what: Wrong,
}

/// What is wrong.
enum Wrong {
    /// No memory to find out.
    OutOfMemory,
    /// An instruction begins elsewhere than the one before it ends.
    Start { expected: usize },
    /// There are words behind the last instruction, or too few for it.
    Length { end: usize },
    /// There is no handler with this number.
    NoHandler(u16),
    /// The address is not that of the handler with this number.
    Address(u16),
    /// The handler takes another number of words.
    Words { taken: usize, laid: usize },
    /// The function does not begin by entering its frame, or another instruction enters one.
    Entry,
    /// The frame is smaller than what it must hold.
    Frame { slots: u64, least: u64 },
    /// The locals to zero are not among those behind the parameters.
    Zeroed { first: u64, count: u64 },
    /// Slots beyond the frame or beyond the locals.
    Slots { first: u64, count: u64, most: u64 },
    /// Slots that are copied upwards.
    Upwards { from: u64, to: u64 },
    /// A target that is no beginning of an instruction.
    Target(i64),
    /// A jump to the head of a loop that the context does not have, or no longer.
    Again,
    /// A jump into the middle of such a loop.
    Into(usize),
    /// A pointer that leads to no cell of the module.
    Cell(u64),
    /// Something that the module has not, or of another kind of addresses.
    Index { what: &'static str, index: u64 },
    /// Another number of values than the type has.
    Count { found: u64, expected: u64 },
    /// The register of a local that is not pinned, or a call that does not keep one that is.
    Pins,
    /// The last instruction goes on behind the code.
    End,
    /// Places in the module that do not ascend, belong to no instruction or lie outside the body.
    Place(u32),
}

impl Verifier<'_> {
    fn all(&mut self) -> Result<(), Fault> {
        self.instructions()?;
        for (number, laid) in self.log.0.iter().enumerate() {
            let layout = layout(*laid)?;
            let enters = layout.operands().contains(&Operand::FrameSize);
            if enters != (number == 0) {
                return Err(laid.fault(Wrong::Entry));
            }
            if enters {
                self.pins = layout.used();
            }
            if !self.pins.has(layout.used()) || !layout.kept().has(self.pins) {
                return Err(laid.fault(Wrong::Pins));
            }
            self.operands(*laid, layout)?;
        }
        self.end()?;
        self.places()
    }

    /// Whether instructions stand one behind the other, each with the words that its handler
    /// takes.
    fn instructions(&mut self) -> Result<(), Fault> {
        let (mut at, end) = (0, 2 * self.code.words.len());
        for laid in &self.log.0 {
            if laid.start as usize != at {
                return Err(laid.fault(Wrong::Start { expected: at }));
            }
            let handler = layout(*laid)?;
            let own = laid.own();
            if own + handler.words() > end {
                return Err(laid.fault(Wrong::Length { end }));
            }
            let found = [self.word(at), self.word(at + 1)];
            if fusion::entry(laid.handler).is_none_or(|it| address(it.handler) != found) {
                return Err(laid.fault(Wrong::Address(laid.handler)));
            }
            let mut taken = handler.words();
            let each = match handler.operands().last() {
                Some(Operand::Targets(_)) => 1,
                Some(Operand::MovingTargets) => 2,
                _ => 0,
            };
            if each > 0 {
                // As many targets as the last word says, and the default.
                taken += each * (self.word(own + taken - 1) as usize + 1);
            }
            if taken != laid.operands as usize {
                return Err(laid.fault(Wrong::Words {
                    taken,
                    laid: laid.operands as usize,
                }));
            }
            self.starts.add(at);
            let first = fusion::parts(laid.handler).and_then(|(first, _)| fusion::entry(first));
            if let Some(first) = first {
                self.parts.add(own + first.layout.words());
            }
            let followed = self.loops.follow(at, handler.operands(), laid.ends_loop);
            followed.map_err(|what| laid.fault(what))?;
            at += length(taken);
        }
        match at == end {
            true => Ok(()),
            false => Err(Fault {
                word: at,
                what: Wrong::Length { end },
            }),
        }
    }

    /// Whether the operands of an instruction fit the function and the module.
    fn operands(&mut self, laid: Laid, layout: &Layout) -> Result<(), Fault> {
        let own = laid.own();
        let mut at = own;
        let mut callee = None;
        for operand in layout.operands() {
            self.operand(*operand, at, own, &mut callee)
                .map_err(|what| Fault { word: at, what })?;
            at += operand.words();
        }
        match layout.goes() {
            Ending::Return(count) => {
                exactly(count as u64, self.results()).map_err(|what| laid.fault(what))
            }
            Ending::Next | Ending::Elsewhere => Ok(()),
        }
    }

    /// An operand at a word, of an instruction whose operands begin at `own`. `callee` keeps what
    /// the instruction calls: parameters and results.
    fn operand(
        &mut self,
        operand: Operand,
        at: usize,
        own: usize,
        callee: &mut Option<(u64, u64)>,
    ) -> Result<(), Wrong> {
        // What the context has takes no word; `instructions` has looked at it.
        if operand.words() == 0 {
            return Ok(());
        }
        let word = self.word(at);
        let value = u64::from(word);
        let second = || u64::from(self.word(at + 1));
        let env = self.module.env();
        let known = |is: bool, what| match is {
            true => Ok(()),
            false => Err(Wrong::Index { what, index: value }),
        };
        let wide = |found: Option<bool>, wanted: Option<bool>| {
            found.is_some_and(|found| wanted.is_none_or(|wanted| wanted == found))
        };
        match operand {
            Operand::Again | Operand::Head => Ok(()),
            Operand::Immediate | Operand::Long | Operand::Vector => Ok(()),
            Operand::Slot => in_range(value, 1, self.frame),
            Operand::Slots(count) => in_range(value, count as u64, self.frame),
            Operand::Target(from) => self.target(own + from, word),
            Operand::Targets(from) => (0..=word as usize)
                .try_for_each(|index| self.target(own + from + index, self.word(at + 1 + index))),
            Operand::MovingTargets => {
                let (from, count) = (value, second());
                in_range(from, count, self.frame)?;
                (0..=self.word(at + 2) as usize).try_for_each(|target| {
                    let entry = at + operand.words() + 2 * target;
                    self.target(entry, self.word(entry))?;
                    match u64::from(self.word(entry + 1)) {
                        to if to > from => Err(Wrong::Upwards { from, to }),
                        _ => Ok(()),
                    }
                })
            }
            Operand::Cell => {
                let address = value | second() << u32::BITS;
                let index = self.cell(address).ok_or(Wrong::Cell(address))?;
                *callee = signature(Some(self.module.defined_signature(index)));
                Ok(())
            }
            Operand::Entry => {
                *callee = signature(Some(self.signature));
                // From its own word, with which the call begins.
                match distance::target(at, word) {
                    0 => Ok(()),
                    target => Err(Wrong::Target(target)),
                }
            }
            Operand::Import => {
                *callee = signature(env.func_type(FuncIdx(word)));
                known(word < env.imported_funcs(), "imported function")
            }
            Operand::Function => known(env.func_type(FuncIdx(word)).is_some(), "function"),
            Operand::Type => {
                let ty = self.ty(word)?;
                *callee = signature(ty.and_then(|ty| self.module.env().type_func(ty)));
                match ty {
                    Some(_) => Ok(()),
                    None => Err(Wrong::Index {
                        what: "type",
                        index: value,
                    }),
                }
            }
            Operand::Table(is_64) => {
                let found = env.table(TableIdx(word)).map(|table| table.is_64);
                known(wide(found, is_64), "table")
            }
            Operand::Memory(is_64) => {
                let found = env.memory(MemoryIdx(word)).map(|memory| memory.is_64);
                known(wide(found, is_64), "memory")
            }
            Operand::Offset(is_64) => {
                let found = env.memory(MemoryIdx(0)).map(|memory| memory.is_64);
                match wide(found, Some(is_64)) {
                    true => Ok(()),
                    false => Err(Wrong::Index {
                        what: "memory",
                        index: 0,
                    }),
                }
            }
            Operand::Global => known(env.global(GlobalIdx(word)).is_some(), "global"),
            Operand::Data => known(DataIdx(word).0 < env.data_count(), "data segment"),
            Operand::Element => known(ElemIdx(word).0 < env.element_count(), "element segment"),
            Operand::FrameSize => {
                self.frame = value;
                let least = self.locals.max(self.results()).max(1);
                match value >= least {
                    true => Ok(()),
                    false => Err(Wrong::Frame {
                        slots: value,
                        least,
                    }),
                }
            }
            Operand::Zeroed => {
                let (first, count) = (value, second());
                let params = slot::count(self.signature.params()) as u64;
                match first >= params && first + count <= self.locals {
                    true => Ok(()),
                    false => Err(Wrong::Zeroed { first, count }),
                }
            }
            Operand::Local => in_range(value, 1, self.locals),
            // Arguments stand at the beginning of the callee's frame, and so do its results.
            Operand::Frame => {
                let (params, results) = callee.unwrap_or_default();
                in_range(value, params.max(results), self.frame)
            }
            Operand::Arguments => {
                let count = second();
                exactly(count, callee.map_or(count, |(params, _)| params))?;
                in_range(value, count, self.frame)
            }
            Operand::Results => {
                exactly(second(), self.results())?;
                in_range(value, second(), self.frame)
            }
            Operand::Down => {
                let (from, to, count) = (value, second(), u64::from(self.word(at + 2)));
                if to > from {
                    return Err(Wrong::Upwards { from, to });
                }
                in_range(from, count, self.frame)
            }
        }
    }

    /// Whether a distance leads to an instruction.
    fn target(&self, origin: usize, distance: u32) -> Result<(), Wrong> {
        let target = distance::target(origin, distance);
        match usize::try_from(target) {
            Ok(to) if self.starts.has(to) => self.loops.admit(origin, to),
            _ => Err(Wrong::Target(target)),
        }
    }

    /// The function whose cell has this address.
    fn cell(&self, address: u64) -> Option<u32> {
        let address_of = |index| Some(core::ptr::from_ref(self.module.code().cell(index)?) as u64);
        let distance = address.checked_sub(address_of(0)?)?;
        let index = u32::try_from(distance / size_of::<Cell>() as u64).ok()?;
        (address_of(index)? == address).then_some(index)
    }

    /// The type of the module that has this number in the engine.
    fn ty(&mut self, number: u32) -> Result<Option<TypeIdx>, Wrong> {
        if self.types.is_none() {
            let count = self.module.env().type_count();
            let mut types = Vec::new();
            types
                .try_reserve_exact(count as usize)
                .map_err(|_| Wrong::OutOfMemory)?;
            let numbered = |ty| (self.module.type_id(TypeIdx(ty)).0, TypeIdx(ty));
            types.extend((0..count).map(numbered));
            types.sort_unstable_by_key(|(number, _)| *number);
            self.types = Some(types);
        }
        let types = self.types.as_deref().unwrap_or_default();
        let found = types.binary_search_by_key(&number, |(number, _)| *number);
        Ok(found.ok().map(|at| types[at].1))
    }

    fn results(&self) -> u64 {
        slot::count(self.signature.results()) as u64
    }

    /// Whether the last instruction does not go on behind the code.
    fn end(&self) -> Result<(), Fault> {
        let last = self.log.0.last();
        let goes = last.map(|laid| layout(*laid).map(Layout::goes));
        match goes.transpose()? {
            Some(Ending::Elsewhere | Ending::Return(_)) => Ok(()),
            Some(Ending::Next) | None => Err(Fault {
                word: last.map_or(0, |laid| laid.start as usize),
                what: Wrong::End,
            }),
        }
    }

    /// Whether places ascend, belong to instructions and lie within the body.
    fn places(&self) -> Result<(), Fault> {
        let func = self.module.env().imported_funcs() + self.index;
        let body = self.module.body(func).unwrap_or_default();
        let mut next = 0;
        for (word, place) in self.code.origins.pairs() {
            let at = word as usize;
            let fits = word >= next
                && (self.starts.has(at) || self.parts.has(at))
                && (body.start..=body.end).contains(&(place as usize));
            if !fits {
                return Err(Fault {
                    word: word as usize,
                    what: Wrong::Place(place),
                });
            }
            next = word + 1;
        }
        Ok(())
    }

    /// A word of the code.
    fn word(&self, at: usize) -> u32 {
        let pair = self.code.words[at / 2].to_ne_bytes();
        let [a, b, c, d, e, f, g, h] = pair;
        u32::from_ne_bytes(match at % 2 {
            0 => [a, b, c, d],
            _ => [e, f, g, h],
        })
    }
}

impl Laid {
    /// Word at which its operands begin.
    fn own(self) -> usize {
        self.start as usize + HANDLER_WORDS
    }

    fn fault(self, what: Wrong) -> Fault {
        Fault {
            word: self.start as usize,
            what,
        }
    }
}

/// What the handler of an instruction takes.
fn layout(laid: Laid) -> Result<&'static Layout, Fault> {
    match fusion::entry(laid.handler) {
        Some(entry) => Ok(&entry.layout),
        None => Err(laid.fault(Wrong::NoHandler(laid.handler))),
    }
}

/// Slots of parameters and results.
fn signature(found: Option<FuncSignature<'_>>) -> Option<(u64, u64)> {
    let slots = |types| slot::count(types) as u64;
    found.map(|ty| (slots(ty.params()), slots(ty.results())))
}

fn in_range(first: u64, count: u64, most: u64) -> Result<(), Wrong> {
    match first + count <= most {
        true => Ok(()),
        false => Err(Wrong::Slots { first, count, most }),
    }
}

fn exactly(found: u64, expected: u64) -> Result<(), Wrong> {
    match found == expected {
        true => Ok(()),
        false => Err(Wrong::Count { found, expected }),
    }
}

/// Words at which instructions begin, a bit for each.
struct Starts(Vec<u64>);

impl Starts {
    fn new(words: usize) -> Result<Self, OutOfMemory> {
        // The second of fused instructions may have no words, and stand where the code ends.
        let count = words / u64::BITS as usize + 1;
        let mut bits = Vec::new();
        bits.try_reserve_exact(count).map_err(|_| OutOfMemory)?;
        bits.resize(count, 0);
        Ok(Self(bits))
    }

    fn add(&mut self, word: usize) {
        self.0[word / u64::BITS as usize] |= 1 << (word % u64::BITS as usize);
    }

    fn has(&self, word: usize) -> bool {
        let bits = self.0.get(word / u64::BITS as usize);
        bits.is_some_and(|bits| bits >> (word % u64::BITS as usize) & 1 == 1)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory => f.write_str("out of memory"),
            Self::Start { expected } => write!(f, "the instruction should begin at {expected}"),
            Self::Length { end } => write!(f, "the code ends at {end}"),
            Self::NoHandler(number) => write!(f, "no handler {number}"),
            Self::Address(number) => write!(f, "not the address of handler {number}"),
            Self::Words { taken, laid } => {
                write!(f, "the handler takes {taken} words, there are {laid}")
            }
            Self::Entry => f.write_str("a function begins with its frame, and only it does"),
            Self::Frame { slots, least } => {
                write!(f, "a frame of {slots} slots, at least {least} needed")
            }
            Self::Zeroed { first, count } => {
                write!(f, "zeroes {count} slots from {first}, not locals")
            }
            Self::Slots { first, count, most } => {
                write!(f, "{count} slots from {first} of {most}")
            }
            Self::Upwards { from, to } => write!(f, "copies from slot {from} up to {to}"),
            Self::Target(target) => write!(f, "no instruction begins at the target {target}"),
            Self::Again => f.write_str("no loop whose head the context has"),
            Self::Into(target) => write!(f, "a jump into a loop, to {target}"),
            Self::Cell(address) => write!(f, "{address:#x} is no cell of the module"),
            Self::Index { what, index } => write!(f, "no such {what} {index}"),
            Self::Count { found, expected } => write!(f, "{found} values, the type has {expected}"),
            Self::Pins => f.write_str("other pinned locals than those of the function"),
            Self::End => f.write_str("goes on behind the code"),
            Self::Place(place) => write!(f, "not the place {place:#x} of the module"),
        }
    }
}

#[cfg(all(test, feature = "std"))]
mod listing;
mod loops;
#[cfg(test)]
mod tests;
