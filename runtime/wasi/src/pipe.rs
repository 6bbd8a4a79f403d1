//! Streams in memory: a guest's input from bytes, a guest's output into bytes.
//!
//! For tests, and for hosts that want a program's output as a value. Output has a capacity that the
//! host states, so that a guest cannot fill its memory.

use alloc::vec::Vec;

use crate::abi::Errno;
use crate::stream::{InputStream, OutputStream};

/// Gives these bytes, then ends.
#[derive(Clone, Debug)]
pub struct MemoryInputPipe {
    bytes: Vec<u8>,
    position: usize,
}

impl MemoryInputPipe {
    /// A stream of these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            position: 0,
        }
    }
}

impl InputStream for MemoryInputPipe {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position += count;
        Ok(count)
    }
}

/// Gives nothing, at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Empty;

impl InputStream for Empty {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, Errno> {
        Ok(0)
    }
}

/// Takes everything and keeps nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Discard;

impl OutputStream for Discard {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        Ok(bytes.len())
    }
}

/// Keeps what is written, up to a number of bytes; clones see the same bytes.
#[cfg(feature = "std")]
#[derive(Clone, Debug)]
pub struct MemoryOutputPipe {
    bytes: alloc::sync::Arc<std::sync::Mutex<Vec<u8>>>,
    capacity: usize,
}

#[cfg(feature = "std")]
impl MemoryOutputPipe {
    /// A sink for at most this many bytes; a write past them is an error.
    pub fn new(capacity: usize) -> Self {
        Self {
            bytes: alloc::sync::Arc::default(),
            capacity,
        }
    }

    /// A copy of what was written so far.
    pub fn contents(&self) -> Vec<u8> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<u8>> {
        self.bytes
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(feature = "std")]
impl OutputStream for MemoryOutputPipe {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        let mut kept = self.lock();
        let count = bytes.len().min(self.capacity - kept.len());
        if count == 0 && !bytes.is_empty() {
            return Err(Errno::Io);
        }
        kept.write(&bytes[..count])
    }
}
