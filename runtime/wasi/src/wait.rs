//! Waiting: until a descriptor can be read or written.
//!
//! Where the system knows a descriptor, it says when; many are waited for at once. Other streams are
//! asked themselves. A call waits no longer than its patience, and then gives up to be made again, so
//! that a time-out ends a guest wherever it waits. Standard: WASI preview 1, `poll_oneoff`.

pub use imp::Source;

use crate::abi::{Errno, fdflags};
use crate::ctx::WasiCtx;
use crate::descriptor::Kind;
use crate::guest::Guest;

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Read,
    Write,
}

/// A descriptor of the system that is waited for, and what was found.
pub(crate) struct Interest<'a> {
    pub(crate) source: Source<'a>,
    #[cfg_attr(
        not(all(unix, feature = "std")),
        expect(dead_code, reason = "nobody has a source")
    )]
    pub(crate) way: Way,
    pub(crate) state: State,
}

/// The state of a descriptor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// It can be read or written, or what stands against it is told at once.
    pub(crate) ready: bool,
    /// The other end is closed.
    pub(crate) hangup: bool,
    /// Bytes that can be read or written, as far as known.
    pub(crate) bytes: u64,
}

impl State {
    /// Ready, with at least one byte.
    pub(crate) const READY: Self = Self {
        ready: true,
        hangup: false,
        bytes: 1,
    };
}

impl<'a> Interest<'a> {
    pub(crate) fn new(source: Source<'a>, way: Way) -> Self {
        Self {
            source,
            way,
            state: State::default(),
        }
    }
}

/// Waits until one can be read or written, or time (in nanoseconds) is over; `None` waits for ever.
pub(crate) fn wait(interests: &mut [Interest<'_>], timeout: Option<u64>) -> Result<(), Errno> {
    imp::wait(interests, timeout)
}

impl WasiCtx {
    /// Before something is read or written: waits until that would not wait, as far as somebody may
    /// end the wait or it is not wanted at all. `again` then.
    pub(crate) fn until_ready(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        way: Way,
    ) -> Result<(), Errno> {
        let descriptor = self.descriptors.get(fd)?;
        let never = descriptor.flags & fdflags::NONBLOCK != 0;
        let patience = if never { Some(0) } else { guest.wait.patience };
        // The system waits in the call that comes. Not for a pipe with a name, however: one that
        // nobody has opened for writing yet would be at its end.
        if patience.is_none() && !matches!(descriptor.kind, Kind::File(_)) {
            return Ok(());
        }
        let ready = match self.descriptors.source(fd, way)? {
            Some(source) => {
                let mut interest = [Interest::new(source, way)];
                loop {
                    wait(&mut interest, patience)?;
                    // A signal ends a wait for ever, too.
                    if interest[0].state.ready || patience.is_some() {
                        break interest[0].state.ready;
                    }
                }
            }
            None => match &mut self.descriptors.find(fd)?.kind {
                Kind::Input(stream) => stream.ready(patience)?,
                Kind::Output(_) | Kind::File(_) | Kind::Directory(_) | Kind::Socket(_) => true,
            },
        };
        match ready {
            true => Ok(()),
            false if never => Err(Errno::Again),
            false => Err(guest.give_up()),
        }
    }
}

#[cfg(all(unix, feature = "std"))]
use crate::os::wait as imp;

/// Without a system nobody has a source.
#[cfg(not(all(unix, feature = "std")))]
mod imp {
    use core::convert::Infallible;
    use core::marker::PhantomData;

    use super::{Errno, Interest};

    /// A descriptor of the system.
    #[derive(Clone, Copy, Debug)]
    pub struct Source<'a>(Infallible, PhantomData<&'a ()>);

    pub(super) fn wait(interests: &mut [Interest<'_>], _: Option<u64>) -> Result<(), Errno> {
        match interests.first() {
            Some(interest) => match interest.source.0 {},
            None => Ok(()),
        }
    }
}
