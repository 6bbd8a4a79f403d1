//! The fast engine: register code, run by handlers that call each other in tail position.
//!
//! # How it works
//!
//! Each function is translated, on its first call unless the configuration says otherwise, into
//! a stream of instructions: the address of a handler, then 32-bit operand words. **An
//! instruction is a type** ([`instruction`]), made from an operation (a `do` cell of the tables,
//! [`operation`]) and the places of its operands ([`place`]): slot `S`, accumulator `A`, pinned
//! locals `P` and `Q`, immediate `I`. One generic function, [`handler::handler`], turns any such
//! type into a handler; the generated list of instantiations (`handlers`) comes from
//! `spec/forms.toml`.
//!
//! The machine's registers ([`state::State`]) are the arguments of a handler, so that the
//! compiler keeps them in registers of the processor:
//!
//! | register | holds |
//! |---|---|
//! | `ip` | the instruction |
//! | `sp` | the frame: locals, then operands at their stack height |
//! | `context` | what changes rarely: memory 0, globals, limits, fuel |
//! | `acc`, `f`, `g` | accumulators for integers and references, `f64`, `f32` |
//! | `p`, `q`, `fp`, `fq` | the hottest locals of the function, or of the loop that runs: two integers, two `f64` |
//!
//! `local.get`, constants, `local.set` and `local.tee` are never executed: the translator
//! ([`translate`]) folds them into the operands of others, and comparisons into branches.
//! Calls do not recurse natively: frames overlap on one slot stack ([`stack`]).
//!
//! # Invariants
//!
//! The handlers are `unsafe`: they trust the words of the code. Code is made only by
//! [`translate`] from functions that the validator has accepted, and only `run` enters it with
//! a [`context::Context`] that matches the store. `stack` proves that a frame fits before it is
//! entered (`Enter`). Each instruction states what its words are ([`layout`]); builds with debug
//! assertions or the feature `verify` compare all code with that before it can run ([`verify`]).

pub(crate) mod canonical;
pub(crate) mod cold;
pub(crate) mod context;
pub(crate) mod control;
mod distance;
pub(crate) mod fault;
pub(crate) mod form;
pub(crate) mod frame;
pub(crate) mod fusion;
pub(crate) mod handler;
pub(crate) mod instruction;
pub(crate) mod layout;
pub(crate) mod machine;
pub(crate) mod memory;
pub(crate) mod native;
pub(crate) mod operation;
pub(crate) mod pinning;
pub(crate) mod pins;
pub(crate) mod place;
pub(crate) mod register;
pub(crate) mod run;
pub(crate) mod stack;
pub(crate) mod state;
pub(crate) mod tally;
pub(crate) mod translate;
pub(crate) mod vector;
pub(crate) mod verify;

#[cfg(all(feature = "alloc", not(feature = "std")))]
pub(crate) use crate::generated::woven::alloc as handlers;
#[cfg(feature = "std")]
pub(crate) use crate::generated::woven::std as handlers;
pub(crate) use crate::generated::woven::{operations, translate as rows};

pub(crate) use run::{Interruption, Invocation, call};

/// Where calls of a function go that is not translated yet.
pub(crate) fn lazy() -> *const u32 {
    core::ptr::from_ref(&frame::LAZY).cast()
}
