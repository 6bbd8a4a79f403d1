//! Paths: bytes that a guest gives to name something below a directory.
//!
//! They pass as bytes, since names of a file system need not be Unicode. What cannot name anything
//! is refused before a file system sees it: nothing at all, a zero byte, a path from the root of the
//! host. Standard: WASI preview 1, path resolution.

use crate::abi::{Errno, MAX_NAME, MAX_PATH};

/// Whether a path of a guest can name anything.
pub(crate) fn check(path: &[u8]) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::Noent);
    }
    if path.contains(&0) {
        return Err(Errno::Inval);
    }
    check_length(path)?;
    check_relative(path)
}

/// `perm` for what leads from the root of the host, as of whatever leads out.
pub(super) fn check_relative(path: &[u8]) -> Result<(), Errno> {
    match path.starts_with(b"/") {
        true => Err(Errno::Perm),
        false => Ok(()),
    }
}

pub(super) fn check_length(path: &[u8]) -> Result<(), Errno> {
    match path.len() <= MAX_PATH as usize {
        true => Ok(()),
        false => Err(Errno::Nametoolong),
    }
}

pub(super) fn check_name(name: &[u8]) -> Result<(), Errno> {
    match name.len() <= MAX_NAME as usize {
        true => Ok(()),
        false => Err(Errno::Nametoolong),
    }
}

/// A path without slashes at its end: what comes before the last component, and that one.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let end = path
        .iter()
        .rposition(|byte| *byte != b'/')
        .map_or(0, |at| at + 1);
    let path = &path[..end];
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (&[], path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_name_nothing_are_refused() {
        assert_eq!(check(b""), Err(Errno::Noent));
        assert_eq!(check(b"a\0b"), Err(Errno::Inval));
        assert_eq!(check(b"/a"), Err(Errno::Perm));
        assert_eq!(
            check(&[b'a'; MAX_PATH as usize + 1]),
            Err(Errno::Nametoolong)
        );
        assert_eq!(check(b"\xFF/.."), Ok(()));
    }

    #[test]
    fn paths_are_split_before_their_last_component() {
        let split = |path: &'static str| split(path.as_bytes());
        assert_eq!(split("a"), (&b""[..], &b"a"[..]));
        assert_eq!(split("a/b//"), (&b"a"[..], &b"b"[..]));
        assert_eq!(split("a//b"), (&b"a/"[..], &b"b"[..]));
        assert_eq!(split("a/.."), (&b"a"[..], &b".."[..]));
    }
}
