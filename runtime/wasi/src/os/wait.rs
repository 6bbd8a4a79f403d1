//! Waiting for descriptors of the system: `poll`.
//!
//! All are waited for in one call, and each has its own answer. A signal ends the wait early, with
//! nothing found: who waits asks again.

use std::time::Duration;
use std::vec::Vec;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::BorrowedFd;
use rustix::io;

use super::errno::errno;
use crate::abi::Errno;
use crate::wait::{Interest, State, Way};

/// A descriptor of the system.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a>(BorrowedFd<'a>);

impl<'a> Source<'a> {
    /// What can be waited for with `poll`.
    pub fn new(fd: BorrowedFd<'a>) -> Self {
        Self(fd)
    }

    /// Bytes that can be read, at least one if it is not known.
    pub(crate) fn bytes(&self) -> u64 {
        io::ioctl_fionread(self.0).unwrap_or(1)
    }
}

pub(crate) fn wait(interests: &mut [Interest<'_>], timeout: Option<u64>) -> Result<(), Errno> {
    let mut fds = Vec::new();
    fds.try_reserve_exact(interests.len())
        .map_err(|_| Errno::Nomem)?;
    fds.extend(interests.iter().map(|interest| {
        let wanted = match interest.way {
            Way::Read => PollFlags::IN,
            Way::Write => PollFlags::OUT,
        };
        PollFd::from_borrowed_fd(interest.source.0, wanted)
    }));
    // What no clock of the system can count to is for ever.
    let timeout = timeout.map(Duration::from_nanos);
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    match poll(&mut fds, timeout.as_ref()) {
        Ok(_) => {}
        Err(io::Errno::INTR) => return Ok(()),
        Err(error) => return Err(errno(error.into())),
    }
    for (interest, fd) in interests.iter_mut().zip(&fds) {
        let found = fd.revents();
        let hangup = found.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL);
        let bytes = match interest.way {
            Way::Read => interest.source.bytes(),
            Way::Write if hangup => 0,
            Way::Write => 1,
        };
        interest.state = State {
            ready: !found.is_empty(),
            hangup,
            bytes: if found.is_empty() { 0 } else { bytes },
        };
    }
    Ok(())
}
