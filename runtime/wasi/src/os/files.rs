//! Directories of this process's file system, which the kernel keeps the guest in.
//!
//! A path is resolved by `openat2` with `RESOLVE_BENEATH`: the kernel refuses what leads out of the
//! directory, be it only in passing or through a link, also while somebody moves directories. All
//! else is done with one name in a directory that was opened so, and follows no link. Where `openat2`
//! is missing, the path is walked one component at a time (`files/walk.rs`).

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::num::NonZeroU64;
use std::path::Path;
use std::vec::Vec;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{
    AtFlags, FallocateFlags, Mode, OFlags, RawDir, ResolveFlags, SeekFrom, Timestamps,
};
use rustix::io::{self, ReadWriteFlags, retry_on_intr};

use crate::abi::{Advice, Errno, FileType, MAX_PLACES, Whence, fdflags};
use crate::files::{
    DirEntry, FileStat, FileSystem, Handle, OpenOptions, Opened, Time, Times, resolve,
};
use crate::os::errno::errno;
use crate::os::stat::{file_stat, file_type, kind, seek_from};
use crate::os::wait::Source;

/// Directories of this process's file system.
#[derive(Debug)]
pub struct HostFiles {
    open: Vec<Option<Open>>,
    /// Whether paths are resolved by `openat2`.
    by_kernel: bool,
}

#[derive(Debug)]
struct Open {
    fd: OwnedFd,
    flags: u16,
    /// Opened to find names in it, and for nothing else.
    only_path: bool,
    /// Something that is read and written, but no file: a pipe with a name, a device.
    waits: bool,
    /// Of a directory that was listed, the kernel's places, by the numbers that the guest gets. The
    /// kernel's own have 63 bits, and C libraries of guests keep 31 of them.
    places: Vec<u64>,
}

/// Bytes of entries that are read at once; at least one entry has room.
const ENTRIES: usize = 4_096;
/// How often the kernel is asked anew while others move directories.
const TRIES: usize = 16;
/// For a directory that only has names.
const PATH: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// For a directory that is read.
const LIST: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);
/// The directory itself, as a name in it.
const HERE: &CStr = c".";

impl HostFiles {
    /// No directory yet; the kernel resolves paths.
    pub fn new() -> Self {
        Self {
            open: Vec::new(),
            by_kernel: true,
        }
    }

    /// The same without `openat2`: paths are walked, as on kernels before Linux 5.6.
    pub fn walking() -> Self {
        Self {
            open: Vec::new(),
            by_kernel: false,
        }
    }

    /// Opens a directory of the host, whose path is the host's and may lead anywhere.
    ///
    /// # Errors
    /// What the system says: `noent`, `notdir`, `acces` …
    pub fn open_host(&mut self, path: impl AsRef<Path>) -> std::io::Result<Handle> {
        let fd = rustix::fs::open(path.as_ref(), LIST, Mode::empty())?;
        let full = || std::io::Error::from(io::Errno::MFILE);
        self.add(fd, 0, false).map_err(|_| full())
    }

    fn add(&mut self, fd: OwnedFd, flags: u16, only_path: bool) -> Result<Handle, Errno> {
        let open = Open {
            fd,
            flags,
            only_path,
            waits: false,
            places: Vec::new(),
        };
        let place = match self.open.iter().position(Option::is_none) {
            Some(place) => place,
            None => {
                self.open.try_reserve(1).map_err(|_| Errno::Nomem)?;
                self.open.push(None);
                self.open.len() - 1
            }
        };
        self.open[place] = Some(open);
        u32::try_from(place).map(Handle).map_err(|_| Errno::Mfile)
    }

    fn get(&self, handle: Handle) -> Result<&Open, Errno> {
        let slot = self.open.get(handle.0 as usize);
        slot.and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    fn fd(&self, handle: Handle) -> Result<BorrowedFd<'_>, Errno> {
        self.get(handle).map(|open| open.fd.as_fd())
    }

    /// `None` if the kernel cannot say.
    fn by_kernel(&mut self, directory: Handle, path: &[u8]) -> Option<Result<OwnedFd, Errno>> {
        const BENEATH: ResolveFlags = ResolveFlags::BENEATH.union(ResolveFlags::NO_MAGICLINKS);
        let path = if path.is_empty() { b"." } else { path };
        for _ in 0..TRIES {
            let fd = match self.fd(directory) {
                Ok(fd) => fd,
                Err(errno) => return Some(Err(errno)),
            };
            match rustix::fs::openat2(fd, path, PATH, Mode::empty(), BENEATH) {
                Ok(fd) => return Some(Ok(fd)),
                // What leads out.
                Err(io::Errno::XDEV) => return Some(Err(Errno::Perm)),
                // Somebody moved a directory meanwhile.
                Err(io::Errno::AGAIN | io::Errno::INTR) => {}
                Err(io::Errno::NOSYS) => {
                    self.by_kernel = false;
                    return None;
                }
                // A sandbox around this process that does not know the call.
                Err(io::Errno::PERM) => return None,
                Err(error) => return Some(Err(code(error))),
            }
        }
        None
    }
}

impl Default for HostFiles {
    fn default() -> Self {
        Self::new()
    }
}

impl FileSystem for HostFiles {
    fn directory(&mut self, parent: Handle, name: &[u8]) -> Result<Handle, Errno> {
        let flags = PATH | OFlags::NOFOLLOW;
        let fd = rustix::fs::openat(self.fd(parent)?, name, flags, Mode::empty()).map_err(code)?;
        self.add(fd, 0, true)
    }

    fn reopen(&mut self, directory: Handle) -> Result<Handle, Errno> {
        let fd = rustix::fs::openat(self.fd(directory)?, HERE, LIST, Mode::empty());
        self.add(fd.map_err(code)?, 0, false)
    }

    fn resolve(&mut self, directory: Handle, path: &[u8]) -> Result<Handle, Errno> {
        let by_kernel = match self.by_kernel {
            true => self.by_kernel(directory, path),
            false => None,
        };
        match by_kernel {
            Some(fd) => self.add(fd?, 0, true),
            None => resolve(self, directory, path),
        }
    }

    fn open(&mut self, parent: Handle, name: &[u8], options: OpenOptions) -> Result<Opened, Errno> {
        let mode = Mode::from_raw_mode(0o666);
        let flags = open_flags(options);
        // To open a pipe would wait for its other end, and nobody could end that; one that nobody
        // reads cannot be opened for writing, then (`nxio`).
        let fd = rustix::fs::openat(self.fd(parent)?, name, flags | OFlags::NONBLOCK, mode);
        let fd = fd.map_err(code)?;
        let kind = file_type(&rustix::fs::fstat(&fd).map_err(code)?);
        let waits = !matches!(kind, FileType::Directory | FileType::RegularFile);
        if waits && !flags.contains(OFlags::NONBLOCK) {
            rustix::fs::fcntl_setfl(&fd, OFlags::empty()).map_err(code)?;
        }
        let handle = self.add(fd, options.flags, false)?;
        if let Some(open) = &mut self.open[handle.0 as usize] {
            open.waits = waits;
        }
        Ok(match kind {
            FileType::Directory => Opened::Directory(handle),
            _ => Opened::File(handle),
        })
    }

    fn source(&self, file: Handle) -> Option<Source<'_>> {
        let open = self.get(file).ok()?;
        open.waits.then(|| Source::new(open.fd.as_fd()))
    }

    fn close(&mut self, handle: Handle) {
        if let Some(slot) = self.open.get_mut(handle.0 as usize) {
            drop(slot.take());
        }
    }

    fn create_directory(&mut self, parent: Handle, name: &[u8]) -> Result<(), Errno> {
        let mode = Mode::from_raw_mode(0o777);
        rustix::fs::mkdirat(self.fd(parent)?, name, mode).map_err(code)
    }

    fn remove_directory(&mut self, parent: Handle, name: &[u8]) -> Result<(), Errno> {
        rustix::fs::unlinkat(self.fd(parent)?, name, AtFlags::REMOVEDIR).map_err(code)
    }

    fn unlink(&mut self, parent: Handle, name: &[u8]) -> Result<(), Errno> {
        rustix::fs::unlinkat(self.fd(parent)?, name, AtFlags::empty()).map_err(code)
    }

    fn link(
        &mut self,
        parent: Handle,
        name: &[u8],
        to: Handle,
        to_name: &[u8],
    ) -> Result<(), Errno> {
        let (parent, to) = (self.fd(parent)?, self.fd(to)?);
        rustix::fs::linkat(parent, name, to, to_name, AtFlags::empty()).map_err(code)
    }

    fn rename(
        &mut self,
        parent: Handle,
        name: &[u8],
        to: Handle,
        to_name: &[u8],
    ) -> Result<(), Errno> {
        let (parent, to) = (self.fd(parent)?, self.fd(to)?);
        // A directory that is not empty has two names in POSIX.
        rustix::fs::renameat(parent, name, to, to_name).map_err(|error| match error {
            io::Errno::EXIST => Errno::Notempty,
            error => code(error),
        })
    }

    fn symlink(&mut self, target: &[u8], parent: Handle, name: &[u8]) -> Result<(), Errno> {
        rustix::fs::symlinkat(target, self.fd(parent)?, name).map_err(code)
    }

    fn read_link(&mut self, parent: Handle, name: &[u8]) -> Result<Vec<u8>, Errno> {
        let target = rustix::fs::readlinkat(self.fd(parent)?, name, Vec::new()).map_err(code)?;
        Ok(target.into_bytes())
    }

    fn stat_at(&mut self, parent: Handle, name: &[u8]) -> Result<FileStat, Errno> {
        let stat = rustix::fs::statat(self.fd(parent)?, name, AtFlags::SYMLINK_NOFOLLOW);
        stat.map(|stat| file_stat(&stat)).map_err(code)
    }

    fn set_times_at(&mut self, parent: Handle, name: &[u8], times: Times) -> Result<(), Errno> {
        let times = timestamps(times);
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        rustix::fs::utimensat(self.fd(parent)?, name, &times, flags).map_err(code)
    }

    fn entries(
        &mut self,
        directory: Handle,
        cookie: u64,
        visit: &mut dyn FnMut(DirEntry<'_>) -> bool,
    ) -> Result<(), Errno> {
        let open = self.open.get_mut(directory.0 as usize);
        let Open { fd, places, .. } = open.and_then(Option::as_mut).ok_or(Errno::Badf)?;
        let own = rustix::fs::fstat(&*fd).map_err(code)?.st_ino;
        let mut number = usize::try_from(cookie).map_err(|_| Errno::Inval)?;
        // A directory that always changes leaves places that are no more.
        if number == 0 && places.len() > MAX_PLACES as usize / 2 {
            places.clear();
        }
        let place = match number.checked_sub(1) {
            None => 0,
            Some(before) => *places.get(before).ok_or(Errno::Inval)?,
        };
        rustix::fs::seek(&*fd, SeekFrom::Start(place)).map_err(code)?;
        let mut buffer = [MaybeUninit::uninit(); ENTRIES];
        let mut entries = RawDir::new(&*fd, &mut buffer);
        while let Some(entry) = entries.next() {
            let entry = entry.map_err(code)?;
            let name = entry.file_name().to_bytes();
            number = remember(places, number, entry.next_entry_cookie())?;
            // The number of what is above the directory is none of the guest's business.
            let inode = if name == b".." { own } else { entry.ino() };
            let entry = DirEntry {
                name,
                inode,
                file_type: kind(entry.file_type()),
                next: number as u64,
            };
            if !visit(entry) {
                break;
            }
        }
        Ok(())
    }

    fn stat(&mut self, handle: Handle) -> Result<FileStat, Errno> {
        let stat = rustix::fs::fstat(self.fd(handle)?);
        stat.map(|stat| file_stat(&stat)).map_err(code)
    }

    fn set_times(&mut self, handle: Handle, times: Times) -> Result<(), Errno> {
        let times = timestamps(times);
        let open = self.get(handle)?;
        match open.only_path {
            true => rustix::fs::utimensat(&open.fd, HERE, &times, AtFlags::SYMLINK_NOFOLLOW),
            false => rustix::fs::futimens(&open.fd, &times),
        }
        .map_err(code)
    }

    fn sync(&mut self, handle: Handle, data_only: bool) -> Result<(), Errno> {
        let fd = self.fd(handle)?;
        match data_only {
            true => rustix::fs::fdatasync(fd),
            false => rustix::fs::fsync(fd),
        }
        .map_err(code)
    }

    fn read(&mut self, file: Handle, buffer: &mut [u8]) -> Result<usize, Errno> {
        let fd = self.fd(file)?;
        retry_on_intr(|| io::read(fd, &mut *buffer)).map_err(code)
    }

    fn read_at(&mut self, file: Handle, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        let fd = self.fd(file)?;
        retry_on_intr(|| io::pread(fd, &mut *buffer, offset)).map_err(code)
    }

    /// The kernel appends where a write says so; files are not opened for it, since a `pwrite` to
    /// such a file would go to its end.
    fn write(&mut self, file: Handle, buffers: &[&[u8]]) -> Result<usize, Errno> {
        const AT_POSITION: u64 = u64::MAX;
        let open = self.get(file)?;
        let slices = super::slices(buffers)?;
        retry_on_intr(|| match open.flags & fdflags::APPEND {
            0 => io::writev(&open.fd, &slices),
            _ => io::pwritev2(&open.fd, &slices, AT_POSITION, ReadWriteFlags::APPEND),
        })
        .map_err(code)
    }

    fn write_at(&mut self, file: Handle, buffers: &[&[u8]], offset: u64) -> Result<usize, Errno> {
        let fd = self.fd(file)?;
        let slices = super::slices(buffers)?;
        retry_on_intr(|| io::pwritev(fd, &slices, offset)).map_err(code)
    }

    fn seek(&mut self, file: Handle, offset: i64, whence: Whence) -> Result<u64, Errno> {
        rustix::fs::seek(self.fd(file)?, seek_from(offset, whence)?).map_err(code)
    }

    fn set_flags(&mut self, file: Handle, flags: u16) -> Result<(), Errno> {
        const SETTABLE: u16 = fdflags::APPEND | fdflags::NONBLOCK;
        let slot = self.open.get_mut(file.0 as usize);
        let open = slot.and_then(Option::as_mut).ok_or(Errno::Badf)?;
        if (open.flags ^ flags) & !SETTABLE != 0 {
            return Err(Errno::Inval);
        }
        let waits = match flags & fdflags::NONBLOCK {
            0 => OFlags::empty(),
            _ => OFlags::NONBLOCK,
        };
        rustix::fs::fcntl_setfl(&open.fd, waits).map_err(code)?;
        open.flags = flags;
        Ok(())
    }

    fn set_size(&mut self, file: Handle, size: u64) -> Result<(), Errno> {
        rustix::fs::ftruncate(self.fd(file)?, size).map_err(code)
    }

    fn allocate(&mut self, file: Handle, offset: u64, length: u64) -> Result<(), Errno> {
        let flags = FallocateFlags::empty();
        rustix::fs::fallocate(self.fd(file)?, flags, offset, length).map_err(code)
    }

    fn advise(
        &mut self,
        file: Handle,
        offset: u64,
        length: u64,
        advice: Advice,
    ) -> Result<(), Errno> {
        use rustix::fs::Advice as System;

        let advice = match advice {
            Advice::Normal => System::Normal,
            Advice::Sequential => System::Sequential,
            Advice::Random => System::Random,
            Advice::Willneed => System::WillNeed,
            Advice::Dontneed => System::DontNeed,
            Advice::Noreuse => System::NoReuse,
        };
        let length = NonZeroU64::new(length);
        rustix::fs::fadvise(self.fd(file)?, offset, length, advice).map_err(code)
    }
}

/// The number of the place that follows the one with `number`: the next one, unless the directory
/// has changed since that was given out.
fn remember(places: &mut Vec<u64>, number: usize, place: u64) -> Result<usize, Errno> {
    if places.get(number) == Some(&place) {
        return Ok(number + 1);
    }
    if places.len() >= MAX_PLACES as usize {
        return Err(Errno::Nomem);
    }
    places.try_reserve(1).map_err(|_| Errno::Nomem)?;
    places.push(place);
    Ok(places.len())
}

fn code(error: io::Errno) -> Errno {
    errno(error.into())
}

fn open_flags(options: OpenOptions) -> OFlags {
    let access = match (options.read, options.write) {
        (_, false) => OFlags::RDONLY,
        (false, true) => OFlags::WRONLY,
        (true, true) => OFlags::RDWR,
    };
    let mut flags = access | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    let has = |flag| options.flags & flag != 0;
    for (asked, flag) in [
        (options.create, OFlags::CREATE),
        (options.create && options.exclusive, OFlags::EXCL),
        (options.truncate, OFlags::TRUNC),
        (options.directory, OFlags::DIRECTORY),
        (has(fdflags::NONBLOCK), OFlags::NONBLOCK),
        (has(fdflags::DSYNC), OFlags::DSYNC),
        (has(fdflags::SYNC) || has(fdflags::RSYNC), OFlags::SYNC),
    ] {
        flags.set(flag, asked || flags.contains(flag));
    }
    flags
}

fn timestamps(times: Times) -> Timestamps {
    use rustix::fs::{Timespec, UTIME_NOW, UTIME_OMIT};

    const PER_SECOND: u64 = 1_000_000_000;
    let special = |nanoseconds| Timespec {
        tv_sec: 0,
        tv_nsec: nanoseconds,
    };
    let time = |time: Option<Time>| match time {
        None => special(UTIME_OMIT),
        Some(Time::Now) => special(UTIME_NOW),
        Some(Time::At(at)) => Timespec {
            tv_sec: (at / PER_SECOND) as _,
            tv_nsec: (at % PER_SECOND) as _,
        },
    };
    Timestamps {
        last_access: time(times.accessed),
        last_modification: time(times.modified),
    }
}
