//! Types of linear memories.
//!
//! Sizes are in pages. A page has 64 KiB, or one byte where the proposal `custom_page_sizes` says
//! so; `spec/types.toml` lists the sizes that there are. What the largest memory is follows from
//! page size and address type, and is computed here for validator, engines and API. Standard:
//! section 2.3, "Types", "Memory Types".

use super::ValType;
use crate::spec::wire::PageSize;

/// The type of a linear memory; sizes in pages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MemoryType {
    /// Pages that it starts with.
    pub min: u64,
    /// The most that it may grow to.
    pub max: Option<u64>,
    /// Whether it is addressed by `i64`.
    pub is_64: bool,
    /// Whether threads share it.
    pub shared: bool,
    /// Binary logarithm of the size of a page.
    pub page_size_log2: u8,
}

impl Default for MemoryType {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl MemoryType {
    /// No pages, of the size that pages have unless the module says otherwise.
    const EMPTY: Self = Self {
        min: 0,
        max: None,
        is_64: false,
        shared: false,
        page_size_log2: PageSize::Standard.code(),
    };

    /// The type of memories with this many pages of 64 KiB and 32-bit addresses.
    pub const fn new(min: u32, max: Option<u32>) -> Self {
        Self {
            min: min as u64,
            max: match max {
                Some(max) => Some(max as u64),
                None => None,
            },
            ..Self::EMPTY
        }
    }

    /// The type of memories with this many pages of 64 KiB and 64-bit addresses.
    pub const fn new64(min: u64, max: Option<u64>) -> Self {
        Self {
            min,
            max,
            is_64: true,
            ..Self::EMPTY
        }
    }

    /// Pages that it starts with.
    pub const fn minimum(&self) -> u64 {
        self.min
    }

    /// The most pages that it may grow to.
    pub const fn maximum(&self) -> Option<u64> {
        self.max
    }

    /// Whether it is addressed by `i64`.
    pub const fn is_64(&self) -> bool {
        self.is_64
    }

    /// The type of its addresses.
    #[inline]
    pub const fn index_type(&self) -> ValType {
        ValType::address(self.is_64)
    }

    /// Bytes of a page; zero if that is more than fits a word.
    pub const fn page_size(&self) -> u64 {
        match 1u64.checked_shl(self.page_size_log2 as u32) {
            Some(bytes) => bytes,
            None => 0,
        }
    }

    /// Binary logarithm of the bytes of a page.
    pub const fn page_size_log2(&self) -> u8 {
        self.page_size_log2
    }

    /// Bytes of this many pages, if they can be counted.
    pub const fn bytes(&self, pages: u64) -> Option<u64> {
        pages.checked_mul(self.page_size())
    }

    /// The most pages that any memory with such addresses and pages can have: all its bytes have
    /// an address, and the number of pages is one, too.
    pub(crate) const fn most_pages(&self) -> u64 {
        let (bits, most) = if self.is_64 {
            (u64::BITS, u64::MAX)
        } else {
            (u32::BITS, u32::MAX as u64)
        };
        match bits.checked_sub(self.page_size_log2 as u32) {
            Some(u64::BITS) => most,
            Some(bits) if 1 << bits < most => 1 << bits,
            Some(_) => most,
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_pages() {
        let most = |is_64, page_size_log2| {
            let ty = MemoryType {
                is_64,
                page_size_log2,
                ..MemoryType::default()
            };
            ty.most_pages()
        };
        assert_eq!(most(false, 16), 1 << 16);
        assert_eq!(most(false, 0), u64::from(u32::MAX));
        assert_eq!(most(true, 16), 1 << 48);
        assert_eq!(most(true, 0), u64::MAX);
        assert_eq!(most(false, 32), 1);
        assert_eq!(most(false, 33), 0);
        assert_eq!(most(true, u8::MAX), 0);
    }

    #[test]
    fn bytes_of_pages() {
        let mut ty = MemoryType::new64(0, None);
        assert_eq!(ty.page_size(), 65_536);
        assert_eq!(ty.bytes(2), Some(131_072));
        assert_eq!(ty.bytes(u64::MAX), None);
        ty.page_size_log2 = PageSize::Byte.code();
        assert_eq!(ty.page_size(), 1);
        assert_eq!(ty.bytes(u64::MAX), Some(u64::MAX));
        ty.page_size_log2 = 64;
        assert_eq!(ty.page_size(), 0);
    }
}
