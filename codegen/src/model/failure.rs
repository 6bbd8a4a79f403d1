//! What can go wrong: traps, and errors of decoding and validation.

use super::Origin;

/// A trap kind.
#[derive(Clone, Debug)]
pub struct Trap {
    /// Key, snake case.
    pub key: String,
    /// What the official scripts expect.
    pub text: String,
    /// What they call it elsewhere.
    pub also: Vec<String>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}

/// An error of decoding or validation.
#[derive(Clone, Debug)]
pub struct Error {
    /// Key, snake case.
    pub key: String,
    /// `malformed`, `invalid`, `unsupported` or `limit`.
    pub class: String,
    /// What the official scripts expect.
    pub text: String,
    /// What they call it elsewhere.
    pub also: Vec<String>,
    /// One line for people.
    pub doc: String,
    /// Where it stands.
    pub origin: Origin,
}
