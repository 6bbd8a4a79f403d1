//! This process's standard streams.
//!
//! On Unix they are read and written without a buffer of ours: what a guest is told went out has
//! gone out, once, and what waits in the kernel is what a wait for input sees. A write is one
//! `writev`, whose count or error is the guest's; so is a closed pipe, since the standard library
//! ignores the signal. A stream that is a file has its type, size and position.

use std::io::{self, IsTerminal};

use crate::abi::Errno;
#[cfg(unix)]
use crate::abi::Whence;
#[cfg(unix)]
use crate::files::FileStat;
use crate::os::errno::errno;
use crate::stream::{InputStream, OutputStream};
#[cfg(unix)]
use crate::wait::{Interest, Source, Way, wait};

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
        let source = Source::new(rustix::stdio::stdin());
        let mut interest = [Interest::new(source, Way::Read)];
        wait(&mut interest, timeout)?;
        Ok(interest[0].state.ready)
    }

    fn is_terminal(&self) -> bool {
        io::stdin().is_terminal()
    }

    fn source(&self) -> Option<Source<'_>> {
        Some(Source::new(rustix::stdio::stdin()))
    }

    fn stat(&self) -> Result<FileStat, Errno> {
        stat(rustix::stdio::stdin())
    }

    fn seek(&mut self, offset: i64, whence: Whence) -> Result<u64, Errno> {
        seek(rustix::stdio::stdin(), offset, whence)
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

/// From `name of the type, function of the standard library, function of rustix`: an output stream.
macro_rules! output {
    ($name:ident, $std:path, $rustix:path) => {
        #[cfg(unix)]
        impl OutputStream for $name {
            fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
                self.write_vectored(&[bytes])
            }

            fn write_vectored(&mut self, buffers: &[&[u8]]) -> Result<usize, Errno> {
                write_out($rustix(), buffers)
            }

            fn is_terminal(&self) -> bool {
                $std().is_terminal()
            }

            fn source(&self) -> Option<Source<'_>> {
                Some(Source::new($rustix()))
            }

            fn stat(&self) -> Result<FileStat, Errno> {
                stat($rustix())
            }

            fn seek(&mut self, offset: i64, whence: Whence) -> Result<u64, Errno> {
                seek($rustix(), offset, whence)
            }
        }

        #[cfg(not(unix))]
        impl OutputStream for $name {
            fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
                self.write_vectored(&[bytes])
            }

            fn write_vectored(&mut self, buffers: &[&[u8]]) -> Result<usize, Errno> {
                write_out($std().lock(), buffers)
            }

            fn is_terminal(&self) -> bool {
                $std().is_terminal()
            }
        }
    };
}

output!(Stdout, io::stdout, rustix::stdio::stdout);
output!(Stderr, io::stderr, rustix::stdio::stderr);

/// One `writev`. Only where a signal came before the first byte is it made again.
#[cfg(unix)]
fn write_out(fd: rustix::fd::BorrowedFd<'_>, buffers: &[&[u8]]) -> Result<usize, Errno> {
    let slices = super::slices(buffers)?;
    rustix::io::retry_on_intr(|| rustix::io::writev(fd, &slices))
        .map_err(|error| errno(error.into()))
}

#[cfg(unix)]
fn stat(fd: rustix::fd::BorrowedFd<'_>) -> Result<FileStat, Errno> {
    rustix::fs::fstat(fd)
        .map(|stat| super::stat::file_stat(&stat))
        .map_err(|error| errno(error.into()))
}

#[cfg(unix)]
fn seek(fd: rustix::fd::BorrowedFd<'_>, offset: i64, whence: Whence) -> Result<u64, Errno> {
    rustix::fs::seek(fd, super::stat::seek_from(offset, whence)?)
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
