//! The tables of `spec/`, for programs: opcodes, proposals, limits, traps, sections, fuel.
//!
//! Everything here is generated; a fact of the standard has one place, the row that states it. This
//! file only gives the generated modules their public names, so that programs do not depend on how
//! `generated/` is divided.

pub use crate::generated::facts::error_code::{ErrorClass, ErrorCode, Misuse};
pub use crate::generated::facts::level::{ComponentRule, Level, Rule};
pub use crate::generated::facts::limits::*;
pub use crate::generated::facts::opcode::{FUEL_SCHEDULE, HOST_CALL, HOST_ITEM, Opcode};
pub use crate::generated::facts::proposal::{Proposal, Proposals};
pub use crate::generated::facts::section::SectionId;
pub use crate::generated::facts::tier::{Capability, Tier};
pub use crate::generated::facts::trap::Trap;
pub use crate::generated::woven::instruction::Instruction;
pub use crate::rate::Rate;

/// Codes of types, kinds and flags as they stand in the binary format.
pub mod wire {
    pub use crate::generated::facts::wire::*;
}
