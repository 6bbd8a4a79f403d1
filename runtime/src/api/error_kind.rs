//! What kind of thing went wrong, for hosts that match instead of asking for one type after another.
//!
//! An [`Error`] can have any cause; the ones that the library makes are the variants of
//! [`ErrorKind`], which lends what the error holds. The name and its oldest variants are wasmi's.

use core::error::Error as StdError;

use crate::allocation::OutOfMemory;
use crate::engine::link_error::LinkError;
use crate::engine::use_error::UseError;
use crate::error::cause::{I32Exit, InternalError, LimitError, MemoryAccessError};
use crate::error::{Error, Message};
use crate::reject::Reject;
use crate::spec::Trap;
use crate::store::limiter::LimiterRefusal;

/// The cause of an [`Error`], by kind; made by [`Error::kind`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ErrorKind<'e> {
    /// The guest trapped.
    TrapCode(&'e Trap),
    /// The guest asked to end the program with this status.
    I32ExitStatus(&'e i32),
    /// The module was not accepted.
    Wasm(&'e Reject),
    /// Imports do not fit.
    Linker(&'e LinkError),
    /// The host did what the documentation rules out.
    Use(&'e UseError),
    /// A limit does not allow it.
    Limits(&'e LimitError),
    /// The store's limiter does not allow it, and states no limit.
    Limiter,
    /// An access of the host beyond the end of a memory.
    Memory(&'e MemoryAccessError),
    /// The allocator has no memory.
    OutOfMemory,
    /// A fault of the library.
    Internal(&'e InternalError),
    /// A text.
    Message(&'e str),
    /// Any other error, of a host function for example.
    Host(&'e (dyn StdError + Send + Sync + 'static)),
}

impl Error {
    /// What kind of cause it has, behind all context.
    pub fn kind(&self) -> ErrorKind<'_> {
        let cause = self.cause();
        macro_rules! kinds {
            ($($ty:ty, |$found:pat_param| $kind:expr;)*) => {$(
                if let Some($found) = cause.downcast_ref::<$ty>() {
                    return $kind;
                }
            )*};
        }
        kinds! {
            Trap, |trap| ErrorKind::TrapCode(trap);
            I32Exit, |I32Exit(status)| ErrorKind::I32ExitStatus(status);
            Reject, |reject| ErrorKind::Wasm(reject);
            LinkError, |error| ErrorKind::Linker(error);
            UseError, |error| ErrorKind::Use(error);
            LimitError, |error| ErrorKind::Limits(error);
            LimiterRefusal, |_| ErrorKind::Limiter;
            MemoryAccessError, |error| ErrorKind::Memory(error);
            OutOfMemory, |_| ErrorKind::OutOfMemory;
            InternalError, |error| ErrorKind::Internal(error);
            Message, |Message(text)| ErrorKind::Message(text);
        }
        ErrorKind::Host(cause)
    }
}
