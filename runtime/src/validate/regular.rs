//! Instructions without a special case, read and judged by one function.
//!
//! Most instructions have an immediate at most and single types. With `policy::REGULAR_BY_TABLE`
//! they are rows of a generated table, and only the others go through `decode` and `step`. Both
//! come from the same rows of `spec/` and decide the same, in the same order: proposal, immediates,
//! place in a constant expression, memory, operands.

use super::constant::{admit, immutable, visible};
use super::predicate;
use super::storage::Storage;
use super::validator::Validator;
use crate::generated::woven::regular::{FIRST, KINDS, PROPOSALS, ROWS};
use crate::profile::Gate;
use crate::read::{Reader, immediate};
use crate::reject::Reject;
use crate::spec::Proposal;
use crate::types::ValType;

/// What regular instructions of one kind have in common.
///
/// From the lowest bit: immediate (3) and its width (4), parameters (3 each), result (3), rule (2),
/// proposal (6), and one more than the proposal that admits it in constant expressions (6).
#[derive(Clone, Copy)]
pub(crate) struct RegularKind(u32);

const WIDTH: u32 = 3;
const PARAMS: u32 = 7;
const RESULT: u32 = 13;
const RULE: u32 = 16;
const PROPOSAL: u32 = 18;
const CONSTANT: u32 = 24;
/// Bits of an operand.
const OPERAND: u32 = 3;

const _: () = assert!(
    Proposal::ALL.len() < 1 << (CONSTANT - PROPOSAL),
    "a kind has no room for so many proposals"
);

/// What follows the opcode.
#[derive(Clone, Copy)]
pub(crate) enum Immediate {
    /// Nothing.
    Nothing,
    /// A signed number of 32 bits.
    Signed32,
    /// A signed number of 64 bits.
    Signed64,
    /// So many bytes as its width says.
    Bytes,
    /// The place of an access to this many bytes.
    MemArg,
    /// A local.
    Local,
    /// A global.
    Global,
    /// A memory.
    Memory,
}

impl Immediate {
    /// All of them, in their order.
    const ALL: [Self; 8] = [
        Self::Nothing,
        Self::Signed32,
        Self::Signed64,
        Self::Bytes,
        Self::MemArg,
        Self::Local,
        Self::Global,
        Self::Memory,
    ];
}

/// What the column `where` asks of the immediate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Nothing.
    None,
    /// The global can be assigned.
    Mutable,
    /// The local has a default or has been set.
    Initialized,
    /// From here on the local has been set.
    Initializes,
}

/// What is taken or given; numbers as in [`ValType`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operand {
    /// `i32`
    I32 = ValType::I32.bits() as isize,
    /// `i64`
    I64 = ValType::I64.bits() as isize,
    /// `f32`
    F32 = ValType::F32.bits() as isize,
    /// `f64`
    F64 = ValType::F64.bits() as isize,
    /// The type of the local or global, or of addresses of the memory.
    Own,
    /// Nothing.
    Absent,
}

impl RegularKind {
    pub(crate) const fn new(
        proposal: Proposal,
        constant: Option<Proposal>,
        (immediate, width): (Immediate, u32),
        params: [Operand; 2],
        result: Operand,
        rule: Rule,
    ) -> Self {
        let constant = match constant {
            Some(proposal) => proposal as u32 + 1,
            None => 0,
        };
        assert!(
            width >> (PARAMS - WIDTH) == 0,
            "a kind has no room for such a width"
        );
        let [first, second] = params;
        Self(
            immediate as u32
                | width << WIDTH
                | (first as u32) << PARAMS
                | (second as u32) << (PARAMS + OPERAND)
                | (result as u32) << RESULT
                | (rule as u32) << RULE
                | (proposal as u32) << PROPOSAL
                | constant << CONSTANT,
        )
    }

    /// So many bits from one on.
    #[inline(always)]
    const fn bits(self, from: u32, count: u32) -> u32 {
        self.0 >> from & ((1 << count) - 1)
    }

    fn immediate(self) -> Immediate {
        let number = self.bits(0, WIDTH) as usize;
        let known = Immediate::ALL.get(number).copied();
        known.unwrap_or(Immediate::Memory)
    }

    /// Of the immediate, in bytes.
    fn width(self) -> u32 {
        self.bits(WIDTH, PARAMS - WIDTH)
    }

    fn has(self, rule: Rule) -> bool {
        self.bits(RULE, PROPOSAL - RULE) == rule as u32
    }

    /// The type of an operand, if there is one.
    #[inline(always)]
    fn operand(self, from: u32, own: ValType) -> Option<ValType> {
        const OWN: u32 = Operand::Own as u32;
        const ABSENT: u32 = Operand::Absent as u32;
        match self.bits(from, OPERAND) {
            ABSENT => None,
            OWN => Some(own),
            number => Some(ValType::from_num_bits(number)),
        }
    }

    /// The proposal that brought it.
    fn proposal(self) -> Option<Proposal> {
        let number = self.bits(PROPOSAL, CONSTANT - PROPOSAL);
        Proposal::ALL.get(number as usize).copied()
    }

    /// The proposal that admits it in constant expressions.
    fn constant(self) -> Option<Proposal> {
        let number = self.bits(CONSTANT, CONSTANT - PROPOSAL).checked_sub(1)?;
        Proposal::ALL.get(number as usize).copied()
    }

    /// Takes the next opcode if it is regular, and gives its kind.
    pub(super) fn next(r: &mut Reader<'_>) -> Option<Self> {
        let place = r.peek()?.wrapping_sub(FIRST);
        let kind = *KINDS.get(usize::from(*ROWS.get(usize::from(place))?))?;
        r.u8().ok()?;
        Some(kind)
    }
}

impl<G: Gate, S: Storage> Validator<'_, G, S> {
    /// Reads the rest of a regular instruction and applies its rules.
    pub(super) fn regular(&mut self, kind: RegularKind, r: &mut Reader<'_>) -> Result<(), Reject> {
        self.admit(kind)?;
        let mut own = ValType::I32;
        match kind.immediate() {
            Immediate::Nothing => self.place(kind)?,
            immediate @ (Immediate::Signed32 | Immediate::Signed64) => {
                let bits = match immediate {
                    Immediate::Signed64 => u64::BITS,
                    _ => u32::BITS,
                };
                r.pass_signed(bits)?;
                self.place(kind)?;
            }
            Immediate::Bytes => {
                r.bytes(kind.width() as usize)?;
                self.place(kind)?;
            }
            Immediate::MemArg => {
                let memarg = immediate::memarg(r, self.gate, kind.width())?;
                self.place(kind)?;
                own = self.memarg(memarg, kind.width())?.address;
            }
            Immediate::Memory => {
                let memory = immediate::memory(r, self.gate)?;
                self.place(kind)?;
                own = self.memory(memory)?.address;
            }
            Immediate::Local => {
                let local = immediate::local(r, self.gate)?;
                self.place(kind)?;
                own = self.local(local)?;
                if kind.has(Rule::Initialized) {
                    predicate::initialized(self, local)?;
                } else if kind.has(Rule::Initializes) {
                    predicate::initializes(self, local)?;
                }
            }
            Immediate::Global => {
                let number = immediate::global(r, self.gate)?;
                self.place(kind)?;
                if self.locals.constant {
                    visible(self.gate, self.env, number, self.at)?;
                }
                let ty = self.global(number)?;
                own = ty.content;
                if self.locals.constant {
                    immutable(ty, number, self.at)?;
                } else if kind.has(Rule::Mutable) {
                    predicate::assignable(ty, number, self.at)?;
                }
            }
        }
        if let Some(second) = kind.operand(PARAMS + OPERAND, own) {
            self.pop(second)?;
        }
        if let Some(first) = kind.operand(PARAMS, own) {
            self.pop(first)?;
        }
        match kind.operand(RESULT, own) {
            Some(ty) => self.push(ty),
            None => Ok(()),
        }
    }

    /// Asks whether the proposal is admitted, if that is not known.
    fn admit(&self, kind: RegularKind) -> Result<(), Reject> {
        match kind.proposal() {
            Some(proposal) if !G::KNOWN.is_some_and(|known| known.includes(PROPOSALS)) => {
                self.gate.admit(proposal, self.at, ())
            }
            _ => Ok(()),
        }
    }

    /// Asks whether this is a place for the instruction.
    #[inline(always)]
    fn place(&self, kind: RegularKind) -> Result<(), Reject> {
        match self.locals.constant {
            true => self.constant(kind),
            false => Ok(()),
        }
    }

    #[inline(never)]
    fn constant(&self, kind: RegularKind) -> Result<(), Reject> {
        admit(self.gate, kind.constant(), self.at)
    }
}
