//! This process's standard streams.
//!
//! On Unix they are read and written without a buffer of ours: what a guest is told went out has
//! gone out, once, and what waits in the kernel is what a wait for input sees. A write is one
//! `writev`, whose count or error is the guest's.

use std::io::{self, IsTerminal};

use crate::abi::Errno;
use crate::os::errno::errno;
use crate::stream::{InputStream, OutputStream};

/// This process's standard input.
#[derive(Clone, Copy, Debug)]
pub struct Stdin;

/// This process's standard output.
#[derive(Clone, Copy, Debug)]
pub struct Stdout;

/// This process's standard error.
#[derive(Clone, Copy, Debug)]
pub struct Stderr;

#[cfg(unix)]
impl InputStream for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        rustix::io::retry_on_intr(|| rustix::io::read(rustix::stdio::stdin(), &mut *buffer))
            .map_err(|error| errno(error.into()))
    }

    fn ready(&mut self, timeout: Option<u64>) -> Result<bool, Errno> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        use std::time::Duration;

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

impl OutputStream for Stdout {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        self.write_vectored(&[bytes])
    }

    fn write_vectored(&mut self, buffers: &[&[u8]]) -> Result<usize, Errno> {
        #[cfg(unix)]
        return write_out(rustix::stdio::stdout(), buffers);
        #[cfg(not(unix))]
        return write_out(io::stdout().lock(), buffers);
    }

    fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }
}

impl OutputStream for Stderr {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        self.write_vectored(&[bytes])
    }

    fn write_vectored(&mut self, buffers: &[&[u8]]) -> Result<usize, Errno> {
        #[cfg(unix)]
        return write_out(rustix::stdio::stderr(), buffers);
        #[cfg(not(unix))]
        return write_out(io::stderr().lock(), buffers);
    }

    fn is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }
}

/// One `writev`. Only where a signal came before the first byte is it made again.
#[cfg(unix)]
fn write_out(fd: rustix::fd::BorrowedFd<'_>, buffers: &[&[u8]]) -> Result<usize, Errno> {
    let slices = super::slices(buffers)?;
    rustix::io::retry_on_intr(|| rustix::io::writev(fd, &slices))
        .map_err(|error| errno(error.into()))
}

/// Elsewhere the standard library's buffer stands between; it is emptied before the guest goes on.
#[cfg(not(unix))]
fn write_out(mut out: impl io::Write, buffers: &[&[u8]]) -> Result<usize, Errno> {
    buffers
        .iter()
        .try_for_each(|bytes| out.write_all(bytes))
        .and_then(|()| out.flush())
        .map_err(errno)?;
    Ok(buffers.iter().map(|bytes| bytes.len()).sum())
}
