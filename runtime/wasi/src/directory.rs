//! Directories: preopened ones, and what they contain.
//!
//! A guest asks each number from 3 on whether it is preopened, until one is not. Entries are written
//! one behind the other, the last one cut off where the buffer ends, which tells the guest that there
//! are more. Standard: WASI preview 1, `fd_prestat_get`, `fd_prestat_dir_name`, `fd_readdir`.

use crate::abi::{Errno, PreopenType, dirent, prestat, prestat_dir, rights};
use crate::ctx::WasiCtx;
use crate::descriptor::{Descriptors, Directory, Kind};
use crate::files::DirEntry;
use crate::guest::{Guest, offset};
use crate::perms::DirPerms;

impl WasiCtx {
    pub(crate) fn fd_prestat_get(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let length = preopened(&self.descriptors, fd)?.len() as u32;
        guest.slice_mut(out, prestat::BYTES)?.fill(0);
        guest.write(offset(out, prestat::TAG)?, &[PreopenType::Dir as u8])?;
        let field = prestat::CONTENT + prestat_dir::PR_NAME_LEN;
        guest.write(offset(out, field)?, &length.to_le_bytes())
    }

    pub(crate) fn fd_prestat_dir_name(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        path: u32,
        length: u32,
    ) -> Result<(), Errno> {
        let name = preopened(&self.descriptors, fd)?;
        if name.len() > length as usize {
            return Err(Errno::Nametoolong);
        }
        guest.pay_for(name.len() as u64)?;
        guest.write(path, name)
    }

    pub(crate) fn fd_readdir(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        buffer: u32,
        length: u32,
        cookie: u64,
        out: u32,
    ) -> Result<(), Errno> {
        let directory = self.descriptors.directory(fd, rights::FD_READDIR)?;
        directory.readable()?;
        let node = directory.node;
        guest.pay_for(length.into())?;
        let mut rest = guest.slice_mut(buffer, length)?;
        let files = self.descriptors.system(node)?;
        files.entries(node.handle, cookie, &mut |entry| {
            let record = record(&entry);
            for bytes in [&record[..], entry.name] {
                let part = bytes.len().min(rest.len());
                let (filled, left) = core::mem::take(&mut rest).split_at_mut(part);
                filled.copy_from_slice(&bytes[..part]);
                rest = left;
            }
            !rest.is_empty()
        })?;
        let used = length - rest.len() as u32;
        guest.write(out, &used.to_le_bytes())
    }
}

impl Directory {
    /// `perm` if the host does not let the guest look into the directory.
    pub(crate) fn readable(&self) -> Result<(), Errno> {
        self.allows(DirPerms::READ)
    }

    /// `perm` if the host does not let the guest change the directory.
    pub(crate) fn mutable(&self) -> Result<(), Errno> {
        self.allows(DirPerms::MUTATE)
    }

    fn allows(&self, perms: DirPerms) -> Result<(), Errno> {
        match self.dir_perms.contains(perms) {
            true => Ok(()),
            false => Err(Errno::Perm),
        }
    }
}

/// The name of a preopened directory; `badf` for what is none, which ends a guest's search.
fn preopened(descriptors: &Descriptors, fd: u32) -> Result<&[u8], Errno> {
    match &descriptors.get(fd)?.kind {
        Kind::Directory(directory) => directory.preopened.as_deref().ok_or(Errno::Badf),
        Kind::Input(_) | Kind::Output(_) | Kind::File(_) | Kind::Socket(_) => Err(Errno::Badf),
    }
}

fn record(entry: &DirEntry<'_>) -> [u8; dirent::BYTES as usize] {
    let mut record = [0; dirent::BYTES as usize];
    let mut put = |field: u32, bytes: &[u8]| {
        record[field as usize..][..bytes.len()].copy_from_slice(bytes);
    };
    put(dirent::D_NEXT, &entry.next.to_le_bytes());
    put(dirent::D_INO, &entry.inode.to_le_bytes());
    put(dirent::D_NAMLEN, &(entry.name.len() as u32).to_le_bytes());
    put(dirent::D_TYPE, &[entry.file_type as u8]);
    record
}
