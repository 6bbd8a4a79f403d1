//! Causes of errors that the library itself finds, each with its data.

use alloc::boxed::Box;
use alloc::string::ToString;
use core::fmt;

use crate::externs::ExternType;
use crate::handle::HandleError;
use crate::scoped::ValType;

/// The guest asked to end the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct I32Exit(pub i32);

impl fmt::Display for I32Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exited with status {}", self.0)
    }
}

/// A module's imports do not fit what was given.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum LinkError {
    /// Nothing has this name.
    Unknown {
        /// First name of the import.
        module: Box<str>,
        /// Second name of the import.
        name: Box<str>,
        /// What the module expects.
        expected: Box<ExternType>,
    },
    /// What has this name has another type.
    Incompatible {
        /// First name of the import.
        module: Box<str>,
        /// Second name of the import.
        name: Box<str>,
        /// What the module expects.
        expected: Box<ExternType>,
        /// What was given.
        found: Box<ExternType>,
    },
    /// Another number of imports than the module has.
    Count {
        /// How many it has.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// The name is defined already, and shadowing is not allowed.
    Duplicate {
        /// First name.
        module: Box<str>,
        /// Second name.
        name: Box<str>,
    },
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown {
                module,
                name,
                expected,
            } => {
                write!(
                    f,
                    "unknown import: `{module}::{name}` ({expected}) is not defined"
                )
            }
            Self::Incompatible {
                module,
                name,
                expected,
                found,
            } => {
                write!(
                    f,
                    "incompatible import type for `{module}::{name}`: expected {expected}, found {found}"
                )
            }
            Self::Count { expected, found } => {
                write!(f, "expected {expected} imports, found {found}")
            }
            Self::Duplicate { module, name } => write!(f, "`{module}::{name}` is defined twice"),
        }
    }
}

/// The library was asked for something that its documentation rules out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UseError {
    /// A handle was used with a store that it does not belong to.
    OtherStore,
    /// The value was taken out of the store.
    Dropped,
    /// Objects or types of two engines were mixed.
    OtherEngine,
    /// A reference to a function type that belongs to no engine; see
    /// [`FuncType::register`](crate::FuncType::register).
    NotRegistered,
    /// Another number of arguments than the function has parameters.
    ArgumentCount {
        /// Parameters.
        expected: usize,
        /// Arguments.
        found: usize,
    },
    /// Another number of places for results than the function has results.
    ResultCount {
        /// Results.
        expected: usize,
        /// Places.
        found: usize,
    },
    /// A value of another type.
    ValueType {
        /// What is needed.
        expected: ValType,
        /// What was given.
        found: ValType,
    },
    /// A function with another type.
    Signature {
        /// What the caller asked for.
        expected: crate::func_type::FuncType,
        /// What the function has.
        found: crate::func_type::FuncType,
    },
    /// The instance exports nothing of that name and kind.
    NoExport(Box<str>),
    /// The global is constant.
    Immutable,
    /// Beyond the end of the table.
    TableBounds,
    /// Neither fuel nor epochs work unless the configuration switches them on.
    NotConfigured(&'static str),
    /// The configuration contradicts itself or this build of the library.
    Configuration(Box<str>),
}

impl fmt::Display for UseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherStore => f.write_str("the object belongs to another store"),
            Self::Dropped => f.write_str("the value was taken out of the store"),
            Self::OtherEngine => f.write_str("the object belongs to another engine"),
            Self::NotRegistered => {
                f.write_str("a reference to a function type that belongs to no engine")
            }
            Self::ArgumentCount { expected, found } => {
                write!(f, "expected {expected} arguments, found {found}")
            }
            Self::ResultCount { expected, found } => {
                write!(f, "expected room for {expected} results, found {found}")
            }
            Self::ValueType { expected, found } => {
                write!(f, "expected a value of type {expected}, found {found}")
            }
            Self::Signature { expected, found } => {
                write!(f, "expected a function of type {expected}, found {found}")
            }
            Self::NoExport(name) => write!(f, "no export `{name}` of the wanted kind"),
            Self::Immutable => f.write_str("the global is immutable"),
            Self::TableBounds => f.write_str("beyond the end of the table"),
            Self::NotConfigured(what) => {
                write!(f, "{what} is not switched on in the configuration")
            }
            Self::Configuration(why) => f.write_str(why),
        }
    }
}

impl From<HandleError> for UseError {
    fn from(error: HandleError) -> Self {
        match error {
            HandleError::Unknown => Self::OtherStore,
            HandleError::Dropped => Self::Dropped,
        }
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

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} limited to {}, {} wanted",
            self.what, self.limit, self.wanted
        )
    }
}

/// The allocator has no memory for this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of memory")
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
impl core::error::Error for LinkError {}
impl core::error::Error for UseError {}
impl core::error::Error for LimitError {}
impl core::error::Error for OutOfMemory {}
impl core::error::Error for InternalError {}
impl core::error::Error for MemoryAccessError {}
