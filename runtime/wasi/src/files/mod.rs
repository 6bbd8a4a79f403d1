//! File systems: what directories and files of a guest are made of.
//!
//! A file system gives out handles and works on them, one name in one directory at a time. Paths,
//! with their links, `..` and slashes at the end, are resolved above it (`place.rs`, `walk.rs`), so
//! that every file system has the same rules and none can be left through a path. Rights and numbers
//! of descriptors belong to preview 1 and are no business of a file system.

mod memory;
mod path;
mod place;
mod stat;
mod walk;

pub use memory::MemoryFiles;
pub use stat::{FileStat, Time, Times};
pub use walk::resolve;

pub(crate) use path::check as check_path;
pub(crate) use place::{Entry, Place, locate};

use alloc::vec::Vec;
use core::any::Any;

use crate::abi::{Advice, Errno, FileType, Whence};
use crate::wait::Source;

/// An open file or directory of one file system, which gave this number out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub u32);

/// How a file is opened; `path_open` of the standard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// It will be read.
    pub read: bool,
    /// It will be written.
    pub write: bool,
    /// It is created if there is none.
    pub create: bool,
    /// With `create`: it is an error (`exist`) if there is something of that name, be it a link.
    pub exclusive: bool,
    /// It is emptied. Only with `write`.
    pub truncate: bool,
    /// It is an error (`notdir`) if it is no directory.
    pub directory: bool,
    /// Flags of the descriptor, as in [`fdflags`](crate::abi::fdflags).
    pub flags: u16,
}

/// What was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A file, or something else that is read and written.
    File(Handle),
    /// A directory.
    Directory(Handle),
}

/// An entry of a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirEntry<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Its number in the file system.
    pub inode: u64,
    /// What it is.
    pub file_type: FileType,
    /// The place behind it, for the next look into the directory; never 0.
    pub next: u64,
}

/// Files and directories, by handles.
///
/// A `name` is one component of a path: neither empty nor `.` nor `..`, without `/` and zero bytes,
/// at most [`MAX_NAME`](crate::abi::MAX_NAME) bytes. No function follows a symbolic link at `name`.
/// A handle that was not given out, or was closed, is `badf`; so is a file for a function of
/// directories and the other way round, unless the function says otherwise.
pub trait FileSystem: Any + Send {
    /// Opens the directory `name`, to find names in it.
    ///
    /// # Errors
    /// `notdir` or `loop` if there is something else, also for a symbolic link; `noent` if nothing.
    fn directory(&mut self, parent: Handle, name: &[u8]) -> Result<Handle, Errno>;

    /// Opens a directory once more, so that it can be listed.
    fn reopen(&mut self, directory: Handle) -> Result<Handle, Errno>;

    /// Opens the directory that `path` names, following all links, without ever leaving
    /// `directory`; an empty path names `directory`.
    ///
    /// # Errors
    /// `perm` if the path leads out, be it only in passing; `loop` if it has too many links; what
    /// [`directory`](Self::directory) answers.
    fn resolve(&mut self, directory: Handle, path: &[u8]) -> Result<Handle, Errno> {
        walk::resolve(self, directory, path)
    }

    /// Opens or creates a file, or opens a directory.
    ///
    /// # Errors
    /// `noent`, `exist`, `notdir` and `isdir` (a directory that is to be written or created) as in
    /// POSIX; `loop` for a symbolic link; limits: `nospc`, `nomem`, `mfile`.
    fn open(&mut self, parent: Handle, name: &[u8], options: OpenOptions) -> Result<Opened, Errno>;

    /// Closes a file or a directory.
    fn close(&mut self, handle: Handle);

    /// Makes a directory. `exist` if there is something of that name.
    fn create_directory(&mut self, parent: Handle, name: &[u8]) -> Result<(), Errno>;

    /// Removes an empty directory. `notempty`, `notdir`, `noent`.
    fn remove_directory(&mut self, parent: Handle, name: &[u8]) -> Result<(), Errno>;

    /// Removes what is no directory. `isdir` (or `perm`, on some systems), `noent`.
    fn unlink(&mut self, parent: Handle, name: &[u8]) -> Result<(), Errno>;

    /// Gives a file a second name. `exist`, `noent`; `perm` for a directory.
    fn link(
        &mut self,
        parent: Handle,
        name: &[u8],
        to: Handle,
        to_name: &[u8],
    ) -> Result<(), Errno>;

    /// Gives something another name, in place of what has it.
    ///
    /// # Errors
    /// `inval` if a directory would contain itself; `isdir`, `notdir`, `notempty` if what has the
    /// name cannot be replaced.
    fn rename(
        &mut self,
        parent: Handle,
        name: &[u8],
        to: Handle,
        to_name: &[u8],
    ) -> Result<(), Errno>;

    /// Makes a symbolic link; what it leads to is not looked at. `exist`.
    fn symlink(&mut self, target: &[u8], parent: Handle, name: &[u8]) -> Result<(), Errno>;

    /// What a symbolic link leads to. `inval` if it is no link, `noent`.
    fn read_link(&mut self, parent: Handle, name: &[u8]) -> Result<Vec<u8>, Errno>;

    /// What is known of what has this name.
    fn stat_at(&mut self, parent: Handle, name: &[u8]) -> Result<FileStat, Errno>;

    /// Sets times of what has this name.
    fn set_times_at(&mut self, parent: Handle, name: &[u8], times: Times) -> Result<(), Errno>;

    /// Shows entries of a directory behind the place `cookie` (0 is its start), until `visit` says
    /// that it is enough. `.` and `..` are among them, both with the directory's own number.
    ///
    /// What was there before and is still there is shown once, however the directory changes
    /// between two calls; what comes or goes meanwhile may be shown or not.
    fn entries(
        &mut self,
        directory: Handle,
        cookie: u64,
        visit: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno>;

    /// What is known of a file or directory.
    fn stat(&mut self, handle: Handle) -> Result<FileStat, Errno>;

    /// Sets times of a file or directory.
    fn set_times(&mut self, handle: Handle, times: Times) -> Result<(), Errno>;

    /// Waits until a file or directory is stored; with `data_only`, no more of it than is needed to
    /// read it again.
    fn sync(&mut self, handle: Handle, data_only: bool) -> Result<(), Errno>;

    /// Reads at the position and moves it; 0 is the end of the file.
    fn read(&mut self, file: Handle, buffer: &mut [u8]) -> Result<usize, Errno>;

    /// Reads without the position.
    fn read_at(&mut self, file: Handle, buffer: &mut [u8], offset: u64) -> Result<usize, Errno>;

    /// Writes at the position, or at the end with the flag `append`, and moves the position.
    fn write(&mut self, file: Handle, buffers: &[&[u8]]) -> Result<usize, Errno>;

    /// Writes without the position, and at `offset` even with the flag `append`.
    fn write_at(&mut self, file: Handle, buffers: &[&[u8]], offset: u64) -> Result<usize, Errno>;

    /// Moves the position and gives it. `inval` if it would be negative, `spipe` without one.
    fn seek(&mut self, file: Handle, offset: i64, whence: Whence) -> Result<u64, Errno>;

    /// Sets `append` and `nonblock`. `inval` if other flags would change.
    fn set_flags(&mut self, file: Handle, flags: u16) -> Result<(), Errno>;

    /// Cuts a file, or fills it up with zeros.
    fn set_size(&mut self, file: Handle, size: u64) -> Result<(), Errno>;

    /// Makes sure that there is room, and that the file reaches as far. `inval` for no bytes.
    fn allocate(&mut self, file: Handle, offset: u64, length: u64) -> Result<(), Errno>;

    /// How a part of a file will be used.
    fn advise(
        &mut self,
        file: Handle,
        offset: u64,
        length: u64,
        advice: Advice,
    ) -> Result<(), Errno> {
        let _ = (file, offset, length, advice);
        Ok(())
    }

    /// What the system waits for before `file` is read or written; of a file that never waits,
    /// nothing.
    fn source(&self, file: Handle) -> Option<Source<'_>> {
        let _ = file;
        None
    }

    /// Whether each byte that a file grows by is work of the host, which the guest then pays for.
    fn growth_is_work(&self) -> bool {
        false
    }
}
