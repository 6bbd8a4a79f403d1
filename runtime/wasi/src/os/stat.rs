//! What the system knows of a file, in the words of WASI.
//!
//! Types, times and places in a file; used for directories that a guest was given and for standard
//! streams that are files.

use rustix::fs::{SeekFrom, Stat};

use crate::abi::{Errno, FileType, Whence};
use crate::files::FileStat;

#[allow(clippy::unnecessary_cast, reason = "other processors have other types")]
pub(super) fn file_stat(stat: &Stat) -> FileStat {
    FileStat {
        device: stat.st_dev as u64,
        inode: stat.st_ino,
        file_type: file_type(stat),
        links: stat.st_nlink as u64,
        size: u64::try_from(stat.st_size).unwrap_or_default(),
        accessed: nanoseconds(stat.st_atime as i64, stat.st_atime_nsec as u64),
        modified: nanoseconds(stat.st_mtime as i64, stat.st_mtime_nsec as u64),
        changed: nanoseconds(stat.st_ctime as i64, stat.st_ctime_nsec as u64),
    }
}

/// A time before 1970 is 1970, the first one that a guest can be told.
fn nanoseconds(seconds: i64, rest: u64) -> u64 {
    match u64::try_from(seconds) {
        Ok(seconds) => seconds.saturating_mul(1_000_000_000).saturating_add(rest),
        Err(_) => 0,
    }
}

pub(super) fn file_type(stat: &Stat) -> FileType {
    kind(rustix::fs::FileType::from_raw_mode(stat.st_mode))
}

pub(super) fn kind(of: rustix::fs::FileType) -> FileType {
    use rustix::fs::FileType as System;

    match of {
        System::RegularFile => FileType::RegularFile,
        System::Directory => FileType::Directory,
        System::Symlink => FileType::SymbolicLink,
        System::CharacterDevice => FileType::CharacterDevice,
        System::BlockDevice => FileType::BlockDevice,
        System::Socket => FileType::SocketStream,
        System::Fifo | System::Unknown => FileType::Unknown,
    }
}

/// `inval` for a negative place.
pub(super) fn seek_from(offset: i64, whence: Whence) -> Result<SeekFrom, Errno> {
    Ok(match whence {
        Whence::Set => SeekFrom::Start(u64::try_from(offset).map_err(|_| Errno::Inval)?),
        Whence::Cur => SeekFrom::Current(offset),
        Whence::End => SeekFrom::End(offset),
    })
}
