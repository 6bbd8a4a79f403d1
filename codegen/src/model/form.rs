//! Places, forms and fused pairs of the fast engine.
//!
//! A form says where the operands and the result of an instruction are; `forms.toml` lists which
//! there are for a class of rows in a tier, and emitters derive all handlers from it. The place `S`
//! (a slot) is always there, so that any operand can be moved to where a handler takes it.

use super::vocabulary::vocabulary;
use super::{Origin, TierId};
use std::fmt;

/// What `forms.toml` and `fusion.toml` say.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// Places that there are, in order of their rows.
    pub places: Vec<Place>,
    /// Classes of rows.
    pub classes: Vec<FormClass>,
    /// Instructions of the engine's own.
    pub engine: Vec<EngineInstruction>,
    /// Most handlers of each tier.
    pub budgets: Vec<(TierId, u32, Origin)>,
    /// Most fused pairs of each tier.
    pub fused: Vec<(TierId, u32, Origin)>,
    /// Fused pairs, those that gain most first.
    pub fusions: Vec<Fusion>,
}

vocabulary! {
    /// Where an operand or a result stands.
    Place {
        /// A slot of the frame.
        Slot = "S",
        /// The accumulator of the value's class.
        Accumulator = "A",
        /// The first pinned local.
        Pinned = "P",
        /// The second pinned local.
        SecondPinned = "Q",
        /// An immediate in the code.
        Immediate = "I",
        /// A slot and the accumulator, as a destination.
        Both = "W",
        /// A jump if the value is not zero.
        Jump = "J",
        /// A jump if the value is zero.
        JumpNot = "N",
        /// A jump to the head of the innermost loop if the value is not zero.
        Again = "L",
        /// A jump to the head of the innermost loop if the value is zero.
        AgainNot = "M",
    }
}

/// The places of the operands in order, then that of the result.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form(pub Vec<Place>);

/// The places of operands and result for which handlers are made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// For each operand, its places.
    pub operands: Vec<Vec<Place>>,
    /// Destinations; empty without a result.
    pub result: Vec<Place>,
    /// Where they stand.
    pub at: Origin,
}

/// A class of rows: handlers for the same places are made for each of them.
#[derive(Clone, Debug)]
pub struct FormClass {
    /// Key, snake case.
    pub key: String,
    /// Classes of the operands.
    pub operands: Vec<OperandClass>,
    /// Class of the result.
    pub result: Option<ResultClass>,
    /// Names behind the dot of the rows that belong to it; all that fit, if it is empty.
    pub rows: Vec<String>,
    /// The kind of memory that its rows access.
    pub memory: Option<MemoryKind>,
    /// For each tier its forms.
    pub tiers: Vec<(TierId, Shape)>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

vocabulary! {
    /// A class of operands, in the type of a class of rows.
    OperandClass {
        Int = "int",
        F32 = "f32",
        F64 = "f64",
        V128 = "v128",
        /// An address.
        At = "at",
        Any = "any",
    }
}

vocabulary! {
    /// A class of results, in the type of a class of rows.
    ResultClass {
        Int = "int",
        F32 = "f32",
        F64 = "f64",
        V128 = "v128",
        Any = "any",
        /// An `i32` that is 0 or 1.
        Truth = "truth",
    }
}

vocabulary! {
    /// A class of registers.
    RegisterClass {
        Int = "int",
        F32 = "f32",
        F64 = "f64",
        V128 = "v128",
    }
}

vocabulary! {
    /// A kind of memory, as handlers tell them apart.
    MemoryKind {
        /// Memory 0, with 32-bit addresses.
        First32 = "32",
        /// Memory 0, with 64-bit addresses.
        First64 = "64",
        /// Any memory with 32-bit addresses.
        Any32 = "any",
        /// Any memory with 64-bit addresses.
        Any64 = "any 64",
    }
}

/// An instruction of the engine's own.
#[derive(Clone, Debug)]
pub struct EngineInstruction {
    /// Key, snake case.
    pub key: String,
    /// Its type, with `_` for each place.
    pub instruction: String,
    /// Class of its result.
    pub result: Option<RegisterClass>,
    /// Whether it can trap or call.
    pub traps: bool,
    /// The row that it does the work of, where the processor can; without that row it is left out.
    pub stands_for: Option<String>,
    /// What the processor must have for that: a method of `Native`.
    pub processor: Option<String>,
    /// For each tier its forms.
    pub tiers: Vec<(TierId, Shape)>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// Pairs of instructions that one handler does: each form of the first with each of the second.
#[derive(Clone, Debug)]
pub struct Fusion {
    /// Key, snake case.
    pub key: String,
    /// What comes first.
    pub first: Fused,
    /// What follows at once.
    pub then: Fused,
    /// How many instructions of a million they spare.
    pub gain: u32,
    /// Where they stand.
    pub origin: Origin,
}

/// One instruction of fused pairs.
#[derive(Clone, Debug)]
pub struct Fused {
    /// Key of a row, or of an instruction of the engine's own.
    pub key: String,
    /// Its forms, each with its place; one without places, if it has nothing in places.
    pub forms: Vec<(Form, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

impl Forms {
    /// The most handlers of a tier; nothing of a tier without the fast engine.
    pub fn budget(&self, tier: TierId) -> Option<u32> {
        let budget = self.budgets.iter().find(|(id, _, _)| *id == tier);
        budget.map(|(_, most, _)| *most)
    }

    /// The most fused pairs of a tier.
    pub fn most_fused(&self, tier: TierId) -> u32 {
        let most = self.fused.iter().find(|(id, _, _)| *id == tier);
        most.map_or(0, |(_, most, _)| *most)
    }
}

/// The shape for a tier.
pub fn shape(tiers: &[(TierId, Shape)], tier: TierId) -> Option<&Shape> {
    tiers
        .iter()
        .find(|(id, _)| *id == tier)
        .map(|(_, shape)| shape)
}

impl Place {
    /// Whether operands can be read from it.
    pub const fn is_source(self) -> bool {
        match self {
            Self::Slot | Self::Accumulator | Self::Pinned | Self::SecondPinned => true,
            Self::Immediate => true,
            Self::Both | Self::Jump | Self::JumpNot | Self::Again | Self::AgainNot => false,
        }
    }

    /// Whether results can be written to it.
    pub const fn is_destination(self) -> bool {
        match self {
            Self::Slot | Self::Accumulator | Self::Pinned | Self::SecondPinned => true,
            Self::Both => true,
            Self::Immediate | Self::Jump | Self::JumpNot | Self::Again | Self::AgainNot => false,
        }
    }

    /// Whether it is a jump, which truth values can go to besides.
    pub const fn is_jump(self) -> bool {
        match self {
            Self::Jump | Self::JumpNot | Self::Again | Self::AgainNot => true,
            Self::Slot | Self::Accumulator | Self::Pinned | Self::SecondPinned => false,
            Self::Immediate | Self::Both => false,
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|place| write!(f, "{place}"))
    }
}
