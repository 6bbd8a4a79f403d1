//! What is known of a file, and the times that can be set.
//!
//! The fields are those of the standard's `filestat`; a file system fills them, preview 1 writes them
//! into the guest's memory. Times that are set may be `now`, which the file system's clock knows.
//! Standard: WASI preview 1, `typenames.witx`, `filestat`, `fstflags`.

use crate::abi::{Errno, FileType, fstflags};

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileStat {
    /// The number of the file system.
    pub device: u64,
    /// The number of the file in it.
    pub inode: u64,
    /// What it is.
    pub file_type: FileType,
    /// How many names it has.
    pub links: u64,
    /// Bytes; of a symbolic link, those of what it leads to.
    pub size: u64,
    /// Nanoseconds since 1970: the last access.
    pub accessed: u64,
    /// Nanoseconds since 1970: the last change of the content.
    pub modified: u64,
    /// Nanoseconds since 1970: the last change of what is known of the file.
    pub changed: u64,
}

impl FileStat {
    /// A stream is no file: nothing is known of it but what it is.
    pub(crate) fn of_stream(file_type: FileType) -> Self {
        Self {
            device: 0,
            inode: 0,
            file_type,
            links: 0,
            size: 0,
            accessed: 0,
            modified: 0,
            changed: 0,
        }
    }
}

/// A time that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// When it is set.
    Now,
    /// Nanoseconds since 1970.
    At(u64),
}

/// Times that are set; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The last access.
    pub accessed: Option<Time>,
    /// The last change of the content.
    pub modified: Option<Time>,
}

impl Times {
    /// From the parameters of `fd_filestat_set_times`; `inval` if one time is said twice.
    pub(crate) fn new(accessed: u64, modified: u64, flags: u32) -> Result<Self, Errno> {
        const KNOWN: u16 =
            fstflags::ATIM | fstflags::ATIM_NOW | fstflags::MTIM | fstflags::MTIM_NOW;
        let flags = u16::try_from(flags).map_err(|_| Errno::Inval)?;
        if flags & !KNOWN != 0 {
            return Err(Errno::Inval);
        }
        let time = |at, given: u16, now: u16| match (flags & given != 0, flags & now != 0) {
            (true, true) => Err(Errno::Inval),
            (true, false) => Ok(Some(Time::At(at))),
            (false, true) => Ok(Some(Time::Now)),
            (false, false) => Ok(None),
        };
        Ok(Self {
            accessed: time(accessed, fstflags::ATIM, fstflags::ATIM_NOW)?,
            modified: time(modified, fstflags::MTIM, fstflags::MTIM_NOW)?,
        })
    }
}
