//! Bad input: a clear error with an offset, in little time and memory, on a small
//! stack.
//!
//! - [`bomb`]: what claims to be large, and what is deep;
//! - [`component`]: damaged components, loaded, linked and called;
//! - [`exhaustive`]: every prefix and every change of one byte of small modules, validated and,
//!   where valid, run;
//! - [`growth`]: guests that grow as far as they may;
//! - [`translation`]: memory that the code of a function takes.
//! - [`types`]: what the types of an engine cost.
//!
//! `cargo test --release` runs them on stacks of 64 KiB, `cargo test` on larger ones.
//!
//! The allocator counts, so that memory is held to the bound of 16 times the input and 4 MiB.

mod binary;
mod bomb;
mod component;
mod counting;
mod exhaustive;
mod growth;
mod translation;
mod types;

use std::thread;

use tabwasm::reject::Reject;
use tabwasm::{Engine, Module};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

/// Stack of the threads that read bad input. Frames of unoptimised code are far larger than
/// those that users run: they prove that nothing recurses, optimised ones that 64 KiB suffice.
const STACK: usize = if cfg!(debug_assertions) {
    1 << 20
} else {
    64 << 10
};

/// What a module may cost besides 16 times its size.
const FIXED: usize = 4 << 20;

/// Compiles within the bounds of memory, on a small stack.
fn compile(bytes: Vec<u8>) -> Result<Module, Reject> {
    small_stack(move || {
        let engine = Engine::default();
        let (result, peak) = counting::peak(|| Module::new(&engine, &bytes));
        let bound = 16 * bytes.len() + FIXED;
        assert!(
            peak <= bound,
            "{peak} bytes for a module of {}",
            bytes.len()
        );
        result.map_err(|error| *error.as_reject().expect("a module is refused by a rule"))
    })
}

/// The reason for which a module is refused, whose offset lies within it.
fn refused(bytes: Vec<u8>) -> Reject {
    let size = bytes.len();
    let reject = compile(bytes).map(|_| ()).expect_err("the module is bad");
    assert!(reject.offset <= size, "{reject} in {size} bytes");
    reject
}

/// Runs on a stack of [`STACK`] bytes.
fn small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = thread::Builder::new()
        .stack_size(STACK)
        .spawn(run)
        .expect("a thread");
    thread.join().expect("no panic")
}
