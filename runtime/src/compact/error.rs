//! What can be wrong with a use of a store.
//!
//! These are mistakes of the host or of linking, and each leaves the store usable; how a program
//! ends is an [`Exit`](super::Exit). When a list is too short, the error says which and how long it
//! would have to be. Inside an instantiation a [`Failure`] of two words is enough.

use core::fmt;

use crate::spec::{Misuse, Trap};

/// Why a module was not instantiated, or a call not begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
    /// A list of the store's memory is too short.
    Capacity {
        /// Which.
        list: Capacity,
        /// The length that would do, as far as is known.
        at_least: usize,
    },
    /// An import is not given, or is of another kind or type.
    Import {
        /// The place of the import among the module's.
        index: u32,
    },
    /// A call is under way.
    Busy,
    /// Nothing waits for what was given.
    Idle,
    /// There is no such instance, function or object.
    Unknown,
    /// There are too few or too many values, or they are of other types.
    Types,
    /// The instantiation trapped; what it had done before remains.
    Trap(Trap),
    /// The bytes are no snapshot of this store.
    Snapshot,
    /// The module was validated, or the snapshot made, for slots of another width: a module for
    /// wider ones than the store has, since it may have vectors; a snapshot for any other.
    SlotWidth {
        /// Bytes of the slots that it is for.
        bytes: u8,
    },
}

/// An [`Error`] of an instantiation in two words, so that results travel in registers.
#[derive(Clone, Copy)]
pub(crate) struct Failure {
    kind: FailureKind,
    /// The length that would do, the place of the import, which trap, or bytes of a slot.
    number: usize,
}

/// What failed.
#[derive(Clone, Copy)]
enum FailureKind {
    Capacity(Capacity),
    Import,
    Trap,
    SlotWidth,
}

/// The lists of a store's memory, as [`Ram`](super::Ram) has them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capacity {
    /// Slots of the value stack.
    Slots,
    /// Frames of callers.
    Frames,
    /// Instances.
    Instances,
    /// What imports are linked to.
    Links,
    /// Tables.
    Tables,
    /// Elements of tables and of passive segments.
    Elements,
    /// Memories.
    Memories,
    /// Bytes of memories.
    Memory,
    /// Globals.
    Globals,
    /// Types.
    Types,
    /// Segments.
    Segments,
    /// Bytes for a snapshot.
    Snapshot,
}

impl Error {
    /// What is wrong, without the details.
    ///
    /// # Errors
    /// The trap, if it was one.
    pub const fn misuse(self) -> Result<Misuse, Trap> {
        Ok(match self {
            Self::Capacity { .. } => Misuse::Capacity,
            Self::Import { .. } => Misuse::IncompatibleImport,
            Self::Busy => Misuse::Busy,
            Self::Idle => Misuse::Idle,
            Self::Unknown => Misuse::UnknownObject,
            Self::Types => Misuse::ValueTypes,
            Self::Snapshot => Misuse::ForeignSnapshot,
            Self::SlotWidth { .. } => Misuse::SlotWidth,
            Self::Trap(trap) => return Err(trap),
        })
    }

    /// Its number, for places without words.
    pub const fn number(self) -> u16 {
        match self.misuse() {
            Ok(misuse) => misuse.number(),
            Err(trap) => trap.number(),
        }
    }
}

impl Failure {
    /// A list is too short.
    pub(crate) const fn capacity(list: Capacity, at_least: usize) -> Self {
        Self {
            kind: FailureKind::Capacity(list),
            number: at_least,
        }
    }

    /// What is given for an import does not fit.
    pub(crate) const fn import(index: u32) -> Self {
        Self {
            kind: FailureKind::Import,
            number: index as usize,
        }
    }

    /// The module may have values that slots of the store do not hold.
    pub(crate) const fn slot_width(bytes: usize) -> Self {
        Self {
            kind: FailureKind::SlotWidth,
            number: bytes,
        }
    }

    /// Whether the instantiation trapped.
    pub(crate) const fn is_trap(self) -> bool {
        matches!(self.kind, FailureKind::Trap)
    }
}

impl From<Trap> for Failure {
    fn from(trap: Trap) -> Self {
        Self {
            kind: FailureKind::Trap,
            number: trap as usize,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let Failure { kind, number } = failure;
        match kind {
            FailureKind::Capacity(list) => Self::Capacity {
                list,
                at_least: number,
            },
            FailureKind::Import => Self::Import {
                index: number as u32,
            },
            FailureKind::SlotWidth => Self::SlotWidth {
                bytes: number as u8,
            },
            FailureKind::Trap => Trap::ALL
                .get(number)
                .map_or(Self::Unknown, |trap| Self::Trap(*trap)),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.misuse() {
            Ok(misuse) => misuse.text(),
            Err(trap) => trap.text(),
        })?;
        match *self {
            Self::Capacity { list, at_least } => {
                write!(f, ": `{list:?}` would have to have a length of {at_least}")
            }
            Self::Import { index } => write!(f, " {index}"),
            Self::SlotWidth { bytes } => write!(f, ": it is for slots of {bytes} bytes"),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
