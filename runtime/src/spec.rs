//! The tables of `spec/`, for programs: opcodes, proposals, limits, traps, sections, fuel.
//!
//! Everything here is generated; a fact of the standard has one place, the row that states it. This
//! file only gives the generated modules their public names, so that programs do not depend on how
//! `generated/` is divided.

pub use crate::generated::shared::error_code::{ErrorClass, ErrorCode, Misuse};
pub use crate::generated::shared::instruction::Instruction;
pub use crate::generated::shared::level::{ComponentRule, Level, Rule};
pub use crate::generated::shared::limits::*;
pub use crate::generated::shared::opcode::{FUEL_SCHEDULE, HOST_CALL, HOST_ITEM, Opcode};
pub use crate::generated::shared::proposal::{Proposal, Proposals};
pub use crate::generated::shared::section::SectionId;
pub use crate::generated::shared::tier::{Capability, Tier};
pub use crate::generated::shared::trap::Trap;
pub use crate::rate::Rate;

/// Codes of types, kinds and flags as they stand in the binary format.
pub mod wire {
    pub use crate::generated::shared::wire::*;
}
