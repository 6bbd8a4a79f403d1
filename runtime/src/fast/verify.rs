//! Whether translated code is what its handlers take: an oracle beside the translator.
//!
//! Handlers trust the words of the code. In builds with debug assertions or the feature `verify`
//! ([`checked`]) each translation is read again before anything can run it, with nothing but the
//! [`Layout`](super::layout::Layout) of each handler, the module, and the [`Log`] of handlers that
//! the emitter laid down (equal handlers may have one address). Other builds keep no log and
//! check nothing.
//!
//! What it says of code: each instruction has the words that its handler takes; slots lie in the
//! frame that `Enter` states; targets are beginnings of instructions; the end is not reached;
//! indices, cells and arguments fit the module. The dispatch by a loop also asserts before each
//! instruction that frame and records lie within the stack ([`Bounds`]).

#[cfg(verify)]
mod checked;
#[cfg(not(verify))]
mod unchecked;

#[cfg(verify)]
pub(crate) use checked::{Bounds, Log, check};
#[cfg(not(verify))]
pub(crate) use unchecked::{Bounds, Log, check};
