//! The command line of Tabwasm, as a library.
//!
//! [`script`] runs the official test scripts (`.wast`) through the public API; the tests of the
//! project use it too. The rest is what the binary `tabwasm` is made of.
#![forbid(unsafe_code)]

#[cfg(not(any(feature = "std", feature = "alloc")))]
compile_error!("choose the tier of the library: feature `std` (default) or `alloc`");

pub mod args;
mod asked;
#[cfg(feature = "std")]
pub mod bench;
pub mod calls;
pub mod compile;
pub mod completions;
#[cfg(feature = "std")]
mod component;
pub mod diagnostic;
pub mod escape;
pub mod exit;
pub mod features;
#[cfg(feature = "std")]
mod files;
pub mod hexdump;
pub mod input;
pub mod inspect;
#[cfg(feature = "std")]
mod interrupt;
pub mod json;
pub mod lacks;
pub mod locate;
pub mod man;
pub mod needs;
pub mod origin;
mod output;
pub mod parse;
pub mod print;
#[cfg(feature = "std")]
pub mod profile;
#[cfg(feature = "std")]
mod program;
mod progress;
#[cfg(feature = "std")]
pub mod run;
pub mod script;
#[cfg(feature = "spec")]
pub mod spec;
#[cfg(feature = "std")]
mod terminal;
#[cfg(feature = "std")]
pub mod unknown;
pub mod validate;
pub mod value;
pub mod wast;
#[cfg(feature = "std")]
pub mod wave;
