//! The descriptor table: what the guest's numbers stand for.
//!
//! There are streams so far; files and directories become further variants, and
//! [`Descriptors::file`], [`Descriptors::directory`] the places that find them. Numbers 0, 1 and 2
//! are the standard streams. Standard: WASI preview 1, `typenames.witx`, `fd`.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::abi::{Errno, FileType, rights};
use crate::stream::{InputStream, OutputStream};

/// What a number of the guest stands for.
pub(crate) enum Descriptor {
    Input(Box<dyn InputStream>),
    Output(Box<dyn OutputStream>),
}

impl Descriptor {
    pub(crate) fn file_type(&self) -> FileType {
        let is_terminal = match self {
            Self::Input(stream) => stream.is_terminal(),
            Self::Output(stream) => stream.is_terminal(),
        };
        if is_terminal {
            FileType::CharacterDevice
        } else {
            FileType::Unknown
        }
    }

    pub(crate) fn rights(&self) -> u64 {
        match self {
            Self::Input(_) => rights::FD_READ,
            Self::Output(_) => rights::FD_WRITE,
        }
    }
}

/// Descriptors by number.
pub(crate) struct Descriptors {
    slots: Vec<Option<Descriptor>>,
}

impl Descriptors {
    /// Standard input, output and error are 0, 1 and 2.
    pub(crate) fn new(
        stdin: Box<dyn InputStream>,
        stdout: Box<dyn OutputStream>,
        stderr: Box<dyn OutputStream>,
    ) -> Self {
        let stdio = [
            Descriptor::Input(stdin),
            Descriptor::Output(stdout),
            Descriptor::Output(stderr),
        ];
        Self {
            slots: stdio.into_iter().map(Some).collect(),
        }
    }

    pub(crate) fn find(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        self.slots
            .get_mut(fd as usize)
            .and_then(Option::as_mut)
            .ok_or(Errno::Badf)
    }

    /// A readable stream.
    pub(crate) fn input(&mut self, fd: u32) -> Result<&mut dyn InputStream, Errno> {
        match self.find(fd)? {
            Descriptor::Input(stream) => Ok(stream.as_mut()),
            Descriptor::Output(_) => Err(Errno::Badf),
        }
    }

    /// A writable stream.
    pub(crate) fn output(&mut self, fd: u32) -> Result<&mut dyn OutputStream, Errno> {
        match self.find(fd)? {
            Descriptor::Output(stream) => Ok(stream.as_mut()),
            Descriptor::Input(_) => Err(Errno::Badf),
        }
    }

    /// A file: there is none, whatever the number.
    pub(crate) fn file(&mut self, fd: u32) -> Result<(), Errno> {
        self.find(fd).and(Err(Errno::Badf))
    }

    /// A directory: there is none, whatever the number.
    pub(crate) fn directory(&mut self, fd: u32) -> Result<(), Errno> {
        self.find(fd).and(Err(Errno::Badf))
    }

    /// A descriptor with a position: a stream has none.
    pub(crate) fn seekable(&mut self, fd: u32) -> Result<(), Errno> {
        self.find(fd).and(Err(Errno::Spipe))
    }

    /// A socket: there is none.
    pub(crate) fn socket(&mut self, fd: u32) -> Result<(), Errno> {
        self.find(fd).and(Err(Errno::Notsock))
    }

    pub(crate) fn close(&mut self, fd: u32) -> Result<(), Errno> {
        let slot = self.slots.get_mut(fd as usize).ok_or(Errno::Badf)?;
        slot.take().map(drop).ok_or(Errno::Badf)
    }

    /// Moves `from` over `to`; both must be open, so that numbers stay ours to give.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        self.find(from)?;
        self.find(to)?;
        if from != to {
            self.slots[to as usize] = self.slots[from as usize].take();
        }
        Ok(())
    }
}
