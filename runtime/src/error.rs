//! The error of the library: one word, any cause, context and a Wasm backtrace.
//!
//! What went wrong is a value of its own type, found with [`Error::downcast_ref`]: a [`Trap`],
//! a [`Reject`] (the module was not accepted), a [`LinkError`], a [`UseError`], a
//! [`LimitError`], an [`I32Exit`], an [`InternalError`] (a fault of the library), or whatever error
//! a host function returned.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::any::Any;
use core::error::Error as StdError;
use core::fmt;

use crate::backtrace::WasmBacktrace;
use crate::cause::I32Exit;
use crate::reject::Reject;
use crate::spec::Trap;

/// The result of everything that can fail here.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// An error; `From` every error type that is `Send + Sync`.
///
/// `{}` shows the outermost context or the cause, `{:#}` all of them in one line, `{:?}` all of
/// them with the backtrace.
pub struct Error(Box<Inner>);

struct Inner {
    cause: Box<dyn StdError + Send + Sync>,
    /// Innermost first.
    context: Vec<String>,
    backtrace: Option<WasmBacktrace>,
}

impl Error {
    /// An error from any error value.
    pub fn new(cause: impl StdError + Send + Sync + 'static) -> Self {
        Self::from_boxed(Box::new(cause))
    }

    /// An error that is only a text.
    pub fn msg(message: impl fmt::Display) -> Self {
        Self::new(Message(message.to_string()))
    }

    /// An error from a boxed error value.
    pub fn from_boxed(cause: Box<dyn StdError + Send + Sync>) -> Self {
        Self(Box::new(Inner {
            cause,
            context: Vec::new(),
            backtrace: None,
        }))
    }

    /// The guest asks to end the program with this status; see [`Error::i32_exit_status`].
    pub fn i32_exit(status: i32) -> Self {
        Self::new(I32Exit(status))
    }

    /// Adds what was being done; shown before the cause.
    #[must_use]
    pub fn context(mut self, context: impl fmt::Display) -> Self {
        self.0.context.push(context.to_string());
        self
    }

    /// The cause, if it is an `E`. For [`WasmBacktrace`], the backtrace.
    pub fn downcast_ref<E: StdError + Send + Sync + 'static>(&self) -> Option<&E> {
        let backtrace = self.0.backtrace.as_ref();
        let backtrace = backtrace.and_then(|backtrace| (backtrace as &dyn Any).downcast_ref());
        backtrace.or_else(|| self.0.cause.downcast_ref())
    }

    /// Whether the cause is an `E`.
    pub fn is<E: StdError + Send + Sync + 'static>(&self) -> bool {
        self.downcast_ref::<E>().is_some()
    }

    /// The cause by value, if it is an `E`; otherwise the error itself.
    pub fn downcast<E: StdError + Send + Sync + 'static>(self) -> Result<E, Self> {
        let Inner {
            cause,
            context,
            backtrace,
        } = *self.0;
        match cause.downcast::<E>() {
            Ok(cause) => Ok(*cause),
            Err(cause) => Err(Self(Box::new(Inner {
                cause,
                context,
                backtrace,
            }))),
        }
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

    /// The functions of the guest that were running, innermost first.
    pub fn wasm_backtrace(&self) -> Option<&WasmBacktrace> {
        self.0.backtrace.as_ref()
    }

    /// The innermost error.
    pub fn root_cause(&self) -> &(dyn StdError + 'static) {
        let mut cause: &(dyn StdError + 'static) = &*self.0.cause;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        cause
    }

    /// Adds the backtrace, unless an inner call has added its own.
    #[must_use]
    pub(crate) fn with_backtrace(mut self, backtrace: WasmBacktrace) -> Self {
        if !backtrace.frames().is_empty() {
            self.0.backtrace.get_or_insert(backtrace);
        }
        self
    }

    /// Every line that describes the error, outermost first.
    fn lines(&self) -> impl Iterator<Item = &dyn fmt::Display> {
        let context = self
            .0
            .context
            .iter()
            .rev()
            .map(|text| text as &dyn fmt::Display);
        let first: Option<&(dyn StdError + 'static)> = Some(&*self.0.cause);
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
        match &self.0.backtrace {
            Some(backtrace) => write!(f, "\n\n{backtrace}"),
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
        if self.0.0.context.is_empty() {
            self.0.0.cause.source()
        } else {
            Some(&*self.0.0.cause)
        }
    }
}

impl From<Error> for Box<dyn StdError + Send + Sync> {
    fn from(error: Error) -> Self {
        Box::new(Standard(error))
    }
}

impl From<Error> for Box<dyn StdError> {
    fn from(error: Error) -> Self {
        Box::new(Standard(error))
    }
}

/// An error that is only a text.
#[derive(Debug)]
struct Message(String);

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Message {}

/// Adds context to the error of a result.
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

    #[test]
    fn one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
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
    fn question_mark_takes_any_error() {
        fn parse(text: &str) -> Result<i32> {
            Ok(text.parse::<i32>()?)
        }
        assert_eq!(parse("7").ok(), Some(7));
        assert!(parse("x").is_err_and(|error| error.is::<core::num::ParseIntError>()));
    }
}
