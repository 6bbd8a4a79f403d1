//! User code that means harm: whatever a trait, a closure or a `Drop` of the user does, short of
//! `unsafe`, the store stays whole, and what is wrong is an error or the user's own panic.
//!
//! - [`contexts`]: an `AsContextMut` that answers with one store first, and another then;
//! - [`limits`]: limiters that lie, change their answers and panic;
//! - [`callbacks`]: host functions and epoch callbacks that panic, call the guest again, and
//!   change what they were called with;
//! - [`drops`]: values of the host that call and panic when they are dropped;
//! - [`wasi`]: clocks, randomness and streams that give wrong numbers.

mod callbacks;
mod contexts;
mod drops;
mod limits;
mod questions;
mod wasi;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Runs what panics, and gives the panic's message.
fn panics<T>(run: impl FnOnce() -> T) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(run)) else {
        panic!("there is no panic");
    };
    let text = payload
        .downcast::<&str>()
        .expect("the message is a literal");
    text.to_string()
}

/// Panics without a word to standard error.
fn fail(text: &'static str) -> ! {
    resume_unwind(Box::new(text))
}
