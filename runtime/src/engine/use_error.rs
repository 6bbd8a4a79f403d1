//! What the host did wrong: the library was asked for something that its documentation rules out.
//!
//! Such calls are errors and not panics, because hosts often pass on what a guest has chosen.
//! Values and types stand in the error as the public interface shows them, so that it can be kept
//! when the store is gone.

use alloc::boxed::Box;
use core::fmt;

use super::scoped::ValType;
use super::scoped::func::FuncType;
use crate::handle::HandleError;

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
        expected: FuncType,
        /// What the function has.
        found: FuncType,
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

impl core::error::Error for UseError {}
