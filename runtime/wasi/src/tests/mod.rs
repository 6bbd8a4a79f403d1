//! Calls of a guest on files, without a guest: in memory, and on directories of the host.
//!
//! A [`World`] has a context, a memory for parameters, and for each function a method that puts
//! parameters there and takes results out. The same calls are made in every world: one in memory, one
//! where the kernel resolves paths, one where they are walked.

mod answers;
mod differential;
mod escape;
mod readiness;
mod semantics;

use std::borrow::ToOwned;
use std::boxed::Box;
use std::format;
use std::path::PathBuf;
use std::string::String;
use std::sync::atomic::{AtomicU32, Ordering};
use std::vec::Vec;

use crate::abi::{Errno, dirent, fdstat, filestat, iovec, lookupflags, rights};
use crate::builder::WasiCtxBuilder;
use crate::ctx::WasiCtx;
use crate::files::MemoryFiles;
use crate::guest::Guest;
use crate::os::HostFiles;
use crate::perms::{DirPerms, FilePerms};

/// A name, and the place behind it.
type Listed = (Vec<u8>, u64);
type Result<T> = core::result::Result<T, Errno>;

/// The descriptor of the preopened directory.
const ROOT: u32 = 3;
const FOLLOW: u32 = lookupflags::SYMLINK_FOLLOW;
const READ: u64 = rights::FD_READ | rights::FD_SEEK | rights::FD_TELL | rights::FD_FILESTAT_GET;
const WRITE: u64 = READ
    | rights::FD_WRITE
    | rights::FD_ALLOCATE
    | rights::FD_FILESTAT_SET_SIZE
    | rights::FD_FDSTAT_SET_FLAGS
    | rights::FD_FILESTAT_SET_TIMES
    | rights::FD_ADVISE
    | rights::FD_SYNC
    | rights::FD_DATASYNC;
/// All that a directory can have, and what it can give.
const LIST: u64 = crate::descriptor::OF_DIRECTORIES;
const ALL: u64 = LIST | crate::descriptor::OF_FILES;

/// Places in the memory: buffers, results, two paths.
const IOVS: u32 = 0;
const OUT: u32 = 512;
const PATH: u32 = 1_024;
const OTHER: u32 = 8_192;
const DATA: u32 = 16_384;
const SIZE: usize = 65_536;

struct World {
    name: &'static str,
    ctx: WasiCtx,
    memory: Box<[u8]>,
    /// Where the directory is on the host; what is there is removed in the end.
    host: Option<PathBuf>,
}

/// A new directory of the host.
fn scratch() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("tabwasm-wasi-{}-{n}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir(&path).expect("a new directory");
    path
}

impl World {
    fn memory() -> Self {
        Self::in_memory(DirPerms::all(), FilePerms::all())
    }

    fn in_memory(dir_perms: DirPerms, file_perms: FilePerms) -> Self {
        let mut builder = WasiCtxBuilder::new();
        builder
            .preopened_files(
                MemoryFiles::new(),
                MemoryFiles::root,
                "/data",
                dir_perms,
                file_perms,
            )
            .expect("a root");
        Self::new("memory", &mut builder, None)
    }

    fn on_host(walks: bool, host: PathBuf) -> Self {
        let files = match walks {
            true => HostFiles::walking(),
            false => HostFiles::new(),
        };
        let mut builder = WasiCtxBuilder::new();
        builder
            .preopened_files(
                files,
                |files| files.open_host(&host).map_err(|_| Errno::Io),
                "/data",
                DirPerms::all(),
                FilePerms::all(),
            )
            .expect("a directory");
        let name = if walks { "walk" } else { "kernel" };
        Self::new(name, &mut builder, Some(host))
    }

    fn new(name: &'static str, builder: &mut WasiCtxBuilder, host: Option<PathBuf>) -> Self {
        Self {
            name,
            ctx: builder.build(),
            memory: std::vec![0; SIZE].into_boxed_slice(),
            host,
        }
    }

    fn all() -> Vec<Self> {
        std::vec![
            Self::memory(),
            Self::on_host(false, scratch()),
            Self::on_host(true, scratch()),
        ]
    }

    fn call<T>(&mut self, f: impl FnOnce(&mut WasiCtx, &mut Guest<'_>) -> T) -> T {
        let mut guest = Guest::new(&mut self.memory, u64::MAX);
        f(&mut self.ctx, &mut guest)
    }

    fn put(&mut self, at: u32, bytes: impl AsRef<[u8]>) -> u32 {
        let bytes = bytes.as_ref();
        self.memory[at as usize..][..bytes.len()].copy_from_slice(bytes);
        bytes.len() as u32
    }

    fn u32_at(&self, at: u32) -> u32 {
        let bytes = &self.memory[at as usize..][..4];
        u32::from_le_bytes(bytes.try_into().expect("4 bytes"))
    }

    fn u64_at(&self, at: u32) -> u64 {
        let bytes = &self.memory[at as usize..][..8];
        u64::from_le_bytes(bytes.try_into().expect("8 bytes"))
    }

    fn open_with(
        &mut self,
        fd: u32,
        lookup: u32,
        path: impl AsRef<[u8]>,
        how: u16,
        base: u64,
        flags: u16,
    ) -> Result<u32> {
        let length = self.put(PATH, path);
        let (how, flags) = (how.into(), flags.into());
        // What is opened to open more in it shall have all that it can.
        let more = if base & rights::PATH_OPEN != 0 {
            ALL
        } else {
            0
        };
        self.call(|ctx, guest| {
            ctx.path_open(guest, fd, lookup, PATH, length, how, base, more, flags, OUT)
        })?;
        Ok(self.u32_at(OUT))
    }

    fn open(&mut self, path: impl AsRef<[u8]>, how: u16, base: u64) -> Result<u32> {
        self.open_with(ROOT, FOLLOW, path, how, base, 0)
    }

    fn close(&mut self, fd: u32) -> Result<()> {
        self.ctx.fd_close(fd)
    }

    fn create_directory(&mut self, fd: u32, path: impl AsRef<[u8]>) -> Result<()> {
        let length = self.put(PATH, path);
        self.call(|ctx, guest| ctx.path_create_directory(guest, fd, PATH, length))
    }

    fn remove_directory(&mut self, fd: u32, path: impl AsRef<[u8]>) -> Result<()> {
        let length = self.put(PATH, path);
        self.call(|ctx, guest| ctx.path_remove_directory(guest, fd, PATH, length))
    }

    fn unlink(&mut self, fd: u32, path: impl AsRef<[u8]>) -> Result<()> {
        let length = self.put(PATH, path);
        self.call(|ctx, guest| ctx.path_unlink_file(guest, fd, PATH, length))
    }

    fn rename(
        &mut self,
        (fd, path): (u32, impl AsRef<[u8]>),
        (to, other): (u32, impl AsRef<[u8]>),
    ) -> Result<()> {
        let (length, more) = (self.put(PATH, path), self.put(OTHER, other));
        self.call(|ctx, guest| ctx.path_rename(guest, fd, PATH, length, to, OTHER, more))
    }

    fn link(
        &mut self,
        (fd, path): (u32, impl AsRef<[u8]>),
        lookup: u32,
        (to, other): (u32, impl AsRef<[u8]>),
    ) -> Result<()> {
        let (length, more) = (self.put(PATH, path), self.put(OTHER, other));
        self.call(|ctx, guest| ctx.path_link(guest, fd, lookup, PATH, length, to, OTHER, more))
    }

    fn symlink(&mut self, target: impl AsRef<[u8]>, fd: u32, path: impl AsRef<[u8]>) -> Result<()> {
        let (length, more) = (self.put(PATH, target), self.put(OTHER, path));
        self.call(|ctx, guest| ctx.path_symlink(guest, PATH, length, fd, OTHER, more))
    }

    fn read_link(&mut self, fd: u32, path: impl AsRef<[u8]>, most: u32) -> Result<Vec<u8>> {
        let length = self.put(PATH, path);
        self.call(|ctx, guest| ctx.path_readlink(guest, fd, PATH, length, DATA, most, OUT))?;
        Ok(self.data(self.u32_at(OUT)))
    }

    fn data(&self, length: u32) -> Vec<u8> {
        self.memory[DATA as usize..][..length as usize].to_vec()
    }

    /// Type, names, size.
    fn stat(&mut self, fd: u32, lookup: u32, path: impl AsRef<[u8]>) -> Result<(u8, u64, u64)> {
        let length = self.put(PATH, path);
        self.call(|ctx, guest| ctx.path_filestat_get(guest, fd, lookup, PATH, length, OUT))?;
        Ok(self.filestat())
    }

    fn fd_stat(&mut self, fd: u32) -> Result<(u8, u64, u64)> {
        self.call(|ctx, guest| ctx.fd_filestat_get(guest, fd, OUT))?;
        Ok(self.filestat())
    }

    fn filestat(&self) -> (u8, u64, u64) {
        (
            self.memory[(OUT + filestat::FILETYPE) as usize],
            self.u64_at(OUT + filestat::NLINK),
            self.u64_at(OUT + filestat::SIZE),
        )
    }

    /// Two buffers, of one byte and of the rest.
    fn buffers(&mut self, length: u32) {
        let first = length.min(1);
        for (n, (at, length)) in (0..).zip([(DATA, first), (DATA + first, length - first)]) {
            self.put(IOVS + n * iovec::BYTES, at.to_le_bytes());
            self.put(
                IOVS + n * iovec::BYTES + iovec::BUF_LEN,
                length.to_le_bytes(),
            );
        }
    }

    fn write(&mut self, fd: u32, bytes: &[u8], at: Option<u64>) -> Result<u32> {
        let length = self.put(DATA, bytes);
        self.buffers(length);
        self.call(|ctx, guest| match at {
            None => ctx.fd_write(guest, fd, IOVS, 2, OUT),
            Some(at) => ctx.fd_pwrite(guest, fd, IOVS, 2, at, OUT),
        })?;
        Ok(self.u32_at(OUT))
    }

    fn read(&mut self, fd: u32, length: u32, at: Option<u64>) -> Result<Vec<u8>> {
        self.buffers(length);
        self.call(|ctx, guest| match at {
            None => ctx.fd_read(guest, fd, IOVS, 2, OUT),
            Some(at) => ctx.fd_pread(guest, fd, IOVS, 2, at, OUT),
        })?;
        Ok(self.data(self.u32_at(OUT)))
    }

    fn seek(&mut self, fd: u32, distance: i64, whence: u32) -> Result<u64> {
        self.call(|ctx, guest| ctx.fd_seek(guest, fd, distance.cast_unsigned(), whence, OUT))?;
        Ok(self.u64_at(OUT))
    }

    /// Names and next places, with a buffer of this size; the last record may be cut off.
    fn entries(&mut self, fd: u32, cookie: u64, length: u32) -> Result<(Vec<Listed>, u32)> {
        self.call(|ctx, guest| ctx.fd_readdir(guest, fd, DATA, length, cookie, OUT))?;
        let used = self.u32_at(OUT);
        let (mut entries, mut at) = (Vec::new(), 0);
        while at + dirent::BYTES <= used {
            let name = self.u32_at(DATA + at + dirent::D_NAMLEN);
            let next = self.u64_at(DATA + at + dirent::D_NEXT);
            let start = at + dirent::BYTES;
            at = start + name;
            if at <= used {
                let name = &self.memory[(DATA + start) as usize..][..name as usize];
                entries.push((name.to_vec(), next));
            }
        }
        Ok((entries, used))
    }

    /// All names of a directory, with buffers of this size, sorted.
    fn names(&mut self, fd: u32, length: u32) -> Result<Vec<String>> {
        let (mut names, mut cookie) = (Vec::new(), 0);
        loop {
            let (entries, used) = self.entries(fd, cookie, length)?;
            for (name, next) in &entries {
                names.push(String::from_utf8_lossy(name).into_owned());
                cookie = *next;
            }
            if used < length {
                names.sort();
                return Ok(names);
            }
            assert!(!entries.is_empty(), "the buffer has room for an entry");
        }
    }

    /// Rights of a descriptor, and of what is opened through it.
    fn rights(&mut self, fd: u32) -> Result<(u64, u64)> {
        self.call(|ctx, guest| ctx.fd_fdstat_get(guest, fd, OUT))?;
        Ok((
            self.u64_at(OUT + fdstat::FS_RIGHTS_BASE),
            self.u64_at(OUT + fdstat::FS_RIGHTS_INHERITING),
        ))
    }

    /// A file with this content.
    fn file(&mut self, path: &str, content: &[u8]) {
        let fd = self
            .open(path, crate::abi::oflags::CREAT, WRITE)
            .expect("a file");
        assert_eq!(self.write(fd, content, None), Ok(content.len() as u32));
        self.close(fd).expect("it is open");
    }

    fn content(&mut self, path: &str) -> Result<String> {
        let fd = self.open(path, 0, READ)?;
        let bytes = self.read(fd, 4_096, None)?;
        self.close(fd)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned().to_owned())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(path) = &self.host {
            let _ = std::fs::remove_dir_all(path);
        }
    }
}
