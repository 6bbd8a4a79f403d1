//! Causes of errors that the library itself finds, each with its data.
//!
//! A host that wants to react finds the cause by its type (`Error::downcast_ref`) and reads numbers
//! instead of text. Causes that speak of types (linking, wrong use) stand in the room `engine`, to
//! which such types belong; why a module is not accepted stands in `reject`.

use alloc::boxed::Box;
use alloc::string::ToString;
use core::fmt;

/// The guest asked to end the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct I32Exit(pub i32);

impl fmt::Display for I32Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exited with status {}", self.0)
    }
}

/// A limit of the engine or of the store does not allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitError {
    /// What is limited.
    pub what: &'static str,
    /// How much there may be.
    pub limit: u64,
    /// How much was asked for.
    pub wanted: u64,
}

impl LimitError {
    /// Whether a limit allows what is wanted.
    pub(crate) fn check(what: &'static str, limit: u64, wanted: u64) -> Result<(), Self> {
        if wanted <= limit {
            return Ok(());
        }
        Err(Self {
            what,
            limit,
            wanted,
        })
    }
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} limited to {}, {} wanted",
            self.what, self.limit, self.wanted
        )
    }
}

/// The library contradicts itself: the fault is neither the module's nor the host's. Please report
/// it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternalError(Box<str>);

impl InternalError {
    /// With what cannot be, and where.
    pub(crate) fn new(what: impl fmt::Display) -> Self {
        Self(what.to_string().into_boxed_str())
    }
}

impl fmt::Display for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "internal error: {}", self.0)
    }
}

/// An access beyond the end of a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryAccessError {
    /// First byte of the access.
    pub offset: usize,
    /// Its length.
    pub length: usize,
}

impl fmt::Display for MemoryAccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "out of bounds memory access: {} bytes at {:#x}",
            self.length, self.offset
        )
    }
}

impl core::error::Error for I32Exit {}
impl core::error::Error for LimitError {}
impl core::error::Error for InternalError {}
impl core::error::Error for MemoryAccessError {}
