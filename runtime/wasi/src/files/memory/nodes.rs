//! Files, directories and links in memory: what handles lead to.
//!
//! Nodes lie in one list, and directories name them by their places in it. A node lives as long as
//! it has a name or is open. Bytes, nodes and names are counted against limits before they are made.
//! Entries of a directory are numbered when they are made, and the numbers are the places for
//! `fd_readdir`: they stay right while others come and go.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::MemoryFiles;
use crate::abi::{Errno, FileType};
use crate::files::{FileStat, Handle, Time, Times};

pub(super) struct Node {
    pub(super) content: Content,
    /// Names in directories. A directory that was removed has none.
    pub(super) names: u64,
    /// Handles.
    pub(super) open: u32,
    pub(super) accessed: u64,
    pub(super) modified: u64,
    pub(super) changed: u64,
}

pub(super) enum Content {
    File(Vec<u8>),
    Directory(Directory),
    Link(Vec<u8>),
}

pub(super) struct Directory {
    pub(super) names: BTreeMap<Vec<u8>, Name>,
    /// Names by the numbers of their entries.
    pub(super) order: BTreeMap<u64, Vec<u8>>,
    /// The number of the next entry.
    pub(super) next: u64,
    pub(super) parent: usize,
}

#[derive(Clone, Copy)]
pub(super) struct Name {
    pub(super) node: usize,
    pub(super) number: u64,
}

/// The node of the root.
pub(super) const ROOT: usize = 0;
/// The numbers of `.` and `..`; those of names follow.
pub(super) const HERE: u64 = 1;
pub(super) const UP: u64 = 2;

impl MemoryFiles {
    pub(super) fn node(&self, content: Content) -> Node {
        let now = self.now();
        Node {
            content,
            names: 0,
            open: 0,
            accessed: now,
            modified: now,
            changed: now,
        }
    }

    pub(super) fn at(&self, node: usize) -> Result<&Node, Errno> {
        self.nodes
            .get(node)
            .and_then(Option::as_ref)
            .ok_or(Errno::Badf)
    }

    pub(super) fn at_mut(&mut self, node: usize) -> Result<&mut Node, Errno> {
        self.nodes
            .get_mut(node)
            .and_then(Option::as_mut)
            .ok_or(Errno::Badf)
    }

    pub(super) fn dir_mut(&mut self, node: usize) -> Result<&mut Directory, Errno> {
        match &mut self.at_mut(node)?.content {
            Content::Directory(directory) => Ok(directory),
            Content::File(_) | Content::Link(_) => Err(Errno::Notdir),
        }
    }

    pub(super) fn is_directory(&self, node: usize) -> Result<bool, Errno> {
        Ok(matches!(self.at(node)?.content, Content::Directory(_)))
    }

    /// Makes a node with a name, in a directory that is not removed.
    pub(super) fn create(
        &mut self,
        parent: Handle,
        name: &[u8],
        content: Content,
    ) -> Result<usize, Errno> {
        let (directory, _) = self.dir(parent)?;
        self.room_for_name(directory)?;
        let bytes = self.bytes + content.bytes();
        let files = self.nodes.len() - self.free.len();
        if files >= self.limits.files as usize || bytes > self.limits.bytes {
            return Err(Errno::Nospc);
        }
        let node = self.node(content);
        let place = match self.free.pop() {
            Some(place) => place,
            None => {
                self.nodes.try_reserve(1).map_err(|_| Errno::Nomem)?;
                let room = self.nodes.len() + 1;
                self.free.try_reserve(room).map_err(|_| Errno::Nomem)?;
                self.nodes.push(None);
                room - 1
            }
        };
        self.nodes[place] = Some(node);
        self.bytes = bytes;
        self.put(directory, name, place)?;
        Ok(place)
    }

    pub(super) fn room_for_name(&self, directory: usize) -> Result<(), Errno> {
        let node = self.at(directory)?;
        match &node.content {
            _ if node.names == 0 => Err(Errno::Noent),
            Content::Directory(_) if self.names < self.limits.entries => Ok(()),
            _ => Err(Errno::Nospc),
        }
    }

    pub(super) fn put(&mut self, directory: usize, name: &[u8], node: usize) -> Result<(), Errno> {
        let now = self.now();
        let it = self.at_mut(node)?;
        it.names += 1;
        it.changed = now;
        if let Content::Directory(moved) = &mut it.content {
            moved.parent = directory;
        }
        let it = self.dir_mut(directory)?;
        let number = it.next;
        it.next += 1;
        it.order.insert(number, name.to_vec());
        it.names.insert(name.to_vec(), Name { node, number });
        self.names += 1;
        self.touch(directory)
    }

    pub(super) fn take(&mut self, directory: usize, name: &[u8]) -> Result<(), Errno> {
        let it = self.dir_mut(directory)?;
        let removed = it.names.remove(name).ok_or(Errno::Noent)?;
        it.order.remove(&removed.number);
        self.names -= 1;
        let now = self.now();
        let node = self.at_mut(removed.node)?;
        node.names -= 1;
        node.changed = now;
        self.touch(directory)?;
        self.release(removed.node);
        Ok(())
    }

    /// Notes that the content of a node changed.
    pub(super) fn touch(&mut self, node: usize) -> Result<(), Errno> {
        let now = self.now();
        let node = self.at_mut(node)?;
        node.modified = now;
        node.changed = now;
        Ok(())
    }

    /// Forgets a node that nobody can reach any more.
    pub(super) fn release(&mut self, at: usize) {
        let unreachable = |node: &mut Node| node.names == 0 && node.open == 0;
        let place = self.nodes.get_mut(at);
        if let Some(node) = place.and_then(|place| place.take_if(unreachable)) {
            self.bytes -= node.content.bytes();
            self.free.push(at);
        }
    }

    pub(super) fn set(&mut self, node: usize, times: Times) -> Result<(), Errno> {
        let now = self.now();
        let of = |time| match time {
            Time::Now => now,
            Time::At(at) => at,
        };
        let node = self.at_mut(node)?;
        node.accessed = times.accessed.map_or(node.accessed, of);
        node.modified = times.modified.map_or(node.modified, of);
        node.changed = now;
        Ok(())
    }

    pub(super) fn stat_node(&self, place: usize) -> Result<FileStat, Errno> {
        let node = self.at(place)?;
        let (file_type, size) = match &node.content {
            Content::File(bytes) => (FileType::RegularFile, bytes.len()),
            Content::Directory(_) => (FileType::Directory, 0),
            Content::Link(target) => (FileType::SymbolicLink, target.len()),
        };
        Ok(FileStat {
            device: 0,
            inode: place as u64 + 1,
            file_type,
            links: node.names,
            size: size as u64,
            accessed: node.accessed,
            modified: node.modified,
            changed: node.changed,
        })
    }

    /// Whether `node` is `directory` or one of those above it.
    pub(super) fn is_above(&self, node: usize, directory: usize) -> Result<bool, Errno> {
        let mut here = directory;
        loop {
            if here == node {
                return Ok(true);
            }
            match &self.at(here)?.content {
                Content::Directory(it) if it.parent != here => here = it.parent,
                _ => return Ok(false),
            }
        }
    }
}

impl Content {
    /// Bytes that count.
    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::File(bytes) | Self::Link(bytes) => bytes.len() as u64,
            Self::Directory(_) => 0,
        }
    }
}

impl Directory {
    pub(super) fn new(parent: usize) -> Self {
        Self {
            names: BTreeMap::new(),
            order: BTreeMap::new(),
            next: UP + 1,
            parent,
        }
    }
}
