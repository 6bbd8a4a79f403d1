//! Descriptor functions: `fd_*` on streams.
//!
//! Lists of buffers are read and paid for before a stream is touched, so that a guest with too
//! little fuel has written nothing. What was moved before an error counts as success, as in POSIX.
//! Standard: WASI preview 1, `wasi_snapshot_preview1.witx`.

use crate::abi::{Errno, fdstat, filestat};
use crate::ctx::WasiCtx;
use crate::guest::{Guest, offset};

impl WasiCtx {
    pub(crate) fn fd_write(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let stream = self.descriptors.output(fd)?;
        let buffers = guest.iovecs(iovs, count)?;
        let most = total(&buffers);
        guest.pay_for(most.into())?;
        // What a stream says that it took is compared with what it got.
        let written = match stream.write_vectored(&guest.slices(&buffers)?)? {
            written if written < most as usize => written as u32,
            _ => most,
        };
        guest.write(out, &written.to_le_bytes())
    }

    /// Fills the first buffer that is not empty: a second read of a terminal would wait for
    /// another line.
    pub(crate) fn fd_read(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let stream = self.descriptors.input(fd)?;
        let buffers = guest.iovecs(iovs, count)?;
        let first = buffers.first().copied();
        guest.pay_for(first.map_or(0, |(_, length)| length.into()))?;
        let read = match first {
            Some((buffer, length)) => match stream.read(guest.slice_mut(buffer, length)?)? {
                read if read <= length as usize => read as u32,
                // The guest would take what was there before for what was read.
                _ => return Err(Errno::Io),
            },
            None => 0,
        };
        guest.write(out, &read.to_le_bytes())
    }

    pub(crate) fn fd_fdstat_get(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let descriptor = self.descriptors.find(fd)?;
        guest.slice_mut(out, fdstat::BYTES)?.fill(0);
        guest.write(
            offset(out, fdstat::FS_FILETYPE)?,
            &[descriptor.file_type() as u8],
        )?;
        guest.write(
            offset(out, fdstat::FS_RIGHTS_BASE)?,
            &descriptor.rights().to_le_bytes(),
        )
    }

    pub(crate) fn fd_filestat_get(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let descriptor = self.descriptors.find(fd)?;
        guest.slice_mut(out, filestat::BYTES)?.fill(0);
        guest.write(
            offset(out, filestat::FILETYPE)?,
            &[descriptor.file_type() as u8],
        )
    }

    /// Rights may shrink, and a stream has no right to lose that a guest could miss.
    pub(crate) fn fd_fdstat_set_rights(
        &mut self,
        _: &mut Guest<'_>,
        fd: u32,
        base: u64,
        _inheriting: u64,
    ) -> Result<(), Errno> {
        let rights = self.descriptors.find(fd)?.rights();
        if base & !rights == 0 {
            Ok(())
        } else {
            Err(Errno::Notsup)
        }
    }
}

/// Bytes of buffers; `iovecs` bounds their sum.
fn total(buffers: &[(u32, u32)]) -> u32 {
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
        assert_eq!(ctx.descriptors.seekable(0).err(), Some(Errno::Spipe));
    }
}
