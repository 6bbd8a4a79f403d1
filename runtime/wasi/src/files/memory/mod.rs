//! A file system in memory: for `/tmp` of a guest, for tests, and where there is no other.
//!
//! Handles stand here, and what is done with them; the files and directories that they lead to, with
//! their limits, are in [`nodes`]. Standard: WASI preview 1, as each function of the trait says.

mod nodes;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Bound;

use self::nodes::{Content, Directory, HERE, Node, ROOT, UP};
use super::{DirEntry, FileStat, FileSystem, Handle, OpenOptions, Opened, Times};
use crate::abi::{
    ClockId, Errno, FileType, MAX_MEMORY_BYTES, MAX_MEMORY_ENTRIES, MAX_MEMORY_FILES, Whence,
    fdflags,
};
use crate::clock::Clock;

/// Files in memory. The limits are those of the table: bytes, files and names of all directories;
/// what would exceed one is refused with `nospc`.
///
/// ```
/// use tabwasm_wasi::files::{FileSystem, MemoryFiles};
/// use tabwasm_wasi::{DirPerms, FilePerms, WasiCtxBuilder};
///
/// # fn main() -> Result<(), tabwasm_wasi::Errno> {
/// let mut ctx = WasiCtxBuilder::new()
///     .preopened_files(
///         MemoryFiles::new(),
///         MemoryFiles::root,
///         "/tmp",
///         DirPerms::all(),
///         FilePerms::all(),
///     )?
///     .build();
/// // … the guest runs, and then:
/// let files: &mut MemoryFiles = ctx.file_system().expect("it was given");
/// let root = files.root()?;
/// files.entries(root, 0, &mut |entry| {
///     println!("{}", entry.name.escape_ascii());
///     true
/// })?;
/// # Ok(())
/// # }
/// ```
pub struct MemoryFiles {
    nodes: Vec<Option<Node>>,
    handles: Vec<Option<Open>>,
    /// Places in `nodes` without a node; it has room for all of them.
    free: Vec<usize>,
    /// Bytes of all files and links.
    bytes: u64,
    /// Names in all directories.
    names: u32,
    limits: Limits,
    clock: Option<Box<dyn Clock>>,
}

struct Limits {
    bytes: u64,
    files: u32,
    entries: u32,
}

#[derive(Clone, Copy)]
struct Open {
    node: usize,
    position: u64,
    flags: u16,
}

impl MemoryFiles {
    /// An empty directory, whose times stand still.
    pub fn new() -> Self {
        let mut files = Self {
            nodes: Vec::new(),
            handles: Vec::new(),
            free: Vec::new(),
            bytes: 0,
            names: 0,
            limits: Limits {
                bytes: MAX_MEMORY_BYTES.into(),
                files: MAX_MEMORY_FILES,
                entries: MAX_MEMORY_ENTRIES,
            },
            clock: None,
        };
        let root = files.node(Content::Directory(Directory::new(ROOT)));
        files.nodes.push(Some(Node { names: 1, ..root }));
        files
    }

    /// An empty directory, with times of this clock.
    pub fn with_clock(clock: impl Clock + 'static) -> Self {
        let mut files = Self::new();
        files.clock = Some(Box::new(clock));
        files
    }

    /// Lowers how many bytes all files and links can have.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.limits.bytes = bytes.min(MAX_MEMORY_BYTES.into());
        self
    }

    /// Lowers how many files, directories and links there can be; the root is one of them.
    pub fn max_files(mut self, files: u32) -> Self {
        self.limits.files = files.min(MAX_MEMORY_FILES);
        self
    }

    /// Lowers how many names there can be in all directories.
    pub fn max_entries(mut self, entries: u32) -> Self {
        self.limits.entries = entries.min(MAX_MEMORY_ENTRIES);
        self
    }

    /// Opens the root. `mfile` if no more can be open.
    pub fn root(&mut self) -> Result<Handle, Errno> {
        self.open_node(ROOT, 0)
    }

    fn now(&self) -> u64 {
        let clock = self.clock.as_deref();
        let now = clock.and_then(|clock| clock.now(ClockId::Realtime).ok());
        now.unwrap_or_default()
    }

    fn opened(&self, handle: Handle) -> Result<Open, Errno> {
        self.handles
            .get(handle.0 as usize)
            .copied()
            .flatten()
            .ok_or(Errno::Badf)
    }

    fn opened_mut(&mut self, handle: Handle) -> Result<&mut Open, Errno> {
        self.handles
            .get_mut(handle.0 as usize)
            .and_then(Option::as_mut)
            .ok_or(Errno::Badf)
    }

    fn open_node(&mut self, node: usize, flags: u16) -> Result<Handle, Errno> {
        let free = self.handles.iter().position(Option::is_none);
        let place = match free {
            Some(place) => place,
            None => {
                self.handles.try_reserve(1).map_err(|_| Errno::Nomem)?;
                self.handles.push(None);
                self.handles.len() - 1
            }
        };
        self.at_mut(node)?.open += 1;
        self.handles[place] = Some(Open {
            node,
            position: 0,
            flags,
        });
        u32::try_from(place).map(Handle).map_err(|_| Errno::Mfile)
    }

    fn dir(&self, handle: Handle) -> Result<(usize, &Directory), Errno> {
        let node = self.opened(handle)?.node;
        match &self.at(node)?.content {
            Content::Directory(directory) => Ok((node, directory)),
            Content::File(_) | Content::Link(_) => Err(Errno::Notdir),
        }
    }

    fn find(&self, parent: Handle, name: &[u8]) -> Result<usize, Errno> {
        let (_, directory) = self.dir(parent)?;
        directory
            .names
            .get(name)
            .map(|name| name.node)
            .ok_or(Errno::Noent)
    }

    fn file(&self, handle: Handle) -> Result<&[u8], Errno> {
        match &self.at(self.opened(handle)?.node)?.content {
            Content::File(bytes) => Ok(bytes),
            Content::Directory(_) | Content::Link(_) => Err(Errno::Badf),
        }
    }

    fn resize(&mut self, handle: Handle, size: u64) -> Result<(), Errno> {
        let old = self.file(handle)?.len() as u64;
        let total = (self.bytes - old).checked_add(size).ok_or(Errno::Fbig)?;
        if total > self.limits.bytes {
            return Err(Errno::Nospc);
        }
        let size = usize::try_from(size).map_err(|_| Errno::Fbig)?;
        let node = self.opened(handle)?.node;
        if let Content::File(bytes) = &mut self.at_mut(node)?.content {
            let more = size.saturating_sub(bytes.len());
            bytes.try_reserve(more).map_err(|_| Errno::Nomem)?;
            bytes.resize(size, 0);
            if more == 0 {
                bytes.shrink_to(size.saturating_mul(2));
            }
        }
        self.bytes = total;
        self.touch(node)
    }
}

impl FileSystem for MemoryFiles {
    fn directory(&mut self, parent: Handle, name: &[u8]) -> Result<Handle, Errno> {
        let node = self.find(parent, name)?;
        match self.is_directory(node)? {
            true => self.open_node(node, 0),
            false => Err(Errno::Notdir),
        }
    }

    fn reopen(&mut self, directory: Handle) -> Result<Handle, Errno> {
        let (node, _) = self.dir(directory)?;
        self.open_node(node, 0)
    }

    fn open(&mut self, parent: Handle, name: &[u8], options: OpenOptions) -> Result<Opened, Errno> {
        let node = match self.find(parent, name) {
            Ok(_) if options.create && options.exclusive => return Err(Errno::Exist),
            Ok(node) => node,
            Err(Errno::Noent) if options.create => {
                self.create(parent, name, Content::File(Vec::new()))?
            }
            Err(errno) => return Err(errno),
        };
        match &self.at(node)?.content {
            Content::Directory(_) if options.write || options.create => Err(Errno::Isdir),
            Content::Directory(_) => self.open_node(node, options.flags).map(Opened::Directory),
            _ if options.directory => Err(Errno::Notdir),
            Content::Link(_) => Err(Errno::Loop),
            Content::File(_) => {
                let handle = self.open_node(node, options.flags)?;
                if options.truncate {
                    self.resize(handle, 0)?;
                }
                Ok(Opened::File(handle))
            }
        }
    }

    fn close(&mut self, handle: Handle) {
        let open = self
            .handles
            .get_mut(handle.0 as usize)
            .and_then(Option::take);
        if let Some(open) = open {
            if let Ok(node) = self.at_mut(open.node) {
                node.open -= 1;
            }
            self.release(open.node);
        }
    }

    fn create_directory(&mut self, parent: Handle, name: &[u8]) -> Result<(), Errno> {
        if self.find(parent, name).is_ok() {
            return Err(Errno::Exist);
        }
        let (above, _) = self.dir(parent)?;
        self.create(parent, name, Content::Directory(Directory::new(above)))?;
        Ok(())
    }

    fn remove_directory(&mut self, parent: Handle, name: &[u8]) -> Result<(), Errno> {
        let node = self.find(parent, name)?;
        match &self.at(node)?.content {
            Content::Directory(it) if it.names.is_empty() => {
                let (above, _) = self.dir(parent)?;
                self.take(above, name)
            }
            Content::Directory(_) => Err(Errno::Notempty),
            Content::File(_) | Content::Link(_) => Err(Errno::Notdir),
        }
    }

    fn unlink(&mut self, parent: Handle, name: &[u8]) -> Result<(), Errno> {
        let node = self.find(parent, name)?;
        if self.is_directory(node)? {
            return Err(Errno::Isdir);
        }
        let (above, _) = self.dir(parent)?;
        self.take(above, name)
    }

    fn link(
        &mut self,
        parent: Handle,
        name: &[u8],
        to: Handle,
        to_name: &[u8],
    ) -> Result<(), Errno> {
        let node = self.find(parent, name)?;
        if self.find(to, to_name).is_ok() {
            return Err(Errno::Exist);
        }
        let (directory, _) = self.dir(to)?;
        self.room_for_name(directory)?;
        if self.is_directory(node)? {
            return Err(Errno::Perm);
        }
        self.put(directory, to_name, node)
    }

    fn rename(
        &mut self,
        parent: Handle,
        name: &[u8],
        to: Handle,
        to_name: &[u8],
    ) -> Result<(), Errno> {
        let node = self.find(parent, name)?;
        let ((from, _), (directory, _)) = (self.dir(parent)?, self.dir(to)?);
        let moves = self.is_directory(node)?;
        if moves && self.is_above(node, directory)? {
            return Err(Errno::Inval);
        }
        match self.find(to, to_name) {
            Ok(other) if other == node => return Ok(()),
            Ok(other) if self.is_above(other, from)? => return Err(Errno::Notempty),
            Ok(other) => match (&self.at(other)?.content, moves) {
                (Content::Directory(_), false) => return Err(Errno::Isdir),
                (Content::Directory(it), true) if !it.names.is_empty() => {
                    return Err(Errno::Notempty);
                }
                (Content::File(_) | Content::Link(_), true) => return Err(Errno::Notdir),
                _ => self.take(directory, to_name)?,
            },
            Err(Errno::Noent) => self.room_for_name(directory)?,
            Err(errno) => return Err(errno),
        }
        // It has both names for a moment, so that it is not forgotten.
        self.put(directory, to_name, node)?;
        self.take(from, name)
    }

    fn symlink(&mut self, target: &[u8], parent: Handle, name: &[u8]) -> Result<(), Errno> {
        if self.find(parent, name).is_ok() {
            return Err(Errno::Exist);
        }
        self.create(parent, name, Content::Link(target.to_vec()))?;
        Ok(())
    }

    fn read_link(&mut self, parent: Handle, name: &[u8]) -> Result<Vec<u8>, Errno> {
        match &self.at(self.find(parent, name)?)?.content {
            Content::Link(target) => Ok(target.clone()),
            Content::File(_) | Content::Directory(_) => Err(Errno::Inval),
        }
    }

    fn stat_at(&mut self, parent: Handle, name: &[u8]) -> Result<FileStat, Errno> {
        self.stat_node(self.find(parent, name)?)
    }

    fn set_times_at(&mut self, parent: Handle, name: &[u8], times: Times) -> Result<(), Errno> {
        self.set(self.find(parent, name)?, times)
    }

    fn entries(
        &mut self,
        directory: Handle,
        cookie: u64,
        visit: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno> {
        let (node, directory) = self.dir(directory)?;
        i64::try_from(cookie).map_err(|_| Errno::Inval)?;
        // Of a directory that was removed, not even `.` is left.
        if self.at(node)?.names == 0 {
            return Err(Errno::Noent);
        }
        for (next, name) in [(HERE, &b"."[..]), (UP, b"..")] {
            let entry = DirEntry {
                name,
                inode: node as u64 + 1,
                file_type: FileType::Directory,
                next,
            };
            if cookie < next && !visit(entry) {
                return Ok(());
            }
        }
        let behind = (Bound::Excluded(cookie.max(UP)), Bound::Unbounded);
        for (next, name) in directory.order.range(behind) {
            let node = directory.names.get(name).ok_or(Errno::Io)?.node;
            let stat = self.stat_node(node)?;
            let entry = DirEntry {
                name,
                inode: stat.inode,
                file_type: stat.file_type,
                next: *next,
            };
            if !visit(entry) {
                break;
            }
        }
        Ok(())
    }

    fn stat(&mut self, handle: Handle) -> Result<FileStat, Errno> {
        self.stat_node(self.opened(handle)?.node)
    }

    fn set_times(&mut self, handle: Handle, times: Times) -> Result<(), Errno> {
        self.set(self.opened(handle)?.node, times)
    }

    fn sync(&mut self, handle: Handle, _data_only: bool) -> Result<(), Errno> {
        self.opened(handle).map(drop)
    }

    fn read(&mut self, file: Handle, buffer: &mut [u8]) -> Result<usize, Errno> {
        let position = self.opened(file)?.position;
        let count = self.read_at(file, buffer, position)?;
        self.opened_mut(file)?.position += count as u64;
        Ok(count)
    }

    fn read_at(&mut self, file: Handle, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        i64::try_from(offset).map_err(|_| Errno::Inval)?;
        let bytes = self.file(file)?;
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let rest = &bytes[start..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write(&mut self, file: Handle, buffers: &[&[u8]]) -> Result<usize, Errno> {
        let open = self.opened(file)?;
        let position = match open.flags & fdflags::APPEND {
            0 => open.position,
            _ => self.file(file)?.len() as u64,
        };
        let count = self.write_at(file, buffers, position)?;
        if count > 0 {
            self.opened_mut(file)?.position = position + count as u64;
        }
        Ok(count)
    }

    /// As much as there is room for.
    fn write_at(&mut self, file: Handle, buffers: &[&[u8]], offset: u64) -> Result<usize, Errno> {
        i64::try_from(offset).map_err(|_| Errno::Inval)?;
        let old = self.file(file)?.len() as u64;
        let wanted: u64 = buffers.iter().map(|bytes| bytes.len() as u64).sum();
        if wanted == 0 {
            return Ok(0);
        }
        let room = self.limits.bytes.saturating_sub(self.bytes - old);
        let end = offset.saturating_add(wanted).min(room);
        let count = match end.checked_sub(offset) {
            None | Some(0) => return Err(Errno::Nospc),
            Some(count) => count as usize,
        };
        if end > old {
            self.resize(file, end)?;
        }
        let node = self.opened(file)?.node;
        if let Content::File(bytes) = &mut self.at_mut(node)?.content {
            let mut rest = &mut bytes[offset as usize..end as usize];
            for buffer in buffers {
                let part = buffer.len().min(rest.len());
                let (filled, left) = rest.split_at_mut(part);
                filled.copy_from_slice(&buffer[..part]);
                rest = left;
            }
        }
        self.touch(node)?;
        Ok(count)
    }

    fn seek(&mut self, file: Handle, offset: i64, whence: Whence) -> Result<u64, Errno> {
        let size = self.file(file)?.len() as u64;
        let open = self.opened_mut(file)?;
        let start = match whence {
            Whence::Set => 0,
            Whence::Cur => open.position,
            Whence::End => size,
        };
        let position = start.checked_add_signed(offset).ok_or(Errno::Inval)?;
        i64::try_from(position).map_err(|_| Errno::Inval)?;
        open.position = position;
        Ok(position)
    }

    fn set_flags(&mut self, file: Handle, flags: u16) -> Result<(), Errno> {
        const SETTABLE: u16 = fdflags::APPEND | fdflags::NONBLOCK;
        let open = self.opened_mut(file)?;
        if (open.flags ^ flags) & !SETTABLE != 0 {
            return Err(Errno::Inval);
        }
        open.flags = flags;
        Ok(())
    }

    fn set_size(&mut self, file: Handle, size: u64) -> Result<(), Errno> {
        i64::try_from(size).map_err(|_| Errno::Inval)?;
        self.resize(file, size)
    }

    fn allocate(&mut self, file: Handle, offset: u64, length: u64) -> Result<(), Errno> {
        let size = self.file(file)?.len() as u64;
        if length == 0 {
            return Err(Errno::Inval);
        }
        let end = offset.checked_add(length).ok_or(Errno::Fbig)?;
        match end > size {
            true => self.resize(file, end),
            false => Ok(()),
        }
    }

    fn growth_is_work(&self) -> bool {
        true
    }
}

impl Default for MemoryFiles {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryFiles")
            .field("names", &self.names)
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}
