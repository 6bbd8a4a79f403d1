//! Why a module cannot be linked: standard, section 4.7.3, "Instantiation".
//!
//! Each cause says both names of the import and the types, as a host needs them to find its
//! mistake. Types are of the public interface, because the error may outlive the store and its
//! numbers.

use alloc::boxed::Box;
use core::fmt;

use super::scoped::external::ExternType;

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
    /// Nothing has the name of what a component imports.
    Missing {
        /// The name, behind those of the instances that it is in.
        path: Box<str>,
        /// What the component expects.
        expected: &'static str,
    },
    /// What has the name of what a component imports is something else.
    Kind {
        /// The name, behind those of the instances that it is in.
        path: Box<str>,
        /// What the component expects.
        expected: &'static str,
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
            Self::Missing { path, expected } => {
                write!(f, "unknown import: `{path}`, {expected}, is not defined")
            }
            Self::Kind { path, expected } => {
                write!(f, "incompatible import: `{path}` is not {expected}")
            }
            Self::Count { expected, found } => {
                write!(f, "expected {expected} imports, found {found}")
            }
            Self::Duplicate { module, name } => write!(f, "`{module}::{name}` is defined twice"),
        }
    }
}

impl core::error::Error for LinkError {}
