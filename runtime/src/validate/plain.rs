//! Instructions of which nothing is special, read and judged by one function.
//!
//! Most instructions have an immediate at most and single types. Where size counts more than
//! speed, they are rows of a generated table, and only the others go through `decode` and `step`.
//! Both come from the same rows of `spec/` and decide the same, in the same order: immediates,
//! proposal, place in a constant expression, memory, operands.

use super::constant::{admit, global};
use super::predicate;
use super::storage::Storage;
use super::validator::Validator;
use crate::generated::shared::plain::{FIRST, KINDS, PROPOSALS, ROWS};
use crate::profile::Gate;
use crate::read::{Reader, immediate};
use crate::reject::Reject;
use crate::spec::Proposal;
use crate::types::ValType;

/// What plain instructions of one kind have in common.
pub(crate) struct Kind {
    proposal: Proposal,
    constant: Option<Proposal>,
    immediate: Immediate,
    params: [Operand; 2],
    result: Operand,
    rule: Rule,
}

/// What follows the opcode.
#[derive(Clone, Copy)]
pub(crate) enum Immediate {
    /// Nothing.
    Nothing,
    /// A signed number of 32 bits.
    Signed32,
    /// A signed number of 64 bits.
    Signed64,
    /// So many bytes.
    Bytes(u8),
    /// The place of an access to so many bytes.
    MemArg(u8),
    /// A local.
    Local,
    /// A global.
    Global,
    /// A memory.
    Memory,
}

/// What the column `where` asks of the immediate.
#[derive(Clone, Copy)]
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

impl Kind {
    pub(crate) const fn new(
        proposal: Proposal,
        constant: Option<Proposal>,
        immediate: Immediate,
        params: [Operand; 2],
        result: Operand,
        rule: Rule,
    ) -> Self {
        Self {
            proposal,
            constant,
            immediate,
            params,
            result,
            rule,
        }
    }

    /// Takes the next opcode if it is plain, and gives its kind.
    pub(super) fn next(r: &mut Reader<'_>) -> Option<&'static Self> {
        let place = r.peek()?.wrapping_sub(FIRST);
        let kind = KINDS.get(usize::from(*ROWS.get(usize::from(place))?))?;
        r.u8().ok()?;
        Some(kind)
    }
}

impl Operand {
    fn ty(self, own: ValType) -> Option<ValType> {
        match self {
            Self::Absent => None,
            Self::Own => Some(own),
            number => Some(ValType::from_num_bits(number as u32)),
        }
    }
}

impl<G: Gate, S: Storage> Validator<'_, G, S> {
    /// Reads the rest of a plain instruction and applies its rules.
    pub(super) fn plain(&mut self, kind: &Kind, r: &mut Reader<'_>) -> Result<(), Reject> {
        self.admit(kind)?;
        let mut own = ValType::I32;
        match kind.immediate {
            Immediate::Nothing => {}
            Immediate::Signed32 => {
                r.i32()?;
            }
            Immediate::Signed64 => {
                r.i64()?;
            }
            Immediate::Bytes(count) => {
                r.bytes(count.into())?;
            }
            Immediate::MemArg(width) => {
                let memarg = immediate::memarg(r, self.gate, width.into())?;
                own = self.memarg(memarg, width.into())?.address;
            }
            Immediate::Memory => {
                let memory = immediate::memory(r, self.gate)?;
                own = self.memory(memory)?.address;
            }
            Immediate::Local => {
                let local = immediate::local(r, self.gate)?;
                own = self.local(local)?;
                match kind.rule {
                    Rule::Initialized => predicate::initialized(self, local)?,
                    Rule::Initializes => predicate::initializes(self, local)?,
                    Rule::Mutable | Rule::None => {}
                }
            }
            Immediate::Global => {
                let number = immediate::global(r, self.gate)?;
                if self.locals.constant {
                    global(self.gate, self.env, number, self.at)?;
                }
                own = self.global(number)?.content;
                if let Rule::Mutable = kind.rule {
                    predicate::mutable(self, number)?;
                }
            }
        }
        for param in kind.params.iter().rev() {
            if let Some(ty) = param.ty(own) {
                self.pop(ty)?;
            }
        }
        match kind.result.ty(own) {
            Some(ty) => self.push(ty),
            None => Ok(()),
        }
    }

    /// Asks whether the proposal is admitted, and whether this is a place for the instruction.
    fn admit(&self, kind: &Kind) -> Result<(), Reject> {
        if !G::KNOWN.is_some_and(|known| known.includes(PROPOSALS)) {
            self.gate.admit(kind.proposal, self.at, ())?;
        }
        if self.locals.constant {
            admit(self.gate, kind.constant, self.at)?;
        }
        Ok(())
    }
}
