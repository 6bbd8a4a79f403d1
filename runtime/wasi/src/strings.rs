//! Lists of strings: the program's arguments and its environment.
//!
//! They are bytes, as POSIX passes them, and end with a zero, so that none can be in them. WASI asks
//! twice: for the number and bytes of all strings, then for a table of addresses and one
//! buffer. The guest gives both addresses, and each write is compared with its memory. Standard:
//! WASI preview 1, `args_get`, `args_sizes_get`, `environ_get`, `environ_sizes_get`.

use alloc::vec::Vec;
use core::fmt;

use tabwasm::Error;

use crate::abi::{Errno, POINTER_SIZE};
use crate::guest::{Guest, offset};

/// Strings that the guest receives as a vector of pointers and one buffer, each string followed
/// by a zero byte.
#[derive(Clone, Default)]
pub(crate) struct Strings {
    strings: Vec<Vec<u8>>,
}

impl Strings {
    /// Adds a string. An error if a byte of it is zero.
    pub(crate) fn push(&mut self, string: Vec<u8>) -> Result<(), Error> {
        if string.contains(&0) {
            let string = string.escape_ascii();
            return Err(Error::msg(format_args!(
                "a zero byte cannot stand in `{string}`"
            )));
        }
        self.strings.push(string);
        Ok(())
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
            guest.write(buffer, string)?;
            let end = offset(buffer, as_u32(string.len())?)?;
            guest.write(end, &[0])?;
            pointers = offset(pointers, POINTER_SIZE)?;
            buffer = offset(end, 1)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Strings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let strings = self.strings.iter();
        let strings = strings.map(|string| alloc::format!("{}", string.escape_ascii()));
        f.debug_list().entries(strings).finish()
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
        strings.push(b"ab".to_vec()).unwrap();
        strings.push(Vec::new()).unwrap();
        assert!(strings.push(b"a\0b".to_vec()).is_err());
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
