//! Walking a path, one component after the other.
//!
//! Each directory on the way is opened without following links; a link is read, and what it leads to
//! takes its place in the path. `..` goes back to the directory that the walk came from, which is
//! open still, so that nobody who moves directories meanwhile can lead it out. Standard: WASI preview
//! 1, path resolution.

use alloc::vec::Vec;

use super::path::{check_name, check_relative};
use super::{FileSystem, Handle};
use crate::abi::{Errno, MAX_LINKS};

/// Opens the directory that `path` names, as [`FileSystem::resolve`] says, with the functions that
/// take one name.
pub fn resolve<F: FileSystem + ?Sized>(
    files: &mut F,
    directory: Handle,
    path: &[u8],
) -> Result<Handle, Errno> {
    let mut way = Vec::new();
    let mut end = walk(files, directory, path, &mut way);
    if end.is_ok() {
        end = way.pop().map_or_else(|| files.reopen(directory), Ok);
    }
    for passed in way {
        files.close(passed);
    }
    end
}

/// Opens the directories of the way; the last one is the end. Gives the start, which is not used.
fn walk<F: FileSystem + ?Sized>(
    files: &mut F,
    start: Handle,
    path: &[u8],
    way: &mut Vec<Handle>,
) -> Result<Handle, Errno> {
    let mut links = 0;
    let mut rest = Vec::new();
    put_before(&mut rest, path)?;
    while let Some(name) = rest.pop() {
        let here = way.last().copied().unwrap_or(start);
        match name.as_slice() {
            b"." => {}
            b".." => files.close(way.pop().ok_or(Errno::Perm)?),
            name => {
                check_name(name)?;
                match files.directory(here, name) {
                    Ok(next) => {
                        way.try_reserve(1).map_err(|_| Errno::Nomem)?;
                        way.push(next);
                    }
                    Err(errno @ (Errno::Notdir | Errno::Loop)) => {
                        let target = files.read_link(here, name).map_err(|_| errno)?;
                        links += 1;
                        if links > MAX_LINKS {
                            return Err(Errno::Loop);
                        }
                        check_relative(&target)?;
                        put_before(&mut rest, &target)?;
                    }
                    Err(errno) => return Err(errno),
                }
            }
        }
    }
    Ok(start)
}

/// Puts the components of a path before the rest, whose next component is its last.
fn put_before(rest: &mut Vec<Vec<u8>>, path: &[u8]) -> Result<(), Errno> {
    let components = path.split(|byte| *byte == b'/').rev();
    for component in components.filter(|component| !component.is_empty()) {
        rest.try_reserve(1).map_err(|_| Errno::Nomem)?;
        rest.push(component.to_vec());
    }
    Ok(())
}
