//! What programs consist of: operations, places, and the registers that these use.
//!
//! An operation moves a part of a value from a place of the source to one of the target. Places in
//! memory are relative to two addresses of the current frame; a frame belongs to a body, which moves
//! one value that is made of others, and lists keep in it how far they are.

use crate::component::types::ResourceId;
use crate::spec::Trap;

/// Registers in front of the core values: the next operation, and where its frame begins.
pub(super) const HEAD: usize = 2;

/// Registers of a frame: where to return to, the addresses of the source and the target that places
/// in memory are relative to, and what an operation keeps while the guest runs.
pub(super) const FRAME: usize = LOCAL + crate::component::abi::transcode::WORDS;

/// In a frame: where to return to.
pub(super) const RETURN: usize = 0;
/// In a frame: the address of the source.
pub(super) const SOURCE: usize = 1;
/// In a frame: the address of the target.
pub(super) const TARGET: usize = 2;
/// In a frame: the first of those that an operation keeps.
pub(super) const LOCAL: usize = 3;

/// Kept for a list: how many elements it has.
pub(super) const COUNT: usize = LOCAL;
/// Kept for a list: where its elements go.
pub(super) const BEGIN: usize = LOCAL + 1;
/// Kept for elements one after the other: how many are left.
pub(super) const LEFT: usize = LOCAL + 2;
/// Kept for elements one after the other: where the next one is.
pub(super) const FROM: usize = LOCAL + 3;
/// Kept for elements one after the other: where the next one goes.
pub(super) const TO: usize = LOCAL + 4;

/// Kept for a string of one encoding: where it is.
pub(super) const AT: usize = LOCAL + 5;
/// Kept for a string of one encoding: its code units.
pub(super) const UNITS: usize = LOCAL + 6;

/// Where a part of a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the register with this number, and those behind it.
    Slot(u32),
    /// This many bytes behind the frame's address.
    Memory(u32),
}

/// A value that is a number of one core value, and what is checked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    /// Bits of 1, 2, 4 or 8 bytes, without a sign.
    Bits(u32),
    /// The same of 1 or 2 bytes with a sign.
    Signed(u32),
    /// 0, or else 1.
    Bool,
    /// A Unicode scalar value.
    Char,
    /// Flags: their bytes, and which bits are labels.
    Flags { size: u32, mask: u32 },
    /// The number of a case: its bytes, and how many cases there are.
    Case { size: u32, count: u32 },
}

/// The size and alignment of what is in a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) size: u32,
    pub(super) align: u32,
}

/// One step from a source to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Takes the frame's address of the source from a register.
    Source { slot: u32, extent: Extent },
    /// Takes that of the target from a register.
    Target { slot: u32, extent: Extent },
    /// Asks for memory that is the frame's address of the target, and puts it into a register.
    Allocate { slot: u32, extent: Extent },
    /// Copies bytes from behind the one address to behind the other.
    Copy { from: u32, to: u32, size: u32 },
    /// Moves a number.
    Scalar {
        scalar: Scalar,
        from: Place,
        to: Place,
    },
    /// Moves a handle.
    Handle {
        own: bool,
        resource: ResourceId,
        from: Place,
        to: Place,
    },
    /// Moves a string.
    String { from: Place, to: Place },
    /// Moves a string that is in one encoding on both sides.
    Text { from: Place, to: Place },
    /// Begins a list: checks it, and asks for memory for its elements.
    List {
        from: Place,
        source: Extent,
        target: Extent,
    },
    /// Begins a list of fixed length, which lies within the value around it.
    Fixed { from: u32, to: u32, count: u32 },
    /// Copies all elements.
    Elements { size: u32 },
    /// Checks the elements that were copied, or puts them right.
    Check { scalar: Scalar },
    /// Goes to the body of the next element, if there is one, and comes back here.
    Each { body: u32, from: u32, to: u32 },
    /// Moves elements that are strings in one encoding on both sides; these are their sizes.
    Texts { from: u32, to: u32 },
    /// Ends a list: writes its address and length.
    Words { to: Place },
    /// Moves the number of a case, and goes to the operations of the case.
    Switch {
        size: u32,
        count: u32,
        from: Place,
        to: Place,
        /// Where the first case is in the list of cases.
        cases: u32,
    },
    /// Sets registers to zero that only other cases use.
    Zero { slot: u32, count: u32 },
    /// Goes to a body whose addresses are this much larger, and comes back behind this.
    Call { body: u32, from: u32, to: u32 },
    /// Comes back.
    Return,
    /// Traps: there is no such value.
    Fail(Trap),
    /// All values are moved.
    Done,
}

impl Op {
    /// Whether it needs neither memory nor a frame.
    pub(super) const fn is_direct(&self) -> bool {
        match self {
            Self::Scalar { from, to, .. } => {
                matches!((from, to), (Place::Slot(_), Place::Slot(_)))
            }
            Self::Done => true,
            _ => false,
        }
    }
}

/// Bytes of the numbers that are looked at.
pub(super) const BYTE: u32 = size_of::<u8>() as u32;
pub(super) const HALF: u32 = size_of::<u16>() as u32;
pub(super) const WORD: u32 = size_of::<u32>() as u32;

impl Scalar {
    /// Its bytes in memory.
    pub(super) const fn size(self) -> u32 {
        match self {
            Self::Bits(size) | Self::Signed(size) => size,
            Self::Bool => BYTE,
            Self::Char => WORD,
            Self::Flags { size, .. } | Self::Case { size, .. } => size,
        }
    }

    /// As a core value; what comes may have anything in its upper bits.
    pub(super) fn lift(self, bits: u64) -> Result<u64, Trap> {
        let low = bits as u32;
        Ok(match self {
            Self::Bits(BYTE) => u64::from(bits as u8),
            Self::Bits(HALF) => u64::from(bits as u16),
            Self::Bits(WORD) => u64::from(low),
            Self::Bits(_) => bits,
            Self::Signed(BYTE) => u64::from(i32::from(bits as i8) as u32),
            Self::Signed(_) => u64::from(i32::from(bits as i16) as u32),
            Self::Bool => u64::from(low != 0),
            Self::Char => match char::from_u32(low) {
                Some(char) => u64::from(u32::from(char)),
                None => return Err(Trap::InvalidChar),
            },
            Self::Flags { mask, .. } => u64::from(low & mask),
            Self::Case { count, .. } => match low < count {
                true => u64::from(low),
                false => return Err(Trap::InvalidDiscriminant),
            },
        })
    }
}
