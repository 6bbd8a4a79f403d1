//! The operating system behind the traits: clocks, randomness, standard streams.
//!
//! The only module of this package that reaches the system, and only with the feature `std`. Each
//! type is one that a host may also replace by its own. Errors of the system become the errno of
//! WASI with the same name (`errno.rs`).

mod errno;
#[cfg(target_os = "linux")]
mod files;
#[cfg(unix)]
mod socket;
#[cfg(unix)]
mod stat;
mod stdio;
#[cfg(unix)]
pub(crate) mod wait;

#[cfg(target_os = "linux")]
pub use files::HostFiles;
#[cfg(unix)]
pub use socket::HostSocket;
pub use stdio::{Stderr, Stdin, Stdout};
#[cfg(unix)]
pub use wait::Source;

#[cfg(unix)]
use std::io::IoSlice;
use std::thread;
use std::time::{Duration, Instant, SystemTime};
#[cfg(unix)]
use std::vec::Vec;

use crate::abi::{ClockId, Errno};
use crate::clock::Clock;
use crate::random::Random;

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

/// Buffers as the system takes them.
#[cfg(unix)]
fn slices<'a>(buffers: &[&'a [u8]]) -> Result<Vec<IoSlice<'a>>, Errno> {
    let mut slices = Vec::new();
    slices
        .try_reserve_exact(buffers.len())
        .map_err(|_| Errno::Nomem)?;
    slices.extend(buffers.iter().map(|bytes| IoSlice::new(bytes)));
    Ok(slices)
}
