//! The guest's memory, as the host may touch it.
//!
//! Every access names an address and a length that the guest chose; both are added without
//! wrapping and compared with the memory's real size before a byte moves. A call that waits comes
//! back to the memory in slices, which [`Wait`] leads from one to the next.

use alloc::vec::Vec;
use core::ops::Range;

use tabwasm::spec::{HOST_ITEM, Rate};

use crate::abi::{Errno, MAX_IOVECS, iovec};

/// A borrowed linear memory, and what the call that borrowed it has to know.
pub(crate) struct Guest<'a> {
    bytes: &'a mut [u8],
    /// Whether it is an old guest, of snapshot 0.
    pub(crate) old: bool,
    /// How the call waits.
    pub(crate) wait: Wait,
    /// Fuel left for what the guest asks for.
    pub(crate) fuel: u64,
    /// Whether there was too little.
    pub(crate) exhausted: bool,
}

/// How a call waits. If what it waits for is not there when its patience ends, it is made again from
/// the start, so that whoever may end it is asked meanwhile.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wait {
    /// Nanoseconds until the call gives up, to be made again; `None` if nobody will end it.
    pub(crate) patience: Option<u64>,
    /// Whether it has given up, and is to be made again.
    pub(crate) gave_up: bool,
    /// When it was made first, by each clock that it asked.
    pub(crate) began: [Option<u64>; 2],
    /// Nanoseconds that it waited and that the host's clock did not show.
    pub(crate) passed: u64,
    /// Bytes that it moved before.
    pub(crate) done: u32,
}

impl<'a> Guest<'a> {
    pub(crate) fn new(bytes: &'a mut [u8], fuel: u64) -> Self {
        Self {
            bytes,
            old: false,
            wait: Wait::default(),
            fuel,
            exhausted: false,
        }
    }

    /// Pays for bytes that are moved or made, before they are.
    pub(crate) fn pay_for(&mut self, bytes: u64) -> Result<(), Errno> {
        self.pay(Rate::HOST.fuel(bytes))
    }

    /// Pays for going through a list, before that is done.
    pub(crate) fn pay_for_items(&mut self, items: u32) -> Result<(), Errno> {
        self.pay(u64::from(items) * u64::from(HOST_ITEM))
    }

    /// Burns fuel. If there is too little, nothing more is done, and the guest does not see the
    /// error: its call traps.
    pub(crate) fn pay(&mut self, fuel: u64) -> Result<(), Errno> {
        match self.fuel.checked_sub(fuel) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => {
                self.exhausted = true;
                Err(Errno::Again)
            }
        }
    }

    /// Lets the call be made again; the guest does not see the error.
    pub(crate) fn give_up(&mut self) -> Errno {
        self.wait.gave_up = true;
        Errno::Again
    }

    /// The bytes `at .. at + length`.
    pub(crate) fn slice(&self, at: u32, length: u32) -> Result<&[u8], Errno> {
        self.bytes.get(range(at, length)?).ok_or(Errno::Fault)
    }

    /// The bytes `at .. at + length`.
    pub(crate) fn slice_mut(&mut self, at: u32, length: u32) -> Result<&mut [u8], Errno> {
        self.bytes.get_mut(range(at, length)?).ok_or(Errno::Fault)
    }

    pub(crate) fn u8(&self, at: u32) -> Result<u8, Errno> {
        self.array(at).map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&self, at: u32) -> Result<u16, Errno> {
        self.array(at).map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&self, at: u32) -> Result<u32, Errno> {
        self.array(at).map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&self, at: u32) -> Result<u64, Errno> {
        self.array(at).map(u64::from_le_bytes)
    }

    /// Writes bytes, usually a number's `to_le_bytes`.
    pub(crate) fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Errno> {
        let length = u32::try_from(bytes.len()).map_err(|_| Errno::Overflow)?;
        self.slice_mut(at, length)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Address and length of the first buffers of an `iovec` array that are not empty.
    ///
    /// One call moves at most [`MAX_IOVECS`] of them, and the guest, which is told how far it came,
    /// goes on from there. The sum is bounded as POSIX bounds it, since buffers may overlap: a small
    /// array could ask for any amount of work otherwise.
    pub(crate) fn iovecs(&mut self, at: u32, count: u32) -> Result<Vec<(u32, u32)>, Errno> {
        let size = count.checked_mul(iovec::BYTES).ok_or(Errno::Fault)?;
        self.slice(at, size)?;
        self.pay_for_items(count)?;
        let mut list = Vec::new();
        list.try_reserve_exact(count.min(MAX_IOVECS) as usize)
            .map_err(|_| Errno::Nomem)?;
        let mut total = 0u32;
        for n in 0..count {
            let entry = offset(at, n * iovec::BYTES)?;
            let buffer = self.u32(offset(entry, iovec::BUF)?)?;
            let length = self.u32(offset(entry, iovec::BUF_LEN)?)?;
            self.slice(buffer, length)?;
            if length == 0 {
                continue;
            }
            total = total
                .checked_add(length)
                .filter(|total| i32::try_from(*total).is_ok())
                .ok_or(Errno::Inval)?;
            list.push((buffer, length));
            if list.len() == MAX_IOVECS as usize {
                break;
            }
        }
        Ok(list)
    }

    /// The bytes of buffers that `iovecs` found.
    pub(crate) fn slices(&self, buffers: &[(u32, u32)]) -> Result<Vec<&[u8]>, Errno> {
        let mut slices = Vec::new();
        slices
            .try_reserve_exact(buffers.len())
            .map_err(|_| Errno::Nomem)?;
        for &(buffer, length) in buffers {
            slices.push(self.slice(buffer, length)?);
        }
        Ok(slices)
    }

    fn array<const N: usize>(&self, at: u32) -> Result<[u8; N], Errno> {
        let range = range(at, N as u32)?;
        self.bytes
            .get(range)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(Errno::Fault)
    }
}

/// `at + by`, or a fault.
pub(crate) fn offset(at: u32, by: u32) -> Result<u32, Errno> {
    at.checked_add(by).ok_or(Errno::Fault)
}

fn range(at: u32, length: u32) -> Result<Range<usize>, Errno> {
    let start = at as usize;
    let end = start.checked_add(length as usize).ok_or(Errno::Fault)?;
    Ok(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_checked_with_overflow() {
        let mut bytes = [0u8; 16];
        let guest = Guest::new(&mut bytes, u64::MAX);
        assert!(guest.slice(0, 16).is_ok());
        assert!(guest.slice(16, 0).is_ok());
        assert_eq!(guest.slice(17, 0), Err(Errno::Fault));
        assert_eq!(guest.slice(u32::MAX, u32::MAX), Err(Errno::Fault));
        assert_eq!(guest.u64(9), Err(Errno::Fault));
        assert_eq!(guest.u64(8), Ok(0));
    }

    #[test]
    fn vectors_are_bounded() {
        let mut bytes = [0u8; 64];
        let mut guest = Guest::new(&mut bytes, u64::MAX);
        assert_eq!(guest.iovecs(0, MAX_IOVECS + 1).err(), Some(Errno::Fault));
        assert_eq!(guest.iovecs(8, u32::MAX).err(), Some(Errno::Fault));
        assert_eq!(guest.iovecs(u32::MAX - 3, 1).err(), Some(Errno::Fault));
        guest.write(4, &65u32.to_le_bytes()).unwrap();
        assert_eq!(guest.iovecs(0, 1).err(), Some(Errno::Fault));
        guest.write(4, &64u32.to_le_bytes()).unwrap();
        assert_eq!(guest.iovecs(0, 1).unwrap().first(), Some(&(0, 64)));
    }
}
