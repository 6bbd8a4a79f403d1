//! The error of the library: one word, any cause, context and a Wasm backtrace.
//!
//! What went wrong is a value of its own type, found with [`Error::downcast_ref`]: a [`Trap`],
//! a [`Reject`] (the module was not accepted), a [`LinkError`](crate::LinkError), a [`UseError`](crate::UseError), a
//! [`LimitError`], an [`I32Exit`], an [`InternalError`] (a fault of the library), or whatever error
//! a host function returned.
//!
//! Errors are made where guests and modules go wrong, so making one never aborts: when there is no
//! memory for it, it is [`OutOfMemory`], which needs none.

pub(crate) mod cause;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::error::Error as StdError;
use core::{fmt, mem};

use self::cause::I32Exit;
use crate::allocation::{self, OutOfMemory};
use crate::reject::Reject;
use crate::spec::Trap;

/// The result of everything that can fail here.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// An error; `From` every error type that is `Send + Sync`.
///
/// `{}` shows the outermost context or the cause, `{:#}` all of them in one line, `{:?}` all of
/// them with the backtrace. An error for which there is no memory is [`OutOfMemory`] instead.
pub struct Error(
    /// Nothing is [`OutOfMemory`].
    Option<Box<Inner>>,
);

struct Inner {
    cause: Cause,
    /// Innermost first.
    context: Vec<String>,
    /// Where the guest was: an error itself, so that it can be found as causes are.
    trace: Option<Cause>,
}

type Cause = Box<dyn StdError + Send + Sync>;

impl Error {
    /// An error from any error value.
    pub fn new(cause: impl StdError + Send + Sync + 'static) -> Self {
        match allocation::boxed(cause) {
            Ok(cause) => Self::from_boxed(cause),
            Err(OutOfMemory) => Self(None),
        }
    }

    /// An error that is only a text.
    pub fn msg(message: impl fmt::Display) -> Self {
        match allocation::text(message) {
            Ok(message) => Self::new(Message(message)),
            Err(OutOfMemory) => Self(None),
        }
    }

    /// An error from a boxed error value.
    pub fn from_boxed(cause: Box<dyn StdError + Send + Sync>) -> Self {
        let inner = allocation::boxed(Inner {
            cause,
            context: Vec::new(),
            trace: None,
        });
        Self(inner.ok())
    }

    /// The guest asks to end the program with this status; see [`Error::i32_exit_status`].
    pub fn i32_exit(status: i32) -> Self {
        Self::new(I32Exit(status))
    }

    /// Adds what was being done, if there is memory for it; shown before the cause.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        if let Some(inner) = &mut self.0
            && allocation::reserve(&mut inner.context, 1).is_ok()
        {
            inner.context.extend(allocation::text(context));
        }
        self
    }

    /// The cause, if it is an `E`. For [`WasmBacktrace`](crate::WasmBacktrace), the backtrace.
    pub fn downcast_ref<E: StdError + Send + Sync + 'static>(&self) -> Option<&E> {
        let trace = self.trace().and_then(|trace| trace.downcast_ref());
        trace.or_else(|| self.cause().downcast_ref())
    }

    /// Whether the cause is an `E`.
    pub fn is<E: StdError + Send + Sync + 'static>(&self) -> bool {
        self.downcast_ref::<E>().is_some()
    }

    /// The cause by value, if it is an `E`; otherwise the error itself.
    pub fn downcast<E: StdError + Send + Sync + 'static>(mut self) -> Result<E, Self> {
        let mut cause = no_memory();
        if let Some(inner) = &mut self.0 {
            mem::swap(&mut inner.cause, &mut cause);
        }
        cause.downcast().map(|cause| *cause).map_err(|cause| {
            if let Some(inner) = &mut self.0 {
                inner.cause = cause;
            }
            self
        })
    }

    /// The trap, if the guest trapped.
    pub fn as_trap_code(&self) -> Option<Trap> {
        self.downcast_ref::<Trap>().copied()
    }

    /// The status that the guest asked to exit with, if it did.
    pub fn i32_exit_status(&self) -> Option<i32> {
        self.downcast_ref::<I32Exit>().map(|exit| exit.0)
    }

    /// Why and where the module was not accepted, if that is the cause.
    pub fn as_reject(&self) -> Option<&Reject> {
        self.downcast_ref::<Reject>()
    }

    /// The innermost error, below all context; itself, if there is none.
    pub fn root_cause(&self) -> &(dyn StdError + 'static) {
        let mut cause: &(dyn StdError + 'static) = self.cause();
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        cause
    }

    /// Adds where the guest was, unless an inner call has added it, or there is no memory for it.
    #[must_use]
    pub(crate) fn with_trace(mut self, trace: impl StdError + Send + Sync + 'static) -> Self {
        if let Some(inner) = &mut self.0
            && inner.trace.is_none()
            && let Ok(trace) = allocation::boxed(trace)
        {
            inner.trace = Some(trace);
        }
        self
    }

    /// Where the guest was.
    pub(crate) fn trace(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.as_ref()?.trace.as_deref()
    }

    /// The cause, behind all context.
    pub(crate) fn cause(&self) -> &(dyn StdError + Send + Sync + 'static) {
        match &self.0 {
            Some(inner) => &*inner.cause,
            None => &OutOfMemory,
        }
    }

    /// What was being done, innermost first.
    fn contexts(&self) -> &[String] {
        self.0
            .as_ref()
            .map_or(&[], |inner| inner.context.as_slice())
    }

    /// Every line that describes the error, outermost first.
    fn lines(&self) -> impl Iterator<Item = &dyn fmt::Display> {
        let context = self.contexts().iter().rev();
        let context = context.map(|text| text as &dyn fmt::Display);
        let first: Option<&(dyn StdError + 'static)> = Some(self.cause());
        let causes = core::iter::successors(first, |cause| (*cause).source());
        context.chain(causes.map(|cause| cause as &dyn fmt::Display))
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    fn from(cause: E) -> Self {
        Self::new(cause)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if f.alternate() { usize::MAX } else { 1 };
        for (place, line) in self.lines().take(shown).enumerate() {
            let separator = if place == 0 { "" } else { ": " };
            write!(f, "{separator}{line}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, line) in self.lines().enumerate() {
            match place {
                0 => write!(f, "{line}")?,
                1 => write!(f, "\n\nCaused by:\n    {line}")?,
                _ => write!(f, "\n    {line}")?,
            }
        }
        match self.trace() {
            Some(trace) => write!(f, "\n\n{trace}"),
            None => Ok(()),
        }
    }
}

/// Our error as a standard one, for functions that return `Box<dyn Error>`.
struct Standard(Error);

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for Standard {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        if self.0.contexts().is_empty() {
            self.0.cause().source()
        } else {
            Some(self.0.cause())
        }
    }
}

impl From<Error> for Box<dyn StdError + Send + Sync> {
    fn from(error: Error) -> Self {
        match allocation::boxed(Standard(error)) {
            Ok(error) => error,
            Err(OutOfMemory) => no_memory(),
        }
    }
}

impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Self {
        Box::<dyn StdError + Send + Sync>::from(error)
    }
}

/// The cause that takes no memory: a box of a type without a size allocates nothing.
fn no_memory() -> Cause {
    const { assert!(size_of::<OutOfMemory>() == 0) };
    Box::new(OutOfMemory)
}

/// An error that is only a text.
#[derive(Debug)]
pub(crate) struct Message(pub(crate) String);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Message {}

/// Adds context to the error of a result; of an option that is empty, makes the error.
pub trait Context<T> {
    /// Adds what was being done.
    fn context(self, context: impl fmt::Display) -> Result<T>;

    /// Adds what was being done; the text is made only when there is an error.
    fn with_context<C: fmt::Display>(self, context: impl FnOnce() -> C) -> Result<T>;
}

impl<T, E: Into<Error>> Context<T> for Result<T, E> {
    fn context(self, context: impl fmt::Display) -> Result<T> {
        self.map_err(|error| error.into().context(context))
    }

    fn with_context<C: fmt::Display>(self, context: impl FnOnce() -> C) -> Result<T> {
        self.map_err(|error| error.into().context(context()))
    }
}

/// Where nothing is found, what was being done is the error.
impl<T> Context<T> for Option<T> {
    fn context(self, context: impl fmt::Display) -> Result<T> {
        self.ok_or_else(|| Error::msg(context))
    }

    fn with_context<C: fmt::Display>(self, context: impl FnOnce() -> C) -> Result<T> {
        self.ok_or_else(|| Error::msg(context()))
    }
}

/// Makes an [`Error`] from a format string.
#[macro_export]
macro_rules! format_err {
    ($($arguments:tt)*) => { $crate::Error::msg(::core::format_args!($($arguments)*)) };
}

/// Returns an [`Error`] made from a format string.
#[macro_export]
macro_rules! bail {
    ($($arguments:tt)*) => { return ::core::result::Result::Err($crate::format_err!($($arguments)*)) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn causes_are_found_behind_context() {
        let error = Error::i32_exit(3).context("running");
        assert_eq!(error.i32_exit_status(), Some(3));
        assert_eq!(error.to_string(), "running");
        assert_eq!(alloc::format!("{error:#}"), "running: exited with status 3");
        assert!(error.downcast::<I32Exit>().is_ok());
    }

    #[test]
    fn no_memory_is_a_cause_like_others() {
        let error = Error(None).context("left out");
        assert!(error.is::<OutOfMemory>() && !error.is::<I32Exit>());
        assert_eq!(
            alloc::format!("{error:#} {error:?}"),
            "out of memory out of memory"
        );
        assert_eq!(error.root_cause().to_string(), "out of memory");
        let error = error.downcast::<I32Exit>().err();
        assert!(error.is_some_and(|error| error.downcast::<OutOfMemory>().is_ok()));
    }

    #[test]
    fn question_mark_takes_any_error() {
        fn parse(text: &str) -> Result<i32> {
            Ok(text.parse::<i32>()?)
        }
        assert_eq!(parse("7").ok(), Some(7));
        assert!(parse("x").is_err_and(|error| error.is::<core::num::ParseIntError>()));
    }
}
