//! What stands below a guest and answers what a test says: files, streams, a clock, randomness and a
//! socket in which everything works or nothing does.

use std::boxed::Box;
use std::sync::Arc;
use std::sync::atomic::AtomicU16;
use std::sync::atomic::Ordering;
use std::vec::Vec;

use crate::abi::{Advice, ClockId, Errno, FileType, Whence};
use crate::clock::Clock;
use crate::files::{DirEntry, FileStat, FileSystem, Handle, OpenOptions, Opened, Times};
use crate::random::Random;
use crate::socket::Socket;
use crate::stream::{InputStream, OutputStream};
use crate::wait::Source;

/// How far a socket, a stream, a clock … that answers what a test says is from its answer.
#[derive(Clone, Default)]
pub(super) struct Says(Arc<AtomicU16>);

impl Says {
    pub(super) fn say(&self, errno: Option<Errno>) {
        let number = errno.map_or(0, |errno| errno as u16);
        self.0.store(number, Ordering::Relaxed);
    }

    fn then<T>(&self, value: T) -> Result<T, Errno> {
        match Errno::from_number(self.0.load(Ordering::Relaxed)) {
            Some(errno) => Err(errno),
            None => Ok(value),
        }
    }
}

impl InputStream for Says {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, Errno> {
        self.then(0)
    }

    fn ready(&mut self, _: Option<u64>) -> Result<bool, Errno> {
        self.then(true)
    }

    fn stat(&self) -> Result<FileStat, Errno> {
        self.then(FileStat::of_stream(FileType::Unknown))
    }

    fn seek(&mut self, _: i64, _: Whence) -> Result<u64, Errno> {
        self.then(0)
    }
}

impl OutputStream for Says {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        self.then(bytes.len())
    }
}

impl Clock for Says {
    fn resolution(&self, _: ClockId) -> Result<u64, Errno> {
        self.then(1)
    }

    fn now(&self, _: ClockId) -> Result<u64, Errno> {
        self.then(1)
    }

    fn sleep(&self, _: u64) {}
}

impl Random for Says {
    fn fill(&mut self, _: &mut [u8]) -> Result<(), Errno> {
        self.then(())
    }
}

impl Socket for Says {
    fn accept(&mut self) -> Result<Box<dyn Socket>, Errno> {
        self.then(Box::new(self.clone()) as Box<dyn Socket>)
    }

    fn receive(&mut self, buffer: &mut [u8], _: bool) -> Result<usize, Errno> {
        self.then(buffer.len())
    }

    fn send(&mut self, buffers: &[&[u8]]) -> Result<usize, Errno> {
        self.then(buffers.iter().map(|buffer| buffer.len()).sum())
    }

    fn shutdown(&mut self, _: bool, _: bool) -> Result<(), Errno> {
        self.then(())
    }

    fn source(&self) -> Option<Source<'_>> {
        None
    }
}

/// A file system with one file, in which everything works or nothing does.
impl FileSystem for Says {
    fn directory(&mut self, _: Handle, _: &[u8]) -> Result<Handle, Errno> {
        self.then(Handle(0))
    }

    fn reopen(&mut self, _: Handle) -> Result<Handle, Errno> {
        self.then(Handle(0))
    }

    fn open(&mut self, _: Handle, _: &[u8], options: OpenOptions) -> Result<Opened, Errno> {
        self.then(match options.directory {
            true => Opened::Directory(Handle(0)),
            false => Opened::File(Handle(1)),
        })
    }

    fn close(&mut self, _: Handle) {}

    fn create_directory(&mut self, _: Handle, _: &[u8]) -> Result<(), Errno> {
        self.then(())
    }

    fn remove_directory(&mut self, _: Handle, _: &[u8]) -> Result<(), Errno> {
        self.then(())
    }

    fn unlink(&mut self, _: Handle, _: &[u8]) -> Result<(), Errno> {
        self.then(())
    }

    fn link(&mut self, _: Handle, _: &[u8], _: Handle, _: &[u8]) -> Result<(), Errno> {
        self.then(())
    }

    fn rename(&mut self, _: Handle, _: &[u8], _: Handle, _: &[u8]) -> Result<(), Errno> {
        self.then(())
    }

    fn symlink(&mut self, _: &[u8], _: Handle, _: &[u8]) -> Result<(), Errno> {
        self.then(())
    }

    fn read_link(&mut self, _: Handle, name: &[u8]) -> Result<Vec<u8>, Errno> {
        match name {
            b"link" => self.then(b"file".to_vec()),
            _ => self.then(()).and(Err(Errno::Inval)),
        }
    }

    fn stat_at(&mut self, _: Handle, _: &[u8]) -> Result<FileStat, Errno> {
        self.then(FileStat::of_stream(FileType::RegularFile))
    }

    fn set_times_at(&mut self, _: Handle, _: &[u8], _: Times) -> Result<(), Errno> {
        self.then(())
    }

    fn entries(
        &mut self,
        _: Handle,
        _: u64,
        _: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno> {
        self.then(())
    }

    fn stat(&mut self, _: Handle) -> Result<FileStat, Errno> {
        self.then(FileStat::of_stream(FileType::RegularFile))
    }

    fn set_times(&mut self, _: Handle, _: Times) -> Result<(), Errno> {
        self.then(())
    }

    fn sync(&mut self, _: Handle, _: bool) -> Result<(), Errno> {
        self.then(())
    }

    fn read(&mut self, _: Handle, _: &mut [u8]) -> Result<usize, Errno> {
        self.then(0)
    }

    fn read_at(&mut self, _: Handle, _: &mut [u8], _: u64) -> Result<usize, Errno> {
        self.then(0)
    }

    fn write(&mut self, _: Handle, _: &[&[u8]]) -> Result<usize, Errno> {
        self.then(0)
    }

    fn write_at(&mut self, _: Handle, _: &[&[u8]], _: u64) -> Result<usize, Errno> {
        self.then(0)
    }

    fn seek(&mut self, _: Handle, _: i64, _: Whence) -> Result<u64, Errno> {
        self.then(0)
    }

    fn set_flags(&mut self, _: Handle, _: u16) -> Result<(), Errno> {
        self.then(())
    }

    fn set_size(&mut self, _: Handle, _: u64) -> Result<(), Errno> {
        self.then(())
    }

    fn allocate(&mut self, _: Handle, _: u64, _: u64) -> Result<(), Errno> {
        self.then(())
    }

    fn advise(&mut self, _: Handle, _: u64, _: u64, _: Advice) -> Result<(), Errno> {
        self.then(())
    }
}

/// What a test does with what stands below.
#[derive(Clone, Default)]
pub(super) struct Below {
    pub(super) files: Says,
    pub(super) stream: Says,
    pub(super) clock: Says,
    pub(super) random: Says,
    pub(super) socket: Says,
}
