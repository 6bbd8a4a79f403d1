//! What the operand words of an instruction are.
//!
//! Each instruction states its layout as a constant, made of those of its places: how many words
//! a handler takes follows from it, and the verifier compares with it what the translator wrote.

use super::register::{Register, RegisterClass};
use crate::exec::slot::Row;

/// An operand in one word or a few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operand {
    /// A slot of the frame, to read or to write.
    Slot,
    /// The first of a row of slots, this many.
    Slots(usize),
    /// Bits that mean nothing but themselves.
    Immediate,
    /// The same in two words.
    Long,
    /// The same in four.
    Vector,
    /// Distance to an instruction, from this operand word of its own.
    Target(usize),
    /// The head of the innermost loop, which the context has: no word.
    Again,
    /// The next instruction is the head of the innermost loop: no word.
    Head,
    /// How many targets follow beside the default: distances, the one with index n from n
    /// words behind this operand word of its own.
    Targets(usize),
    /// Slots to move down, from where and how many, and how many targets follow beside the default:
    /// distances, each from its own word and with the slot where the values move to.
    MovingTargets,
    /// Address of a cell of the module, in two words.
    Cell,
    /// Distance from this word to the beginning of the function itself, which is called.
    Entry,
    /// Index of a function.
    Function,
    /// Index of an imported function.
    Import,
    /// The engine's number of a function type.
    Type,
    /// Index of a table, with 64-bit indices or not, if that matters.
    Table(Option<bool>),
    /// Index of a memory, with 64-bit addresses or not, if that matters.
    Memory(Option<bool>),
    /// Offset in memory 0, which has 64-bit addresses or not.
    Offset(bool),
    /// Index of a global.
    Global,
    /// Index of a data segment.
    Data,
    /// Index of an element segment.
    Element,
    /// Slots of the function's frame.
    FrameSize,
    /// The first local to zero, and how many.
    Zeroed,
    /// A local.
    Local,
    /// Where the frame of what is called begins.
    Frame,
    /// Where the arguments of what is called in this place stand, and how many.
    Arguments,
    /// Where the function's results stand, and how many.
    Results,
    /// Slots to copy down: from, to, how many.
    Down,
}

impl Operand {
    /// Words that it takes, without targets that follow.
    pub(crate) const fn words(self) -> usize {
        match self {
            Self::Again | Self::Head => 0,
            Self::Long | Self::Cell | Self::Zeroed | Self::Arguments | Self::Results => 2,
            Self::Down | Self::MovingTargets => 3,
            Self::Vector => 4,
            _ => 1,
        }
    }
}

/// Words of operands in a row.
pub(crate) const fn words(operands: &[Operand]) -> usize {
    let (mut words, mut at) = (0, 0);
    while at < operands.len() {
        words += operands[at].words();
        at += 1;
    }
    words
}

/// Where an instruction goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Behind it, unless it jumps.
    Next,
    /// Elsewhere.
    Elsewhere,
    /// In the caller, which gets this many results.
    Return(usize),
}

/// The operands of an instruction, in order.
#[cfg_attr(not(verify), allow(dead_code, reason = "the verifier reads it"))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    operands: [Operand; MOST],
    count: usize,
    words: usize,
    ending: Ending,
    /// Registers of pinned locals that it uses.
    pins: Pinned,
    /// Those that are kept for the caller while it runs a callee.
    kept: Pinned,
}

/// Registers of pinned locals, by class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pinned {
    /// Those of integers.
    pub(crate) integers: bool,
    /// Those of `f64`.
    pub(crate) floats: bool,
}

impl Pinned {
    /// None of them.
    pub(crate) const NONE: Self = Self::new(false, false);
    /// All of them.
    pub(crate) const ALL: Self = Self::new(true, true);

    /// Those of a class. No local of type `f32` or `v128` is pinned.
    pub(crate) const fn of(kind: RegisterClass) -> Self {
        match kind {
            RegisterClass::Int => Self::new(true, false),
            RegisterClass::F64 => Self::new(false, true),
            RegisterClass::F32 | RegisterClass::V128 => Self::NONE,
        }
    }

    /// Those of the classes.
    pub(crate) const fn new(integers: bool, floats: bool) -> Self {
        Self { integers, floats }
    }

    const fn and(self, other: Self) -> Self {
        Self::new(self.integers || other.integers, self.floats || other.floats)
    }

    /// Whether all of the others are among these.
    #[cfg(verify)]
    pub(crate) fn has(self, others: Self) -> bool {
        self.and(others) == self
    }
}

/// Most operands of an instruction.
const MOST: usize = 12;

impl Layout {
    /// No operands.
    pub(crate) const NONE: Self = Self {
        operands: [Operand::Immediate; MOST],
        count: 0,
        words: 0,
        ending: Ending::Next,
        pins: Pinned::NONE,
        kept: Pinned::ALL,
    };

    /// With one more operand.
    pub(crate) const fn with(mut self, operand: Operand) -> Self {
        self.operands[self.count] = operand;
        self.count += 1;
        self.words += operand.words();
        self
    }

    /// With more operands.
    pub(crate) const fn all(mut self, operands: &[Operand]) -> Self {
        let mut at = 0;
        while at < operands.len() {
            self = self.with(operands[at]);
            at += 1;
        }
        self
    }

    /// With a value of type `T` at a place, if it takes words there.
    pub(crate) const fn value<T: Register>(self, at: Site) -> Self {
        match at {
            Site::Register => self,
            Site::Pin => self.pins(Pinned::of(T::KIND)),
            Site::Slot => match T::Slots::LEN {
                1 => self.with(Operand::Slot),
                slots => self.with(Operand::Slots(slots)),
            },
            Site::Immediate => {
                let mut operand = Operand::Immediate;
                if T::IMMEDIATE_WORDS == Operand::Long.words() {
                    operand = Operand::Long;
                } else if T::IMMEDIATE_WORDS == Operand::Vector.words() {
                    operand = Operand::Vector;
                }
                self.with(operand)
            }
        }
    }

    /// Using registers of pinned locals.
    pub(crate) const fn pins(mut self, pins: Pinned) -> Self {
        self.pins = self.pins.and(pins);
        self
    }

    /// Keeping only these registers for the caller.
    pub(crate) const fn keeps(mut self, kept: Pinned) -> Self {
        self.kept = kept;
        self
    }

    /// Going on elsewhere.
    pub(crate) const fn ending(mut self, ending: Ending) -> Self {
        self.ending = ending;
        self
    }

    /// With another instruction behind it.
    pub(crate) const fn then(mut self, next: Self) -> Self {
        let (origin, mut at) = (self.words, 0);
        while at < next.count {
            self = self.with(match next.operands[at] {
                Operand::Target(from) => Operand::Target(origin + from),
                Operand::Targets(from) => Operand::Targets(origin + from),
                operand => operand,
            });
            at += 1;
        }
        self.pins(next.pins).keeps(next.kept).ending(next.ending)
    }

    /// Words that it takes; of a table of targets only the count.
    #[inline(always)]
    pub(crate) const fn words(&self) -> usize {
        self.words
    }
}

#[cfg(verify)]
impl Layout {
    /// The operands.
    pub(crate) fn operands(&self) -> &[Operand] {
        &self.operands[..self.count]
    }

    /// Where the instruction goes on.
    pub(crate) fn goes(&self) -> Ending {
        self.ending
    }

    /// Registers of pinned locals that it uses.
    pub(crate) fn used(&self) -> Pinned {
        self.pins
    }

    /// Those that are kept for the caller.
    pub(crate) fn kept(&self) -> Pinned {
        self.kept
    }
}

/// What a place takes in the code.
#[derive(Clone, Copy)]
pub(crate) enum Site {
    /// Nothing: it is an accumulator.
    Register,
    /// Nothing: it is the register of a pinned local.
    Pin,
    /// The number of a slot.
    Slot,
    /// The value.
    Immediate,
}

impl Site {
    /// Words of a value of type `T`.
    #[inline(always)]
    pub(crate) const fn words<T: Register>(self) -> usize {
        Layout::NONE.value::<T>(self).words()
    }
}
