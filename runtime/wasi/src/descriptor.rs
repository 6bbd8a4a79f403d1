//! The descriptor table: what the guest's numbers stand for, and what may be done with them.
//!
//! Numbers 0, 1 and 2 are the standard streams, preopened directories follow, and what is opened
//! gets the lowest number that is free. Each descriptor has rights, which only shrink, for itself and
//! for what is opened through it. Standard: WASI preview 1, `typenames.witx`, `fd`, `rights`.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::abi::{Errno, MAX_DESCRIPTORS, Whence, rights};
use crate::files::{FileSystem, Handle};
use crate::perms::{DirPerms, FilePerms};
use crate::socket::Socket;
use crate::stream::{InputStream, OutputStream};
use crate::wait::{Source, Way};

/// What a number of the guest stands for.
pub(crate) struct Descriptor {
    pub(crate) kind: Kind,
    /// What may be done with it.
    pub(crate) base: u64,
    /// What may be done with what is opened through it.
    pub(crate) inheriting: u64,
    /// How it reads and writes, as in `fdflags`.
    pub(crate) flags: u16,
}

pub(crate) enum Kind {
    Input(Box<dyn InputStream>),
    Output(Box<dyn OutputStream>),
    File(Node),
    Directory(Directory),
    Socket(Box<dyn Socket>),
}

/// A file or directory of a file system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// Which file system, by its place.
    pub(crate) system: usize,
    pub(crate) handle: Handle,
}

#[derive(Clone, Debug)]
pub(crate) struct Directory {
    pub(crate) node: Node,
    pub(crate) dir_perms: DirPerms,
    pub(crate) file_perms: FilePerms,
    /// The name under which the guest has it from the start.
    pub(crate) preopened: Option<Vec<u8>>,
}

/// Rights that mean something for a file.
pub(crate) const OF_FILES: u64 = rights::FD_DATASYNC
    | rights::FD_READ
    | rights::FD_SEEK
    | rights::FD_FDSTAT_SET_FLAGS
    | rights::FD_SYNC
    | rights::FD_TELL
    | rights::FD_WRITE
    | rights::FD_ADVISE
    | rights::FD_ALLOCATE
    | rights::FD_FILESTAT_GET
    | rights::FD_FILESTAT_SET_SIZE
    | rights::FD_FILESTAT_SET_TIMES
    | rights::POLL_FD_READWRITE;

/// Rights that mean something for a directory.
pub(crate) const OF_DIRECTORIES: u64 = rights::FD_DATASYNC
    | rights::FD_FDSTAT_SET_FLAGS
    | rights::FD_SYNC
    | rights::PATH_CREATE_DIRECTORY
    | rights::PATH_CREATE_FILE
    | rights::PATH_LINK_SOURCE
    | rights::PATH_LINK_TARGET
    | rights::PATH_OPEN
    | rights::FD_READDIR
    | rights::PATH_READLINK
    | rights::PATH_RENAME_SOURCE
    | rights::PATH_RENAME_TARGET
    | rights::PATH_FILESTAT_GET
    | rights::PATH_FILESTAT_SET_SIZE
    | rights::PATH_FILESTAT_SET_TIMES
    | rights::FD_FILESTAT_GET
    | rights::FD_FILESTAT_SET_TIMES
    | rights::PATH_SYMLINK
    | rights::PATH_REMOVE_DIRECTORY
    | rights::PATH_UNLINK_FILE;

/// Rights of a stream beside the one to read or write it.
const OF_STREAMS: u64 =
    rights::FD_FILESTAT_GET | rights::FD_FDSTAT_SET_FLAGS | rights::POLL_FD_READWRITE;

/// Rights of a stream with positions. Libraries of guests take a character device without them for
/// a terminal.
const OF_POSITIONS: u64 = rights::FD_SEEK | rights::FD_TELL;

/// Rights of a connection.
const OF_CONNECTIONS: u64 = OF_STREAMS | rights::FD_READ | rights::FD_WRITE | rights::SOCK_SHUTDOWN;

/// Rights of a socket that listens. What it is asked beside, the system refuses as POSIX says.
const OF_LISTENERS: u64 = OF_CONNECTIONS | rights::SOCK_ACCEPT;

impl Descriptor {
    fn input(mut stream: Box<dyn InputStream>) -> Self {
        let positions = of_positions(stream.seek(0, Whence::Cur));
        Self {
            kind: Kind::Input(stream),
            base: OF_STREAMS | rights::FD_READ | positions,
            inheriting: 0,
            flags: 0,
        }
    }

    fn output(mut stream: Box<dyn OutputStream>) -> Self {
        let positions = of_positions(stream.seek(0, Whence::Cur));
        Self {
            kind: Kind::Output(stream),
            base: OF_STREAMS | rights::FD_WRITE | positions,
            inheriting: 0,
            flags: 0,
        }
    }

    /// A socket of the host that listens.
    pub(crate) fn listener(socket: Box<dyn Socket>) -> Self {
        Self {
            kind: Kind::Socket(socket),
            base: OF_LISTENERS,
            inheriting: OF_CONNECTIONS,
            flags: 0,
        }
    }

    /// A connection that was accepted, with these rights at most.
    pub(crate) fn connection(socket: Box<dyn Socket>, rights: u64, flags: u16) -> Self {
        Self {
            kind: Kind::Socket(socket),
            base: OF_CONNECTIONS & rights,
            inheriting: 0,
            flags,
        }
    }

    /// `notcapable` without the right.
    pub(crate) fn require(&self, right: u64) -> Result<(), Errno> {
        match self.base & right == right {
            true => Ok(()),
            false => Err(Errno::Notcapable),
        }
    }

    fn node(&self) -> Option<Node> {
        match &self.kind {
            Kind::Input(_) | Kind::Output(_) | Kind::Socket(_) => None,
            Kind::File(node) => Some(*node),
            Kind::Directory(directory) => Some(directory.node),
        }
    }
}

fn of_positions(position: Result<u64, Errno>) -> u64 {
    match position {
        Ok(_) => OF_POSITIONS,
        Err(_) => 0,
    }
}

/// Descriptors by number, and the file systems that they are of.
pub(crate) struct Descriptors {
    slots: Vec<Option<Descriptor>>,
    /// How many there can be.
    most: u32,
    pub(crate) systems: Vec<Box<dyn FileSystem>>,
}

impl Descriptors {
    /// Standard input, output and error are 0, 1 and 2.
    pub(crate) fn new(
        stdin: Box<dyn InputStream>,
        stdout: Box<dyn OutputStream>,
        stderr: Box<dyn OutputStream>,
        most: u32,
    ) -> Self {
        let stdio = [
            Descriptor::input(stdin),
            Descriptor::output(stdout),
            Descriptor::output(stderr),
        ];
        Self {
            slots: stdio.into_iter().map(Some).collect(),
            most: most.min(MAX_DESCRIPTORS),
            systems: Vec::new(),
        }
    }

    /// Gives the guest a directory from the start, with the lowest number that is free; the host
    /// bounds how many.
    pub(crate) fn preopen(&mut self, directory: Directory) {
        let descriptor = Descriptor {
            kind: Kind::Directory(directory),
            base: OF_DIRECTORIES,
            inheriting: OF_DIRECTORIES | OF_FILES,
            flags: 0,
        };
        match self.slots.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(descriptor),
            None => self.slots.push(Some(descriptor)),
        }
    }

    /// Gives the guest a descriptor of this number from the start, in place of what has it.
    pub(crate) fn place(&mut self, fd: u32, descriptor: Descriptor) {
        while self.slots.len() <= fd as usize {
            self.slots.push(None);
        }
        self.slots[fd as usize] = Some(descriptor);
    }

    pub(crate) fn get(&self, fd: u32) -> Result<&Descriptor, Errno> {
        let slot = self.slots.get(fd as usize);
        slot.and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    pub(crate) fn find(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        let slot = self.slots.get_mut(fd as usize);
        slot.and_then(Option::as_mut).ok_or(Errno::Badf)
    }

    /// A readable stream.
    pub(crate) fn input(&mut self, fd: u32) -> Result<&mut dyn InputStream, Errno> {
        match &mut self.find(fd)?.kind {
            Kind::Input(stream) => Ok(stream.as_mut()),
            _ => Err(Errno::Badf),
        }
    }

    /// A writable stream.
    pub(crate) fn output(&mut self, fd: u32) -> Result<&mut dyn OutputStream, Errno> {
        match &mut self.find(fd)?.kind {
            Kind::Output(stream) => Ok(stream.as_mut()),
            _ => Err(Errno::Badf),
        }
    }

    /// What the system waits for where a guest waits for a descriptor in this direction.
    pub(crate) fn source(&self, fd: u32, way: Way) -> Result<Option<Source<'_>>, Errno> {
        Ok(match (&self.get(fd)?.kind, way) {
            (Kind::Input(stream), Way::Read) => stream.source(),
            (Kind::Output(stream), Way::Write) => stream.source(),
            (Kind::Socket(socket), _) => socket.source(),
            (Kind::File(node), _) => {
                let system = self.systems.get(node.system).ok_or(Errno::Badf)?;
                system.source(node.handle)
            }
            (Kind::Input(_) | Kind::Output(_) | Kind::Directory(_), _) => None,
        })
    }

    /// A file with this right: `badf` for a directory, `spipe` for a stream if the right is one of
    /// positions.
    pub(crate) fn file(
        &mut self,
        fd: u32,
        right: u64,
    ) -> Result<(&mut dyn FileSystem, Handle), Errno> {
        let descriptor = self.get(fd)?;
        let node = match &descriptor.kind {
            Kind::File(node) => *node,
            Kind::Input(_) | Kind::Output(_) | Kind::Socket(_) if right & OF_POSITIONS != 0 => {
                return Err(Errno::Spipe);
            }
            Kind::Input(_) | Kind::Output(_) | Kind::Directory(_) | Kind::Socket(_) => {
                return Err(Errno::Badf);
            }
        };
        descriptor.require(right)?;
        Ok((self.system(node)?, node.handle))
    }

    /// A file or directory with this right; `badf` for a stream.
    pub(crate) fn node(
        &mut self,
        fd: u32,
        right: u64,
    ) -> Result<(&mut dyn FileSystem, Handle), Errno> {
        let descriptor = self.get(fd)?;
        let node = descriptor.node().ok_or(Errno::Badf)?;
        descriptor.require(right)?;
        Ok((self.system(node)?, node.handle))
    }

    /// A directory with this right; `notdir` for anything else.
    pub(crate) fn directory(&self, fd: u32, right: u64) -> Result<&Directory, Errno> {
        let descriptor = self.get(fd)?;
        match &descriptor.kind {
            Kind::Directory(directory) => descriptor.require(right).map(|()| directory),
            Kind::Input(_) | Kind::Output(_) | Kind::File(_) | Kind::Socket(_) => {
                Err(Errno::Notdir)
            }
        }
    }

    /// `mfile` if no number is free.
    pub(crate) fn room(&self) -> Result<(), Errno> {
        match self.slots.len() < self.most as usize || self.slots.iter().any(Option::is_none) {
            true => Ok(()),
            false => Err(Errno::Mfile),
        }
    }

    pub(crate) fn system(&mut self, node: Node) -> Result<&mut dyn FileSystem, Errno> {
        match self.systems.get_mut(node.system) {
            Some(system) => Ok(system.as_mut()),
            None => Err(Errno::Badf),
        }
    }

    /// Gives a descriptor the lowest number that is free; `mfile` if there is none. What it stands
    /// for is closed then.
    pub(crate) fn add(&mut self, descriptor: Descriptor) -> Result<u32, Errno> {
        let place = match self.slots.iter().position(Option::is_none) {
            Some(place) => place,
            None if self.slots.len() < self.most as usize && self.slots.try_reserve(1).is_ok() => {
                self.slots.push(None);
                self.slots.len() - 1
            }
            None => {
                self.release(&descriptor);
                return Err(Errno::Mfile);
            }
        };
        self.slots[place] = Some(descriptor);
        Ok(place as u32)
    }

    pub(crate) fn close(&mut self, fd: u32) -> Result<(), Errno> {
        let slot = self.slots.get_mut(fd as usize).ok_or(Errno::Badf)?;
        let descriptor = slot.take().ok_or(Errno::Badf)?;
        self.release(&descriptor);
        Ok(())
    }

    /// Moves `from` over `to`; both must be open, so that numbers stay ours to give. `notsup` if
    /// one is preopened: libraries of guests keep those numbers.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        for fd in [from, to] {
            if let Kind::Directory(Directory {
                preopened: Some(_), ..
            }) = self.get(fd)?.kind
            {
                return Err(Errno::Notsup);
            }
        }
        if from != to {
            let moved = self.slots[from as usize].take();
            if let Some(descriptor) = core::mem::replace(&mut self.slots[to as usize], moved) {
                self.release(&descriptor);
            }
        }
        Ok(())
    }

    fn release(&mut self, descriptor: &Descriptor) {
        if let Some(node) = descriptor.node()
            && let Ok(system) = self.system(node)
        {
            system.close(node.handle);
        }
    }
}
