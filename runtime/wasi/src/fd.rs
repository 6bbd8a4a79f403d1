//! Descriptor functions: `fd_*` on streams.

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
        let mut written = 0;
        for (buffer, length) in guest.iovecs(iovs, count)? {
            if length == 0 {
                continue;
            }
            match stream.write(guest.slice(buffer, length)?) {
                Ok(taken) if taken < length as usize => {
                    written += taken as u32;
                    break;
                }
                Ok(_) => written += length,
                Err(errno) if written == 0 => return Err(errno),
                Err(_) => break,
            }
        }
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
        let first = guest.iovecs(iovs, count)?.find(|(_, length)| *length > 0);
        let read = match first {
            Some((buffer, length)) => stream.read(guest.slice_mut(buffer, length)?)? as u32,
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
        guest.slice_mut(out, fdstat::SIZE)?.fill(0);
        guest.write(offset(out, fdstat::FILE_TYPE)?, &[descriptor.file_type() as u8])?;
        guest.write(offset(out, fdstat::RIGHTS_BASE)?, &descriptor.rights().to_le_bytes())
    }

    pub(crate) fn fd_filestat_get(
        &mut self,
        guest: &mut Guest<'_>,
        fd: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let descriptor = self.descriptors.find(fd)?;
        guest.slice_mut(out, filestat::SIZE)?.fill(0);
        guest.write(offset(out, filestat::FILE_TYPE)?, &[descriptor.file_type() as u8])
    }

    /// Rights may shrink, and a stream has no right to lose that a guest could miss.
    pub(crate) fn fd_fdstat_set_rights(&mut self, fd: u32, base: u64) -> Result<(), Errno> {
        let rights = self.descriptors.find(fd)?.rights();
        if base & !rights == 0 { Ok(()) } else { Err(Errno::Notsup) }
    }
}
