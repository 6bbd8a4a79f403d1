//! Path functions: `path_*`.
//!
//! Each takes the path out of the guest's memory, checks it and the descriptor's rights, has the
//! place found that it names, does one thing with one name in one directory, and closes what was
//! opened on the way. What a `.` or a slash at the end means is decided here, as POSIX says it, for
//! all file systems. Standard: WASI preview 1, `wasi_snapshot_preview1.witx`.

use alloc::vec::Vec;

use crate::abi::{Errno, FileType, fdflags, lookupflags, oflags, rights};
use crate::ctx::WasiCtx;
use crate::descriptor::{Descriptor, Directory, Kind, Node, OF_DIRECTORIES, OF_FILES};
use crate::fd::write_filestat;
use crate::files::{
    Entry, FileStat, FileSystem, Handle, OpenOptions, Opened, Place, Times, check_path, locate,
};
use crate::guest::Guest;
use crate::perms::FilePerms;

/// Rights to change a file.
const CHANGING: u64 = rights::FD_WRITE | rights::FD_ALLOCATE | rights::FD_FILESTAT_SET_SIZE;
/// All rights that there are: what has no meaning is not asked for.
const KNOWN: u64 = OF_FILES | OF_DIRECTORIES;

impl WasiCtx {
    #[expect(clippy::too_many_arguments, reason = "the standard's parameters")]
    pub(crate) fn path_open(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        lookup: u32,
        path: u32,
        length: u32,
        how: u32,
        base: u64,
        inheriting: u64,
        flags: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let options = options(how, base, flags)?;
        let mut right = rights::PATH_OPEN;
        if options.create {
            right |= rights::PATH_CREATE_FILE;
        }
        if options.truncate {
            right |= rights::PATH_FILESTAT_SET_SIZE;
        }
        let directory = self.descriptors.directory(fd, right)?.clone();
        let path = take_path(guest, path, length)?;
        guest.slice(out, size_of::<u32>() as u32)?;
        directory.readable()?;
        if options.create || options.truncate {
            directory.mutable()?;
        }
        if options.write && !directory.file_perms.contains(FilePerms::WRITE) {
            return Err(Errno::Perm);
        }
        let of_parent = self.descriptors.get(fd)?.inheriting;
        if (base | inheriting) & KNOWN & !of_parent != 0 {
            return Err(Errno::Notcapable);
        }
        let files = self.descriptors.system(directory.node)?;
        let follow = lookup & lookupflags::SYMLINK_FOLLOW != 0 || path.ends_with(b"/");
        // What must not be there is not looked up further.
        let follow = follow && !(options.create && options.exclusive);
        let opened = at(
            files,
            directory.node.handle,
            &path,
            follow,
            |files, place| open(files, place, options),
        )?;
        let descriptor = match opened {
            Opened::File(handle)
                if options.read && !directory.file_perms.contains(FilePerms::READ) =>
            {
                files.close(handle);
                return Err(Errno::Perm);
            }
            Opened::File(handle) => Descriptor {
                kind: Kind::File(Node {
                    system: directory.node.system,
                    handle,
                }),
                base: base & OF_FILES & !denied(&directory),
                inheriting: 0,
                flags: options.flags,
            },
            Opened::Directory(handle) => Descriptor {
                kind: Kind::Directory(Directory {
                    node: Node {
                        system: directory.node.system,
                        handle,
                    },
                    preopened: None,
                    ..directory
                }),
                base: base & OF_DIRECTORIES,
                inheriting: inheriting & KNOWN,
                flags: options.flags,
            },
        };
        let fd = self.descriptors.add(descriptor)?;
        guest.write(out, &fd.to_le_bytes())
    }

    pub(crate) fn path_create_directory(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        path: u32,
        length: u32,
    ) -> Result<(), Errno> {
        self.change(
            guest,
            (fd, rights::PATH_CREATE_DIRECTORY),
            (path, length),
            |files, place| match place {
                Place::Entry(entry) => files.create_directory(entry.parent, &entry.name),
                Place::Directory { .. } => Err(Errno::Exist),
            },
        )
    }

    pub(crate) fn path_remove_directory(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        path: u32,
        length: u32,
    ) -> Result<(), Errno> {
        self.change(
            guest,
            (fd, rights::PATH_REMOVE_DIRECTORY),
            (path, length),
            |files, place| match place {
                Place::Entry(entry) => files.remove_directory(entry.parent, &entry.name),
                Place::Directory { up: true, .. } => Err(Errno::Notempty),
                Place::Directory { up: false, .. } => Err(Errno::Inval),
            },
        )
    }

    pub(crate) fn path_unlink_file(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        path: u32,
        length: u32,
    ) -> Result<(), Errno> {
        self.change(
            guest,
            (fd, rights::PATH_UNLINK_FILE),
            (path, length),
            |files, place| match place {
                Place::Entry(entry) if entry.slash => match file_type(files, entry)? {
                    FileType::Directory => Err(Errno::Isdir),
                    _ => Err(Errno::Notdir),
                },
                Place::Entry(entry) => files.unlink(entry.parent, &entry.name),
                Place::Directory { .. } => Err(Errno::Isdir),
            },
        )
    }

    pub(crate) fn path_symlink(
        &mut self,
        guest: &mut Guest<'_>,
        target: u32,
        target_length: u32,
        fd: u32,
        path: u32,
        length: u32,
    ) -> Result<(), Errno> {
        self.descriptors.directory(fd, rights::PATH_SYMLINK)?;
        // A link from the root of the host would be refused whenever it is followed; it is not
        // made, so that nobody else follows it.
        let target = take_path(guest, target, target_length)?;
        self.change(
            guest,
            (fd, rights::PATH_SYMLINK),
            (path, length),
            |files, place| {
                let entry = new_file(files, place)?;
                files.symlink(&target, entry.parent, &entry.name)
            },
        )
    }

    #[expect(clippy::too_many_arguments, reason = "the standard's parameters")]
    pub(crate) fn path_readlink(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        path: u32,
        length: u32,
        buffer: u32,
        most: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let directory = self.descriptors.directory(fd, rights::PATH_READLINK)?;
        directory.readable()?;
        let node = directory.node;
        let path = take_path(guest, path, length)?;
        guest.slice(buffer, most)?;
        let files = self.descriptors.system(node)?;
        let follow = path.ends_with(b"/");
        let target = at(
            files,
            node.handle,
            &path,
            follow,
            |files, place| match place {
                Place::Entry(entry) if entry.slash => match file_type(files, entry)? {
                    FileType::Directory => Err(Errno::Inval),
                    _ => Err(Errno::Notdir),
                },
                Place::Entry(entry) => files.read_link(entry.parent, &entry.name),
                Place::Directory { .. } => Err(Errno::Inval),
            },
        )?;
        let target = &target[..target.len().min(most as usize)];
        guest.pay_for(target.len() as u64)?;
        guest.write(buffer, target)?;
        guest.write(out, &(target.len() as u32).to_le_bytes())
    }

    pub(crate) fn path_filestat_get(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        lookup: u32,
        path: u32,
        length: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let directory = self.descriptors.directory(fd, rights::PATH_FILESTAT_GET)?;
        directory.readable()?;
        let node = directory.node;
        let path = take_path(guest, path, length)?;
        let files = self.descriptors.system(node)?;
        let follow = lookup & lookupflags::SYMLINK_FOLLOW != 0 || path.ends_with(b"/");
        let stat = at(
            files,
            node.handle,
            &path,
            follow,
            |files, place| match place {
                Place::Entry(entry) => {
                    let stat = files.stat_at(entry.parent, &entry.name)?;
                    directory_if_slash(entry, &stat).map(|()| stat)
                }
                Place::Directory { handle, .. } => files.stat(*handle),
            },
        )?;
        write_filestat(guest, out, &stat)
    }

    #[expect(clippy::too_many_arguments, reason = "the standard's parameters")]
    pub(crate) fn path_filestat_set_times(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        lookup: u32,
        path: u32,
        length: u32,
        accessed: u64,
        modified: u64,
        flags: u32,
    ) -> Result<(), Errno> {
        let times = Times::new(accessed, modified, flags)?;
        let directory = self
            .descriptors
            .directory(fd, rights::PATH_FILESTAT_SET_TIMES)?;
        directory.mutable()?;
        let node = directory.node;
        let path = take_path(guest, path, length)?;
        let files = self.descriptors.system(node)?;
        let follow = lookup & lookupflags::SYMLINK_FOLLOW != 0 || path.ends_with(b"/");
        at(
            files,
            node.handle,
            &path,
            follow,
            |files, place| match place {
                Place::Entry(entry) => {
                    if entry.slash {
                        let stat = files.stat_at(entry.parent, &entry.name)?;
                        directory_if_slash(entry, &stat)?;
                    }
                    files.set_times_at(entry.parent, &entry.name, times)
                }
                Place::Directory { handle, .. } => files.set_times(*handle, times),
            },
        )
    }

    #[expect(clippy::too_many_arguments, reason = "the standard's parameters")]
    pub(crate) fn path_link(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        lookup: u32,
        path: u32,
        length: u32,
        to_fd: u32,
        to_path: u32,
        to_length: u32,
    ) -> Result<(), Errno> {
        self.descriptors.directory(fd, rights::PATH_LINK_SOURCE)?;
        self.descriptors
            .directory(to_fd, rights::PATH_LINK_TARGET)?;
        let path = take_path(guest, path, length)?;
        let to_path = take_path(guest, to_path, to_length)?;
        let follow = lookup & lookupflags::SYMLINK_FOLLOW != 0 || path.ends_with(b"/");
        self.change_two(
            (fd, rights::PATH_LINK_SOURCE, &path, follow),
            (to_fd, rights::PATH_LINK_TARGET, &to_path),
            |files, from, to| {
                if let Place::Entry(entry) = from {
                    let stat = files.stat_at(entry.parent, &entry.name)?;
                    directory_if_slash(entry, &stat)?;
                }
                let to = new_file(files, to)?;
                match from {
                    Place::Entry(from) => files.link(from.parent, &from.name, to.parent, &to.name),
                    Place::Directory { .. } => Err(Errno::Perm),
                }
            },
        )
    }

    #[expect(clippy::too_many_arguments, reason = "the standard's parameters")]
    pub(crate) fn path_rename(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        path: u32,
        length: u32,
        to_fd: u32,
        to_path: u32,
        to_length: u32,
    ) -> Result<(), Errno> {
        self.descriptors.directory(fd, rights::PATH_RENAME_SOURCE)?;
        self.descriptors
            .directory(to_fd, rights::PATH_RENAME_TARGET)?;
        let path = take_path(guest, path, length)?;
        let to_path = take_path(guest, to_path, to_length)?;
        self.change_two(
            (fd, rights::PATH_RENAME_SOURCE, &path, false),
            (to_fd, rights::PATH_RENAME_TARGET, &to_path),
            |files, from, to| {
                let (Place::Entry(from), Place::Entry(to)) = (from, to) else {
                    return Err(Errno::Busy);
                };
                if (from.slash || to.slash) && file_type(files, from)? != FileType::Directory {
                    return Err(Errno::Notdir);
                }
                files.rename(from.parent, &from.name, to.parent, &to.name)
            },
        )
    }

    /// Does something with a place in a directory that may be changed.
    fn change(
        &mut self,
        guest: &mut Guest<'_>,
        (fd, right): (u32, u64),
        (path, length): (u32, u32),
        work: impl FnOnce(&mut dyn FileSystem, &Place) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let directory = self.descriptors.directory(fd, right)?;
        directory.mutable()?;
        let node = directory.node;
        let path = take_path(guest, path, length)?;
        let files = self.descriptors.system(node)?;
        at(files, node.handle, &path, false, work)
    }

    /// The same with two places; `xdev` if they are of different file systems.
    fn change_two(
        &mut self,
        (fd, right, path, follow): (u32, u64, &[u8], bool),
        (to_fd, to_right, to_path): (u32, u64, &[u8]),
        work: impl FnOnce(&mut dyn FileSystem, &Place, &Place) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let from = self.descriptors.directory(fd, right)?;
        let to = self.descriptors.directory(to_fd, to_right)?;
        from.mutable()?;
        to.mutable()?;
        // A second name must not give more than the first one.
        if from.file_perms != to.file_perms || from.dir_perms != to.dir_perms {
            return Err(Errno::Perm);
        }
        if from.node.system != to.node.system {
            return Err(Errno::Xdev);
        }
        let (from, to) = (from.node, to.node);
        let files = self.descriptors.system(from)?;
        at(files, from.handle, path, follow, |files, from| {
            at(files, to.handle, to_path, false, |files, to| {
                work(files, from, to)
            })
        })
    }
}

/// A path in the guest's memory, paid for and checked.
fn take_path(guest: &mut Guest<'_>, at: u32, length: u32) -> Result<Vec<u8>, Errno> {
    guest.slice(at, length)?;
    guest.pay_for(length.into())?;
    let path = guest.slice(at, length)?;
    check_path(path)?;
    Ok(path.to_vec())
}

/// Finds a place, works with it, and closes what was opened to find it.
fn at<T>(
    files: &mut dyn FileSystem,
    directory: Handle,
    path: &[u8],
    follow: bool,
    work: impl FnOnce(&mut dyn FileSystem, &Place) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let place = locate(files, directory, path, follow)?;
    let result = work(files, &place);
    place.close(files);
    result
}

fn open(files: &mut dyn FileSystem, place: &Place, options: OpenOptions) -> Result<Opened, Errno> {
    match place {
        Place::Entry(entry) if entry.slash && options.create => Err(Errno::Isdir),
        Place::Entry(entry) => {
            let directory = options.directory || entry.slash;
            let options = OpenOptions {
                directory,
                ..options
            };
            files.open(entry.parent, &entry.name, options)
        }
        Place::Directory { .. } if options.create && options.exclusive => Err(Errno::Exist),
        Place::Directory { .. } if options.create || options.write => Err(Errno::Isdir),
        Place::Directory { handle, .. } => files.reopen(*handle).map(Opened::Directory),
    }
}

/// From the parameters of `path_open`. `inval` for what is unknown or contradicts itself.
fn options(how: u32, base: u64, flags: u32) -> Result<OpenOptions, Errno> {
    const HOW: u16 = oflags::CREAT | oflags::DIRECTORY | oflags::EXCL | oflags::TRUNC;
    const FLAGS: u16 =
        fdflags::APPEND | fdflags::DSYNC | fdflags::NONBLOCK | fdflags::RSYNC | fdflags::SYNC;
    let known = |bits: u32, known: u16| match u16::try_from(bits) {
        Ok(bits) if bits & !known == 0 => Ok(bits),
        _ => Err(Errno::Inval),
    };
    let how = known(how, HOW)?;
    let options = OpenOptions {
        read: base & rights::FD_READ != 0,
        write: base & CHANGING != 0,
        create: how & oflags::CREAT != 0,
        exclusive: how & oflags::EXCL != 0,
        truncate: how & oflags::TRUNC != 0,
        directory: how & oflags::DIRECTORY != 0,
        flags: known(flags, FLAGS)?,
    };
    let contradicts = options.directory && (options.create || options.truncate);
    match contradicts || options.truncate && !options.write {
        true => Err(Errno::Inval),
        false => Ok(options),
    }
}

/// Rights that the host denies to files below a directory.
fn denied(directory: &Directory) -> u64 {
    let perms = directory.file_perms;
    let writing = CHANGING | rights::FD_FILESTAT_SET_TIMES;
    let denied = |perm, rights| if perms.contains(perm) { 0 } else { rights };
    denied(FilePerms::READ, rights::FD_READ) | denied(FilePerms::WRITE, writing)
}

/// `notdir` for something else with a slash behind its name.
fn directory_if_slash(entry: &Entry, stat: &FileStat) -> Result<(), Errno> {
    match entry.slash && stat.file_type != FileType::Directory {
        true => Err(Errno::Notdir),
        false => Ok(()),
    }
}

fn file_type(files: &mut dyn FileSystem, entry: &Entry) -> Result<FileType, Errno> {
    files
        .stat_at(entry.parent, &entry.name)
        .map(|stat| stat.file_type)
}

/// Where something that is no directory is to be made, so that no slash can stand behind it.
fn new_file<'p>(files: &mut dyn FileSystem, place: &'p Place) -> Result<&'p Entry, Errno> {
    match place {
        Place::Entry(entry) if entry.slash => match file_type(files, entry) {
            Ok(_) => Err(Errno::Exist),
            Err(errno) => Err(errno),
        },
        Place::Entry(entry) => Ok(entry),
        Place::Directory { .. } => Err(Errno::Exist),
    }
}
