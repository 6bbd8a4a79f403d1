//! Passes over a module that somebody can end.
//!
//! Whoever waits for a pass is asked, each time a fixed number of bytes was read, whether it is to
//! continue. The work is in proportion to the bytes, so the questions come at regular times,
//! whatever the module. That the answer is no is kept here: what the pass itself ends with says
//! nothing.

use crate::error::{Error, Result};
use crate::reject::Reject;
use crate::spec::{ErrorCode, Instruction};
use crate::validate::{Effect, Header, List, LocalRun, Sink, Survey};

/// Who is asked; an error ends the pass.
pub(crate) type Ask<'w> = dyn FnMut() -> Result<()> + 'w;

/// Who is asked by several passes, in threads of their own.
pub(crate) type SharedAsk<'w> = dyn Fn() -> Result<()> + Sync + 'w;

/// When to ask, and what was said.
pub(crate) struct Watch<'w> {
    ask: &'w mut Ask<'w>,
    /// The offset at which to ask again.
    next: usize,
    error: Option<Error>,
}

/// A sink, and whom to ask meanwhile.
pub(crate) struct Watched<'t, 'w, S> {
    pub(crate) sink: S,
    pub(crate) watch: &'t mut Watch<'w>,
}

impl<'w> Watch<'w> {
    /// Bytes of a module from one question to the next.
    pub(crate) const STEP: usize = 4_096;

    /// Asks for the first time some bytes behind an offset.
    pub(crate) fn new(ask: &'w mut Ask<'w>, start: usize) -> Self {
        Self {
            ask,
            next: start + Self::STEP,
            error: None,
        }
    }

    /// Another pass begins at an offset, which was passed before.
    pub(crate) fn restart(&mut self, start: usize) {
        // Passes over many small bodies come to no offset twice that is far behind: they add up.
        self.next = self.next.min(start + Self::STEP);
    }

    /// A pass has come to an offset.
    #[inline]
    pub(crate) fn at(&mut self, at: usize) -> Result<(), Reject> {
        if at < self.next { Ok(()) } else { self.ask(at) }
    }

    /// The error that ended the pass.
    pub(crate) fn error(&mut self) -> Option<Error> {
        self.error.take()
    }

    #[cold]
    fn ask(&mut self, at: usize) -> Result<(), Reject> {
        self.next = at + Self::STEP;
        (self.ask)().map_err(|error| {
            self.error = Some(error);
            Reject::new(ErrorCode::OutOfMemory, at)
        })
    }
}

impl<'a, S: Sink<'a>> Sink<'a> for Watched<'_, '_, S> {
    const ALL: bool = S::ALL;

    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject> {
        self.sink.begin(header)
    }

    #[inline]
    fn accept(&mut self, at: usize, i: &Instruction<'a>, effect: Effect<'_>) -> Result<(), Reject> {
        self.watch.at(at)?;
        self.sink.accept(at, i, effect)
    }

    fn pass(&mut self, at: usize, reachable: bool, height: u32) -> Result<(), Reject> {
        self.watch.at(at)?;
        self.sink.pass(at, reachable, height)
    }
}

impl<S: Survey> Survey for Watched<'_, '_, S> {
    fn begin(&mut self, header: Header<'_, impl List<LocalRun>>) -> Result<(), Reject> {
        self.sink.begin(header)
    }

    #[inline]
    fn see(&mut self, at: usize, i: &Instruction<'_>) -> Result<(), Reject> {
        self.watch.at(at)?;
        self.sink.see(at, i)
    }
}

#[cfg(all(test, feature = "std"))]
mod tests;
