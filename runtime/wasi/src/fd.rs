//! Descriptor functions: `fd_*` on streams, files and directories.
//!
//! Lists of buffers are read and paid for before anything is touched, so that a guest with too
//! little fuel has written nothing. What was moved before an error counts as success, as in POSIX.
//! Standard: WASI preview 1, `wasi_snapshot_preview1.witx`.

use alloc::vec::Vec;

use crate::abi::{
    Advice, Errno, FileType, MAX_PIPE, Whence, fdflags, fdstat, filestat, rights, unstable,
};
use crate::ctx::WasiCtx;
use crate::descriptor::Kind;
use crate::files::{FileStat, FileSystem, Handle, Times};
use crate::guest::{Guest, offset};
use crate::wait::Way;

impl WasiCtx {
    pub(crate) fn fd_write(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        out: u32,
    ) -> Result<(), Errno> {
        self.can_move(fd, rights::FD_WRITE)?;
        if let Kind::Socket(_) = self.descriptors.get(fd)?.kind {
            return self.send(guest, fd, (iovs, count), out);
        }
        let mut buffers = guest.iovecs(iovs, count)?;
        guest.slice(out, size_of::<u32>() as u32)?;
        if total(&buffers) > 0 {
            self.until_ready(guest, fd, Way::Write)?;
        }
        if self.waits_in_the_middle(guest, fd)? {
            cut(&mut buffers, MAX_PIPE);
        }
        let most = total(&buffers);
        guest.pay_for(most.into())?;
        let written = match self.descriptors.output(fd) {
            Ok(stream) => stream.write_vectored(&guest.slices(&buffers)?)?,
            Err(_) => {
                let (files, file) = self.descriptors.file(fd, rights::FD_WRITE)?;
                if files.growth_is_work() {
                    let position = files.seek(file, 0, Whence::Cur)?;
                    pay_for_growth(guest, files, file, position)?;
                }
                files.write(file, &guest.slices(&buffers)?)?
            }
        };
        // What a host says that it took is compared with what it got.
        let written = u32::try_from(written).unwrap_or(most).min(most);
        guest.write(out, &written.to_le_bytes())
    }

    pub(crate) fn fd_pwrite(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        at: u64,
        out: u32,
    ) -> Result<(), Errno> {
        let right = rights::FD_WRITE | rights::FD_SEEK;
        let (files, file) = self.descriptors.file(fd, right)?;
        let buffers = guest.iovecs(iovs, count)?;
        let most = total(&buffers);
        guest.pay_for(most.into())?;
        pay_for_growth(guest, files, file, at)?;
        let written = files.write_at(file, &guest.slices(&buffers)?, at)?;
        let written = u32::try_from(written).unwrap_or(most).min(most);
        guest.write(out, &written.to_le_bytes())
    }

    /// Of a stream, fills the first buffer that is not empty: a second read of a terminal would wait
    /// for another line.
    pub(crate) fn fd_read(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        out: u32,
    ) -> Result<(), Errno> {
        self.can_move(fd, rights::FD_READ)?;
        if let Kind::Socket(_) = self.descriptors.get(fd)?.kind {
            guest.slice(out, size_of::<u32>() as u32)?;
            let read = self.receive(guest, fd, (iovs, count), false, false)?;
            return guest.write(out, &read.to_le_bytes());
        }
        let buffers = guest.iovecs(iovs, count)?;
        guest.slice(out, size_of::<u32>() as u32)?;
        if total(&buffers) > 0 {
            self.until_ready(guest, fd, Way::Read)?;
        }
        let read = match self.descriptors.input(fd) {
            Ok(stream) => fill(guest, buffers.get(..1).unwrap_or_default(), |buffer, _| {
                stream.read(buffer)
            }),
            Err(_) => {
                let (files, file) = self.descriptors.file(fd, rights::FD_READ)?;
                fill(guest, &buffers, |buffer, _| files.read(file, buffer))
            }
        };
        guest.write(out, &read?.to_le_bytes())
    }

    pub(crate) fn fd_pread(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        at: u64,
        out: u32,
    ) -> Result<(), Errno> {
        let right = rights::FD_READ | rights::FD_SEEK;
        let (files, file) = self.descriptors.file(fd, right)?;
        let buffers = guest.iovecs(iovs, count)?;
        let read = fill(guest, &buffers, |buffer, done| {
            files.read_at(file, buffer, at.saturating_add(done))
        })?;
        guest.write(out, &read.to_le_bytes())
    }

    pub(crate) fn fd_seek(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        distance: u64,
        whence: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let known = match guest.old {
            true => unstable::whence,
            false => Whence::from_number,
        };
        let whence = u8::try_from(whence).ok().and_then(known);
        let whence = whence.ok_or(Errno::Inval)?;
        // To ask where it stands, the lesser right is enough.
        let right = match (distance, whence) {
            (0, Whence::Cur) => rights::FD_TELL,
            _ => rights::FD_SEEK,
        };
        guest.slice(out, size_of::<u64>() as u32)?;
        let position = self.seek(fd, right, distance.cast_signed(), whence)?;
        guest.write(out, &position.to_le_bytes())
    }

    pub(crate) fn fd_tell(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        out: u32,
    ) -> Result<(), Errno> {
        guest.slice(out, size_of::<u64>() as u32)?;
        let position = self.seek(fd, rights::FD_TELL, 0, Whence::Cur)?;
        guest.write(out, &position.to_le_bytes())
    }

    fn seek(&mut self, fd: u32, right: u64, distance: i64, whence: Whence) -> Result<u64, Errno> {
        let descriptor = self.descriptors.find(fd)?;
        let allowed = descriptor.require(right);
        match &mut descriptor.kind {
            // A stream without positions says so, whatever the rights.
            Kind::Input(stream) => {
                stream.seek(0, Whence::Cur)?;
                allowed?;
                stream.seek(distance, whence)
            }
            Kind::Output(stream) => {
                stream.seek(0, Whence::Cur)?;
                allowed?;
                stream.seek(distance, whence)
            }
            Kind::File(_) | Kind::Directory(_) | Kind::Socket(_) => {
                let (files, file) = self.descriptors.file(fd, right)?;
                files.seek(file, distance, whence)
            }
        }
    }

    pub(crate) fn fd_close(&mut self, fd: u32) -> Result<(), Errno> {
        self.descriptors.close(fd)
    }

    pub(crate) fn fd_renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        self.descriptors.renumber(from, to)
    }

    pub(crate) fn fd_fdstat_get(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let file_type = self.file_type(fd)?;
        let descriptor = self.descriptors.get(fd)?;
        guest.slice_mut(out, fdstat::BYTES)?.fill(0);
        let mut put = |field, bytes: &[u8]| guest.write(offset(out, field)?, bytes);
        put(fdstat::FS_FILETYPE, &[file_type as u8])?;
        put(fdstat::FS_FLAGS, &descriptor.flags.to_le_bytes())?;
        put(fdstat::FS_RIGHTS_BASE, &descriptor.base.to_le_bytes())?;
        put(
            fdstat::FS_RIGHTS_INHERITING,
            &descriptor.inheriting.to_le_bytes(),
        )
    }

    pub(crate) fn fd_fdstat_set_flags(
        &mut self,
        _: &mut Guest<'_>,
        fd: u32,
        flags: u32,
    ) -> Result<(), Errno> {
        let flags = u16::try_from(flags).map_err(|_| Errno::Inval)?;
        let descriptor = self.descriptors.find(fd)?;
        match descriptor.kind {
            // How the stream behind it waits is the host's affair; this descriptor does not wait.
            Kind::Input(_) | Kind::Output(_) | Kind::Socket(_) => {
                descriptor.require(rights::FD_FDSTAT_SET_FLAGS)?;
                if flags & !fdflags::NONBLOCK != 0 {
                    return Err(Errno::Inval);
                }
            }
            Kind::File(_) | Kind::Directory(_) => {
                let right = rights::FD_FDSTAT_SET_FLAGS;
                let (files, file) = self.descriptors.file(fd, right)?;
                files.set_flags(file, flags)?;
            }
        }
        self.descriptors.find(fd)?.flags = flags;
        Ok(())
    }

    /// Rights only shrink: `notcapable` for one that the descriptor does not have.
    pub(crate) fn fd_fdstat_set_rights(
        &mut self,
        _: &mut Guest<'_>,
        fd: u32,
        base: u64,
        inheriting: u64,
    ) -> Result<(), Errno> {
        let descriptor = self.descriptors.find(fd)?;
        if base & !descriptor.base != 0 || inheriting & !descriptor.inheriting != 0 {
            return Err(Errno::Notcapable);
        }
        descriptor.base = base;
        descriptor.inheriting = inheriting;
        Ok(())
    }

    pub(crate) fn fd_filestat_get(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let descriptor = self.descriptors.get(fd)?;
        descriptor.require(rights::FD_FILESTAT_GET)?;
        let stat = match &descriptor.kind {
            Kind::Input(stream) => stream.stat()?,
            Kind::Output(stream) => stream.stat()?,
            Kind::Socket(socket) => FileStat::of_stream(socket.file_type()),
            Kind::File(_) | Kind::Directory(_) => {
                let (files, node) = self.descriptors.node(fd, rights::FD_FILESTAT_GET)?;
                files.stat(node)?
            }
        };
        write_filestat(guest, out, &stat)
    }

    pub(crate) fn fd_filestat_set_size(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        size: u64,
    ) -> Result<(), Errno> {
        let (files, file) = self.descriptors.file(fd, rights::FD_FILESTAT_SET_SIZE)?;
        pay_for_growth(guest, files, file, size)?;
        files.set_size(file, size)
    }

    pub(crate) fn fd_filestat_set_times(
        &mut self,
        _: &mut Guest<'_>,
        fd: u32,
        accessed: u64,
        modified: u64,
        flags: u32,
    ) -> Result<(), Errno> {
        let times = Times::new(accessed, modified, flags)?;
        if let Kind::Directory(directory) = &self.descriptors.get(fd)?.kind {
            directory.mutable()?;
        }
        let (files, node) = self.descriptors.node(fd, rights::FD_FILESTAT_SET_TIMES)?;
        files.set_times(node, times)
    }

    pub(crate) fn fd_advise(
        &mut self,
        _: &mut Guest<'_>,
        fd: u32,
        at: u64,
        length: u64,
        advice: u32,
    ) -> Result<(), Errno> {
        let advice = u8::try_from(advice).ok().and_then(Advice::from_number);
        for number in [at, length] {
            i64::try_from(number).map_err(|_| Errno::Inval)?;
        }
        let (files, file) = self.descriptors.file(fd, rights::FD_ADVISE)?;
        files.advise(file, at, length, advice.ok_or(Errno::Inval)?)
    }

    pub(crate) fn fd_allocate(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        at: u64,
        length: u64,
    ) -> Result<(), Errno> {
        let (files, file) = self.descriptors.file(fd, rights::FD_ALLOCATE)?;
        for number in [at, length] {
            i64::try_from(number).map_err(|_| Errno::Inval)?;
        }
        let end = at.saturating_add(length);
        i64::try_from(end).map_err(|_| Errno::Fbig)?;
        pay_for_growth(guest, files, file, end)?;
        files.allocate(file, at, length)
    }

    pub(crate) fn fd_datasync(&mut self, _: &mut Guest<'_>, fd: u32) -> Result<(), Errno> {
        let (files, node) = self.descriptors.node(fd, rights::FD_DATASYNC)?;
        files.sync(node, true)
    }

    pub(crate) fn fd_sync(&mut self, _: &mut Guest<'_>, fd: u32) -> Result<(), Errno> {
        let (files, node) = self.descriptors.node(fd, rights::FD_SYNC)?;
        files.sync(node, false)
    }

    /// Whether a descriptor may be read or written at all, before its buffers are looked at.
    fn can_move(&self, fd: u32, right: u64) -> Result<(), Errno> {
        let descriptor = self.descriptors.get(fd)?;
        match (&descriptor.kind, right) {
            (Kind::Input(_), rights::FD_READ) | (Kind::Output(_), rights::FD_WRITE) => {}
            (Kind::File(_) | Kind::Socket(_), _) => {}
            (Kind::Input(_) | Kind::Output(_) | Kind::Directory(_), _) => return Err(Errno::Badf),
        }
        descriptor.require(right)
    }

    /// Whether a write that begins at once could still wait for its end, in the system, where nobody
    /// could end it. Guests expect parts of a write to be taken, as POSIX says.
    fn waits_in_the_middle(&mut self, guest: &Guest<'_>, fd: u32) -> Result<bool, Errno> {
        if guest.wait.patience.is_none() || self.descriptors.source(fd, Way::Write)?.is_none() {
            return Ok(false);
        }
        Ok(self.file_type(fd)? != FileType::RegularFile)
    }

    fn file_type(&mut self, fd: u32) -> Result<FileType, Errno> {
        match &self.descriptors.get(fd)?.kind {
            Kind::Input(stream) => stream.stat().map(|stat| stat.file_type),
            Kind::Output(stream) => stream.stat().map(|stat| stat.file_type),
            Kind::Socket(socket) => Ok(socket.file_type()),
            Kind::Directory(_) => Ok(FileType::Directory),
            Kind::File(_) => {
                let (files, file) = self.descriptors.file(fd, 0)?;
                files.stat(file).map(|stat| stat.file_type)
            }
        }
    }
}

/// Writes a `filestat` into the guest's memory.
pub(crate) fn write_filestat(
    guest: &mut Guest<'_>,
    out: u32,
    stat: &FileStat,
) -> Result<(), Errno> {
    if guest.old {
        return write_old_filestat(guest, out, stat);
    }
    guest.slice_mut(out, filestat::BYTES)?.fill(0);
    let mut put = |field, bytes: &[u8]| guest.write(offset(out, field)?, bytes);
    put(filestat::FILETYPE, &[stat.file_type as u8])?;
    for (field, value) in [
        (filestat::DEV, stat.device),
        (filestat::INO, stat.inode),
        (filestat::NLINK, stat.links),
        (filestat::SIZE, stat.size),
        (filestat::ATIM, stat.accessed),
        (filestat::MTIM, stat.modified),
        (filestat::CTIM, stat.changed),
    ] {
        put(field, &value.to_le_bytes())?;
    }
    Ok(())
}

/// The same as old guests know it, whose files have 2^32 names at most.
fn write_old_filestat(guest: &mut Guest<'_>, out: u32, stat: &FileStat) -> Result<(), Errno> {
    use unstable::filestat;

    guest.slice_mut(out, filestat::BYTES)?.fill(0);
    let mut put = |field, bytes: &[u8]| guest.write(offset(out, field)?, bytes);
    put(filestat::FILETYPE, &[stat.file_type as u8])?;
    let links = u32::try_from(stat.links).unwrap_or(u32::MAX);
    put(filestat::NLINK, &links.to_le_bytes())?;
    for (field, value) in [
        (filestat::DEV, stat.device),
        (filestat::INO, stat.inode),
        (filestat::SIZE, stat.size),
        (filestat::ATIM, stat.accessed),
        (filestat::MTIM, stat.modified),
        (filestat::CTIM, stat.changed),
    ] {
        put(field, &value.to_le_bytes())?;
    }
    Ok(())
}

/// Leaves so many bytes of buffers.
fn cut(buffers: &mut Vec<(u32, u32)>, most: u32) {
    let mut left = most;
    buffers.retain_mut(|(_, length)| {
        *length = left.min(*length);
        left -= *length;
        *length > 0
    });
}

/// Reads into buffers, one after the other, until one is not filled; `read` gets what was read
/// before. Each is paid for when its turn comes.
fn fill(
    guest: &mut Guest<'_>,
    buffers: &[(u32, u32)],
    mut read: impl FnMut(&mut [u8], u64) -> Result<usize, Errno>,
) -> Result<u32, Errno> {
    guest.pay_for(total(buffers).into())?;
    let mut done = 0;
    for &(buffer, length) in buffers {
        match read(guest.slice_mut(buffer, length)?, done.into()) {
            Ok(count) if count == length as usize => done += length,
            Ok(count) if count < length as usize => return Ok(done + count as u32),
            // The guest would take what was there before for what was read.
            Ok(_) => return Err(Errno::Io),
            Err(errno) if done == 0 => return Err(errno),
            Err(_) => break,
        }
    }
    Ok(done)
}

/// Pays for the zeros that a file in memory is filled up with, up to `end`.
fn pay_for_growth(
    guest: &mut Guest<'_>,
    files: &mut dyn FileSystem,
    file: Handle,
    end: u64,
) -> Result<(), Errno> {
    if !files.growth_is_work() {
        return Ok(());
    }
    guest.pay_for(end.saturating_sub(files.stat(file)?.size))
}

/// Bytes of buffers; `iovecs` bounds their sum.
pub(crate) fn total(buffers: &[(u32, u32)]) -> u32 {
    buffers.iter().map(|(_, length)| length).sum()
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::abi::iovec;
    use crate::builder::WasiCtxBuilder;
    use crate::pipe::MemoryOutputPipe;

    #[test]
    fn vectors_are_written_in_order_and_partly() {
        let pipe = MemoryOutputPipe::new(5);
        let mut ctx = WasiCtxBuilder::new().stdout(pipe.clone()).build();
        let mut bytes = [0; 64];
        let mut guest = Guest::new(&mut bytes, u64::MAX);
        for (n, (at, length)) in (0..).zip([(40u32, 3u32), (0, 0), (43, 3)]) {
            guest.write(n * iovec::BYTES, &at.to_le_bytes()).unwrap();
            guest
                .write(n * iovec::BYTES + iovec::BUF_LEN, &length.to_le_bytes())
                .unwrap();
        }
        guest.write(40, b"abcdef").unwrap();
        ctx.fd_write(&mut guest, 1, 0, 3, 60).unwrap();
        assert_eq!(guest.u32(60), Ok(5));
        assert_eq!(pipe.contents(), b"abcde");
        assert_eq!(ctx.fd_write(&mut guest, 1, 0, 3, 60), Err(Errno::Io));
        assert_eq!(ctx.fd_write(&mut guest, 0, 0, 3, 60), Err(Errno::Badf));
        assert_eq!(ctx.fd_write(&mut guest, 3, 0, 3, 60), Err(Errno::Badf));
    }

    #[test]
    fn descriptors_are_closed_and_moved() {
        let mut ctx = WasiCtxBuilder::new().build();
        assert_eq!(ctx.descriptors.renumber(1, 9), Err(Errno::Badf));
        assert_eq!(ctx.descriptors.renumber(1, 0), Ok(()));
        assert!(ctx.descriptors.output(0).is_ok());
        assert_eq!(ctx.descriptors.close(1), Err(Errno::Badf));
        assert_eq!(ctx.descriptors.close(2), Ok(()));
        assert_eq!(ctx.descriptors.close(2), Err(Errno::Badf));
        let seek = ctx.descriptors.file(0, rights::FD_SEEK).err();
        assert_eq!(seek, Some(Errno::Spipe));
    }
}
