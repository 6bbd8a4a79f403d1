//! Sockets of the system.
//!
//! They are set not to wait; waiting is done with `poll`, where it can be ended. A peer that is gone
//! is an error (`pipe`), and never a signal.

use std::boxed::Box;
use std::io;

use rustix::fd::{AsFd, OwnedFd};
use rustix::io::retry_on_intr;
use rustix::net::{RecvFlags, SendAncillaryBuffer, SendFlags, Shutdown};

use super::errno::errno;
use super::wait::Source;
use crate::abi::Errno;
use crate::socket::Socket;

/// A socket of the system that is a stream: one that listens, or a connection.
#[derive(Debug)]
pub struct HostSocket(OwnedFd);

impl HostSocket {
    /// Takes a socket over: a `TcpListener`, for example. It will not wait any more, nor will
    /// another descriptor of the same socket.
    ///
    /// # Errors
    /// What the system says.
    pub fn new(socket: impl Into<OwnedFd>) -> io::Result<Self> {
        let fd = socket.into();
        rustix::io::ioctl_fionbio(&fd, true)?;
        rustix::io::fcntl_setfd(&fd, rustix::io::FdFlags::CLOEXEC)?;
        Ok(Self(fd))
    }
}

impl Socket for HostSocket {
    fn accept(&mut self) -> Result<Box<dyn Socket>, Errno> {
        let accepted = retry_on_intr(|| rustix::net::accept(&self.0)).map_err(code)?;
        Ok(Box::new(Self::new(accepted).map_err(errno)?))
    }

    fn receive(&mut self, buffer: &mut [u8], peek: bool) -> Result<usize, Errno> {
        let flags = if peek {
            RecvFlags::PEEK
        } else {
            RecvFlags::empty()
        };
        retry_on_intr(|| rustix::net::recv(&self.0, &mut *buffer, flags))
            .map(|(count, _)| count)
            .map_err(code)
    }

    fn send(&mut self, buffers: &[&[u8]]) -> Result<usize, Errno> {
        let slices = super::slices(buffers)?;
        let mut nothing_beside = SendAncillaryBuffer::default();
        retry_on_intr(|| rustix::net::sendmsg(&self.0, &slices, &mut nothing_beside, NO_SIGNAL))
            .map_err(code)
    }

    fn shutdown(&mut self, receiving: bool, sending: bool) -> Result<(), Errno> {
        let how = match (receiving, sending) {
            (true, true) => Shutdown::Both,
            (true, false) => Shutdown::Read,
            (false, true) => Shutdown::Write,
            (false, false) => return Err(Errno::Inval),
        };
        rustix::net::shutdown(&self.0, how).map_err(code)
    }

    fn source(&self) -> Option<Source<'_>> {
        Some(Source::new(self.0.as_fd()))
    }
}

/// Apple's systems have no such flag; the standard library ignores the signal in the whole process.
#[cfg(target_vendor = "apple")]
const NO_SIGNAL: SendFlags = SendFlags::empty();
#[cfg(not(target_vendor = "apple"))]
const NO_SIGNAL: SendFlags = SendFlags::NOSIGNAL;

fn code(error: rustix::io::Errno) -> Errno {
    errno(error.into())
}
