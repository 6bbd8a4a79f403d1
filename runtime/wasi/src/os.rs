//! The operating system behind the traits: clocks, randomness, standard streams.
//!
//! The only module of this package that reaches the system, and only with the feature `std`. Each
//! type is one that a host may also replace by its own. Errors of the system become the nearest
//! errno of WASI.

use std::io::{self, IsTerminal, Write};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::abi::{ClockId, Errno};
use crate::clock::Clock;
use crate::random::Random;
use crate::stream::{InputStream, OutputStream};

/// The system's clocks; the monotonic one starts when this is made.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A monotonic clock that starts now.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn resolution(&self, clock: ClockId) -> Result<u64, Errno> {
        match clock {
            ClockId::Realtime | ClockId::Monotonic => Ok(1),
            ClockId::ProcessCputimeId | ClockId::ThreadCputimeId => Err(Errno::Badf),
        }
    }

    fn now(&self, clock: ClockId) -> Result<u64, Errno> {
        let since = match clock {
            ClockId::Realtime => SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .map_err(|_| Errno::Overflow)?,
            ClockId::Monotonic => self.start.elapsed(),
            ClockId::ProcessCputimeId | ClockId::ThreadCputimeId => return Err(Errno::Badf),
        };
        u64::try_from(since.as_nanos()).map_err(|_| Errno::Overflow)
    }

    fn sleep(&self, nanoseconds: u64) {
        thread::sleep(Duration::from_nanos(nanoseconds));
    }
}

/// The system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        getrandom::fill(buffer).map_err(|_| Errno::Io)
    }
}

/// This process's standard input, read without a buffer of its own, so that waiting and reading
/// see the same bytes.
#[derive(Clone, Copy, Debug)]
pub struct Stdin;

#[cfg(unix)]
impl InputStream for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        rustix::io::retry_on_intr(|| rustix::io::read(rustix::stdio::stdin(), &mut *buffer))
            .map_err(|error| errno(error.into()))
    }

    fn ready(&mut self, timeout: Option<u64>) -> Result<bool, Errno> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};

        let timeout = timeout
            .and_then(|nanoseconds| Timespec::try_from(Duration::from_nanos(nanoseconds)).ok());
        let mut fds = [PollFd::from_borrowed_fd(
            rustix::stdio::stdin(),
            PollFlags::IN,
        )];
        let count = poll(&mut fds, timeout.as_ref()).map_err(|error| errno(error.into()))?;
        Ok(count > 0)
    }

    fn is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }
}

#[cfg(not(unix))]
impl InputStream for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        io::Read::read(&mut io::stdin(), buffer).map_err(errno)
    }

    fn is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }
}

/// This process's standard output; each write is passed on at once.
#[derive(Clone, Copy, Debug)]
pub struct Stdout;

impl OutputStream for Stdout {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        write_out(io::stdout().lock(), bytes)
    }

    fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }
}

/// This process's standard error.
#[derive(Clone, Copy, Debug)]
pub struct Stderr;

impl OutputStream for Stderr {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        write_out(io::stderr().lock(), bytes)
    }

    fn is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }
}

fn write_out(mut out: impl Write, bytes: &[u8]) -> Result<usize, Errno> {
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .map_err(errno)?;
    Ok(bytes.len())
}

fn errno(error: io::Error) -> Errno {
    match error.kind() {
        io::ErrorKind::WouldBlock => Errno::Again,
        io::ErrorKind::Interrupted => Errno::Intr,
        io::ErrorKind::InvalidInput => Errno::Inval,
        io::ErrorKind::BrokenPipe => Errno::Pipe,
        io::ErrorKind::Unsupported => Errno::Notsup,
        _ => Errno::Io,
    }
}
