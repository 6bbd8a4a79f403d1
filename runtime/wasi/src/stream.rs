//! Streams of bytes: what stands behind standard input, output and error.
//!
//! Two traits of few functions, so that bare metal can implement them over a serial line. They are
//! code of the host, so the numbers that they return are compared with the buffer before they are
//! used. Streams that are files, or that the system waits for, say so; others need not.

use alloc::vec::Vec;

use crate::abi::{Errno, FileType, Whence};
use crate::files::FileStat;
use crate::wait::Source;

/// A source of bytes.
pub trait InputStream: Send {
    /// Reads up to `buffer.len()` bytes and gives how many; 0 is the end. A number above that is
    /// an input error for the guest.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno>;

    /// Waits until a read would not block, for at most this many nanoseconds (`None`: for ever),
    /// and says whether a read would not block now.
    fn ready(&mut self, timeout: Option<u64>) -> Result<bool, Errno> {
        let _ = timeout;
        Ok(true)
    }

    /// Whether the other end is a terminal.
    fn is_terminal(&self) -> bool {
        false
    }

    /// What the system waits for where a guest waits for this stream, in place of
    /// [`ready`](Self::ready).
    fn source(&self) -> Option<Source<'_>> {
        None
    }

    /// What is known of it, if it is a file; of others, what they are.
    fn stat(&self) -> Result<FileStat, Errno> {
        Ok(FileStat::of_stream(stream_type(self.is_terminal())))
    }

    /// Moves the position and gives it, if it is a file. `spipe` without positions.
    fn seek(&mut self, offset: i64, whence: Whence) -> Result<u64, Errno> {
        let _ = (offset, whence);
        Err(Errno::Spipe)
    }
}

/// A sink of bytes.
pub trait OutputStream: Send {
    /// Writes and gives how many bytes were taken; a number above `bytes.len()` means all.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno>;

    /// Writes buffers one after the other and gives how many bytes were taken, as `fd_write` does:
    /// fewer than there are if the rest would have to wait or failed, an error if none was. A
    /// number above their sum means all.
    fn write_vectored(&mut self, buffers: &[&[u8]]) -> Result<usize, Errno> {
        let mut written = 0;
        for bytes in buffers {
            match self.write(bytes) {
                Ok(taken) if taken < bytes.len() => return Ok(written + taken),
                Ok(_) => written += bytes.len(),
                // Bytes written before an error are success: the next call meets the error again.
                Err(errno) if written == 0 => return Err(errno),
                Err(_) => break,
            }
        }
        Ok(written)
    }

    /// Whether the other end is a terminal.
    fn is_terminal(&self) -> bool {
        false
    }

    /// What the system waits for where a guest waits until this stream takes more; without it, the
    /// stream does so always.
    fn source(&self) -> Option<Source<'_>> {
        None
    }

    /// What is known of it, if it is a file; of others, what they are.
    fn stat(&self) -> Result<FileStat, Errno> {
        Ok(FileStat::of_stream(stream_type(self.is_terminal())))
    }

    /// Moves the position and gives it, if it is a file. `spipe` without positions.
    fn seek(&mut self, offset: i64, whence: Whence) -> Result<u64, Errno> {
        let _ = (offset, whence);
        Err(Errno::Spipe)
    }
}

/// What a stream is of which nothing else is known.
fn stream_type(is_terminal: bool) -> FileType {
    match is_terminal {
        true => FileType::CharacterDevice,
        false => FileType::Unknown,
    }
}

/// Keeps what is written.
impl OutputStream for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        self.try_reserve(bytes.len()).map_err(|_| Errno::Io)?;
        self.extend_from_slice(bytes);
        Ok(bytes.len())
    }
}
