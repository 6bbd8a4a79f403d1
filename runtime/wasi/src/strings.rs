//! Lists of strings: the program's arguments and its environment.
//!
//! WASI asks twice: for the number and bytes of all strings, then for a table of addresses and one
//! buffer. The guest gives both addresses, and each write is compared with its memory. Standard:
//! WASI preview 1, `args_get`, `args_sizes_get`, `environ_get`, `environ_sizes_get`.

use alloc::string::String;
use alloc::vec::Vec;

use crate::abi::{Errno, POINTER_SIZE};
use crate::guest::{Guest, offset};

/// Strings that the guest receives as a vector of pointers and one buffer, each string followed
/// by a zero byte.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strings {
    strings: Vec<String>,
}

impl Strings {
    pub(crate) fn push(&mut self, string: impl Into<String>) {
        self.strings.push(string.into());
    }

    /// `args_sizes_get`, `environ_sizes_get`.
    pub(crate) fn sizes(&self, guest: &mut Guest<'_>, count: u32, bytes: u32) -> Result<(), Errno> {
        guest.pay_for_items(as_u32(self.strings.len())?)?;
        let length: usize = self.strings.iter().map(|string| string.len() + 1).sum();
        guest.write(count, &as_u32(self.strings.len())?.to_le_bytes())?;
        guest.write(bytes, &as_u32(length)?.to_le_bytes())
    }

    /// `args_get`, `environ_get`.
    pub(crate) fn copy(
        &self,
        guest: &mut Guest<'_>,
        mut pointers: u32,
        mut buffer: u32,
    ) -> Result<(), Errno> {
        guest.pay_for_items(as_u32(self.strings.len())?)?;
        guest.pay_for(self.strings.iter().map(|string| string.len() as u64).sum())?;
        for string in &self.strings {
            guest.write(pointers, &buffer.to_le_bytes())?;
            guest.write(buffer, string.as_bytes())?;
            let end = offset(buffer, as_u32(string.len())?)?;
            guest.write(end, &[0])?;
            pointers = offset(pointers, POINTER_SIZE)?;
            buffer = offset(end, 1)?;
        }
        Ok(())
    }
}

fn as_u32(number: usize) -> Result<u32, Errno> {
    u32::try_from(number).map_err(|_| Errno::Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_arrive_with_their_zero() {
        let mut strings = Strings::default();
        strings.push("ab");
        strings.push("");
        let mut bytes = [0xFFu8; 32];
        let mut guest = Guest::new(&mut bytes, u64::MAX);
        strings.sizes(&mut guest, 0, 4).unwrap();
        assert_eq!((guest.u32(0), guest.u32(4)), (Ok(2), Ok(4)));
        strings.copy(&mut guest, 8, 16).unwrap();
        assert_eq!((guest.u32(8), guest.u32(12)), (Ok(16), Ok(19)));
        assert_eq!(guest.slice(16, 4), Ok(&b"ab\0\0"[..]));
        assert_eq!(strings.copy(&mut guest, 8, 29), Err(Errno::Fault));
    }
}
