//! What a script needs of the library, in any of its tiers.
//!
//! Directives are interpreted once, against this trait; each tier implements it with its own stores
//! and values. What differs between tiers is therefore not in the directives. A module is one of
//! WebAssembly or a component: directives are the same for both.

use std::fmt;

use tabwasm::Trap;
use tabwasm::reject::Reject;
use wast::{QuoteWat, Wat};

use super::value::Value;

/// What a script calls a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Module,
    Component,
}

impl Kind {
    pub(super) fn of(wat: &Wat<'_>) -> Self {
        match wat {
            Wat::Module(_) => Self::Module,
            Wat::Component(_) => Self::Component,
        }
    }

    pub(super) fn of_quoted(wat: &QuoteWat<'_>) -> Self {
        match wat {
            QuoteWat::Wat(wat) => Self::of(wat),
            QuoteWat::QuoteModule(..) => Self::Module,
            QuoteWat::QuoteComponent(..) => Self::Component,
        }
    }
}

/// The library under test, with the instances of one script.
pub(super) trait Library {
    /// A valid module.
    type Module: Clone;
    /// A module in the store.
    type Instance: Clone;

    /// Validates a module or a component.
    fn compile(&mut self, kind: Kind, wasm: &[u8]) -> Result<Self::Module, Failure>;

    /// The first names of a module's imports.
    fn providers(&self, module: &Self::Module) -> Vec<String>;

    /// Links with what is registered, and starts.
    fn instantiate(&mut self, module: &Self::Module) -> Result<Self::Instance, Failure>;

    /// Lets later modules import from an instance, by this first name.
    fn register(&mut self, name: &str, instance: &Self::Instance) -> Result<(), Failure>;

    /// Calls an exported function.
    fn call(
        &mut self,
        instance: &Self::Instance,
        name: &str,
        params: &[Value],
    ) -> Result<Vec<Value>, Failure>;

    /// The value of an exported global.
    fn global(&mut self, instance: &Self::Instance, name: &str) -> Result<Value, Failure>;
}

/// Why the library did not do as asked.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The module is not accepted.
    Rejected(Reject),
    /// Its imports are not there, or do not fit; as the library says it.
    Link(String),
    /// The guest trapped.
    Trap(Trap),
    /// The tier does not have this.
    Lacks(&'static str),
    /// Anything else.
    Other(String),
}

impl Failure {
    /// Whether a script that expects this text is right: it is the beginning of one of the texts
    /// that the tables have for the failure, or of the message, or goes on where such a text ends,
    /// as `unknown memory 0`. Nothing is not the beginning of anything here.
    pub(super) fn is_expected(&self, expected: &str) -> bool {
        let message = self.to_string();
        let (text, also) = match self {
            Self::Rejected(reject) => (reject.code().text(), reject.code().also()),
            Self::Trap(trap) => (trap.text(), trap.also()),
            Self::Link(_) | Self::Lacks(_) | Self::Other(_) => ("", &[][..]),
        };
        let texts = also.iter().copied().chain([text, &message]);
        let mut texts = texts.filter(|text| !text.is_empty());
        let meets = |text: &str| text.starts_with(expected) || expected.starts_with(text);
        !expected.is_empty() && texts.any(meets)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(reject) => reject.fmt(f),
            Self::Trap(trap) => trap.fmt(f),
            Self::Link(text) | Self::Other(text) => f.write_str(text),
            Self::Lacks(what) => write!(f, "the tier does not have: {what}"),
        }
    }
}
