//! Finding the place that a path names: the directory that holds it, and its name there.
//!
//! The file system resolves all but the last component; a link at the end is read here, and what it
//! leads to is looked up anew, from the directory that the guest named. What is then done is done
//! with one name in one open directory. Standard: WASI preview 1, path resolution.

use alloc::vec::Vec;

use super::path::{check_length, check_name, check_relative, split};
use super::{FileSystem, Handle};
use crate::abi::{Errno, MAX_LINKS};

/// What a path names.
pub(crate) enum Place {
    /// A name in a directory; there may be nothing of that name.
    Entry(Entry),
    /// A path that ends in `.` or `..`: the directory, opened for this.
    Directory {
        /// The directory.
        handle: Handle,
        /// Whether the path ends in `..`.
        up: bool,
    },
}

/// A name in a directory.
pub(crate) struct Entry {
    /// The directory.
    pub(crate) parent: Handle,
    /// Whether it was opened for this.
    opened: bool,
    /// The name.
    pub(crate) name: Vec<u8>,
    /// Whether a slash stood behind the name: it has to be a directory.
    pub(crate) slash: bool,
}

impl Place {
    /// Closes what was opened to find it.
    pub(crate) fn close(&self, files: &mut dyn FileSystem) {
        match self {
            Self::Entry(entry) if entry.opened => files.close(entry.parent),
            Self::Entry(_) => {}
            Self::Directory { handle, .. } => files.close(*handle),
        }
    }
}

/// Finds what `path`, which was checked, names below `directory`; with `follow`, a symbolic link
/// at its end is followed.
pub(crate) fn locate(
    files: &mut dyn FileSystem,
    directory: Handle,
    path: &[u8],
    follow: bool,
) -> Result<Place, Errno> {
    let mut path = path.to_vec();
    for _ in 0..=MAX_LINKS {
        let (parent, name) = split(&path);
        if let b"." | b".." = name {
            let up = name == b"..";
            let handle = files.resolve(directory, &path)?;
            return Ok(Place::Directory { handle, up });
        }
        check_name(name)?;
        let opened = !parent.is_empty();
        let entry = Entry {
            parent: match opened {
                true => files.resolve(directory, parent)?,
                false => directory,
            },
            opened,
            name: name.to_vec(),
            slash: path.ends_with(b"/"),
        };
        let target = match follow {
            true => files.read_link(entry.parent, name),
            false => Err(Errno::Inval),
        };
        let place = Place::Entry(entry);
        match target {
            // Nothing that could be followed.
            Err(Errno::Inval | Errno::Noent) => return Ok(place),
            Err(errno) => {
                place.close(files);
                return Err(errno);
            }
            Ok(target) => {
                place.close(files);
                path = follow_link(&path, parent.len(), &target)?;
            }
        }
    }
    Err(Errno::Loop)
}

/// The path with what the link at its end leads to.
fn follow_link(path: &[u8], parent: usize, target: &[u8]) -> Result<Vec<u8>, Errno> {
    check_relative(target)?;
    let mut next = path[..parent].to_vec();
    if parent > 0 {
        next.push(b'/');
    }
    next.extend_from_slice(target);
    if path.ends_with(b"/") {
        next.push(b'/');
    }
    check_length(&next)?;
    Ok(next)
}
