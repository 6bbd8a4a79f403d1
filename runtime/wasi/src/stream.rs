//! Streams of bytes: what stands behind standard input, output and error.
//!
//! Two traits of few functions, so that bare metal can implement them over a serial line. They are
//! code of the host, so the numbers that they return are compared with the buffer before they are
//! used.

use alloc::vec::Vec;

use crate::abi::Errno;

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
}

/// Keeps what is written.
impl OutputStream for Vec<u8> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        self.try_reserve(bytes.len()).map_err(|_| Errno::Io)?;
        self.extend_from_slice(bytes);
        Ok(bytes.len())
    }
}
