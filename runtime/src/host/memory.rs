//! What a function of the host sees of its caller's memory.
//!
//! Addresses and lengths come from the guest. Each access adds them without wrapping and compares
//! with the real size; what is outside is the trap that the guest's own access would be, so that a
//! host function needs no rule of its own for bad pointers.

use crate::spec::Trap;

/// The first memory of the instance that calls; empty if it has none.
///
/// Whatever is beyond its end is a trap, as it is for the guest: `?` hands it on.
#[derive(Debug)]
pub struct Memory<'a>(&'a mut [u8]);

impl<'a> Memory<'a> {
    /// A view of these bytes.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Self(bytes)
    }

    /// All of it.
    pub fn all(&mut self) -> &mut [u8] {
        self.0
    }

    /// `len` bytes from an address on.
    pub fn bytes(&mut self, at: u32, len: u32) -> Result<&mut [u8], Trap> {
        let start = at as usize;
        let end = start.checked_add(len as usize);
        end.and_then(|end| self.0.get_mut(start..end))
            .ok_or(Trap::MemoryOutOfBounds)
    }

    /// The text that `len` bytes from an address on are; nothing if they are not UTF-8.
    pub fn text(&mut self, at: u32, len: u32) -> Result<Option<&str>, Trap> {
        self.bytes(at, len)
            .map(|bytes| core::str::from_utf8(bytes).ok())
    }

    /// Copies bytes from an address on.
    pub fn read<const N: usize>(&mut self, at: u32) -> Result<[u8; N], Trap> {
        let bytes = self.bytes(at, N as u32)?;
        Ok(core::array::from_fn(|place| {
            bytes.get(place).copied().unwrap_or_default()
        }))
    }

    /// Copies bytes to an address.
    pub fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Trap> {
        let len = u32::try_from(bytes.len()).map_err(|_| Trap::MemoryOutOfBounds)?;
        self.bytes(at, len)?.copy_from_slice(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_where_the_memory_ends() {
        let mut bytes = [0; 8];
        let mut memory = Memory::new(&mut bytes);
        assert_eq!(memory.write(4, b"abcd"), Ok(()));
        assert_eq!(memory.text(4, 4), Ok(Some("abcd")));
        assert_eq!(memory.read(6), Ok(*b"cd"));
        assert_eq!(memory.bytes(5, 4).err(), Some(Trap::MemoryOutOfBounds));
        assert_eq!(
            memory.bytes(u32::MAX, u32::MAX).err(),
            Some(Trap::MemoryOutOfBounds)
        );
    }
}
