//! Why the interpreter gave control back.
//!
//! The engine calls nobody: when the program needs the host (a function, fuel, memory, more stack),
//! `Store::run` returns with the reason, and goes on from there when it is called again. So the
//! host needs no callback, and a program can be left and stored at any such point.

use super::address::FuncAddr;
use crate::spec::Trap;

/// Why [`Store::run`](super::Store::run) returned. All but the first and the last can be resumed
/// by calling it again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// The call is complete: its results are there.
    Done,
    /// A function of the host is called: it takes [`Store::host_params`](super::Store::host_params)
    /// and gives [`Store::host_return`](super::Store::host_return).
    Host {
        /// The function.
        func: FuncAddr,
        /// The number that the host gave to it.
        id: u32,
    },
    /// There is no fuel left for the next instruction.
    Fuel,
    /// A memory or table is to grow beyond what the store has:
    /// [`Store::extend`](super::Store::extend) it, or [`Store::refuse`](super::Store::refuse).
    Grow {
        /// What grows.
        what: Growth,
        /// How many bytes or elements more the store would need.
        missing: u64,
    },
    /// There are not enough slots or frames for a call. Running again with more of them goes on;
    /// a program whose stack is at its limit traps instead, with [`Trap::StackOverflow`].
    StackFull,
    /// The program did what it must not. The call is over.
    Trap(Trap),
}

/// What is to grow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Growth {
    /// The bytes of the store's memories.
    Memory,
    /// The elements of its tables.
    Table,
}
