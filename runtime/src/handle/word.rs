//! Handles as words: an index, plus one so that no handle is 0, and above it a generation.
//!
//! How many bits each gets is a choice of the table's user: more for the index means more values,
//! more for the generation means that a stale handle is recognised after more reuses. 0 is never a
//! handle, so it can stand for null or for none.

/// A word that holds an index and a generation.
pub trait Handle: Copy + Eq {
    /// The most entries that it can tell apart.
    const MOST: u32;

    /// The largest generation; 0 if it holds none.
    const LAST_GENERATION: u32;

    /// The word for an index below [`Self::MOST`] and a generation of at most
    /// [`Self::LAST_GENERATION`].
    fn pack(index: u32, generation: u32) -> Self;

    /// Index and generation; nothing for 0.
    fn unpack(self) -> Option<(u32, u32)>;
}

/// A handle of 32 bits, `INDEX_BITS` of them for the index and the others for the generation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Handle32<const INDEX_BITS: u32>(u32);

/// A handle of 64 bits, half of them for the generation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Handle64(u64);

impl<const INDEX_BITS: u32> Handle32<INDEX_BITS> {
    const GENERATION_BITS: u32 = {
        assert!(INDEX_BITS > 0 && INDEX_BITS <= u32::BITS);
        u32::BITS - INDEX_BITS
    };

    /// The handle that this word is.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// As a word, which is not 0 if a table has given it out.
    pub const fn bits(self) -> u32 {
        self.0
    }
}

impl<const INDEX_BITS: u32> Handle for Handle32<INDEX_BITS> {
    const MOST: u32 = u32::MAX >> Self::GENERATION_BITS;
    const LAST_GENERATION: u32 = match u32::MAX.checked_shr(INDEX_BITS) {
        Some(last) => last,
        None => 0,
    };

    fn pack(index: u32, generation: u32) -> Self {
        let above = generation.checked_shl(INDEX_BITS).unwrap_or(0);
        Self(above | index.wrapping_add(1))
    }

    fn unpack(self) -> Option<(u32, u32)> {
        let index = (self.0 & Self::MOST).checked_sub(1)?;
        Some((index, self.0.checked_shr(INDEX_BITS).unwrap_or(0)))
    }
}

impl Handle64 {
    /// The handle that this word is.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// As a word, which is not 0 if a table has given it out.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

impl Handle for Handle64 {
    const MOST: u32 = u32::MAX;
    const LAST_GENERATION: u32 = u32::MAX;

    fn pack(index: u32, generation: u32) -> Self {
        let low = index.wrapping_add(1);
        Self(u64::from(generation) << u32::BITS | u64::from(low))
    }

    fn unpack(self) -> Option<(u32, u32)> {
        let index = (self.0 as u32).checked_sub(1)?;
        Some((index, (self.0 >> u32::BITS) as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packs<H: Handle + core::fmt::Debug>() {
        for index in [0, H::MOST / 2, H::MOST - 1] {
            for generation in [0, H::LAST_GENERATION / 2, H::LAST_GENERATION] {
                let handle = H::pack(index, generation);
                assert_eq!(handle.unpack(), Some((index, generation)));
            }
        }
    }

    #[test]
    fn all_widths() {
        packs::<Handle32<1>>();
        packs::<Handle32<8>>();
        packs::<Handle32<27>>();
        packs::<Handle32<31>>();
        packs::<Handle32<32>>();
        packs::<Handle64>();
    }

    #[test]
    fn without_generation_the_first_is_one() {
        assert_eq!(Handle32::<32>::pack(0, 0).bits(), 1);
        assert_eq!(Handle32::<32>::LAST_GENERATION, 0);
        assert_eq!(Handle32::<32>::MOST, u32::MAX);
    }

    #[test]
    fn zero_is_none() {
        assert_eq!(Handle32::<8>::from_bits(0).unpack(), None);
        assert_eq!(Handle64::from_bits(0).unpack(), None);
        // A generation without an index is none either.
        assert_eq!(Handle32::<8>::from_bits(1 << 8).unpack(), None);
        assert_eq!(Handle64::from_bits(1 << 32).unpack(), None);
    }
}
