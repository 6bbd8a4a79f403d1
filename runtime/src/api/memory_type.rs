//! Types of memories that the host makes.
//!
//! A memory has five properties, most of them rarely needed, so a builder starts from the usual
//! ones. What a module declares is checked by the validator; what the host puts together is checked
//! here, when it is built and again when a memory is made of it. Standard: section 3.2, "Types",
//! "Memory Types".

use crate::engine::use_error::UseError;
use crate::error::Result;
use crate::spec::wire::PageSize;
use crate::types::MemoryType;

/// Makes a [`MemoryType`] from parts; at first no pages of 64 KiB, 32-bit addresses, no maximum.
///
/// ```
/// use tabwasm::MemoryTypeBuilder;
///
/// let ty = MemoryTypeBuilder::new().page_size_log2(0).min(100).build()?;
/// assert_eq!((ty.minimum(), ty.page_size()), (100, 1));
/// # Ok::<(), tabwasm::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryTypeBuilder(MemoryType);

impl MemoryTypeBuilder {
    /// No pages of 64 KiB, 32-bit addresses, no maximum.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pages to start with.
    pub fn min(&mut self, pages: u64) -> &mut Self {
        self.0.min = pages;
        self
    }

    /// The most pages that the memory may grow to; without them, the most that its address type
    /// admits.
    pub fn max(&mut self, pages: Option<u64>) -> &mut Self {
        self.0.max = pages;
        self
    }

    /// Whether it is addressed by `i64`.
    pub fn memory64(&mut self, enable: bool) -> &mut Self {
        self.0.is_64 = enable;
        self
    }

    /// Binary logarithm of the bytes of a page: 0 or 16.
    pub fn page_size_log2(&mut self, log2: u8) -> &mut Self {
        self.0.page_size_log2 = log2;
        self
    }

    /// The type.
    ///
    /// # Errors
    /// If no memory can have it.
    pub fn build(&self) -> Result<MemoryType> {
        self.0.check()?;
        Ok(self.0)
    }
}

impl MemoryType {
    /// Makes a type from parts.
    pub fn builder() -> MemoryTypeBuilder {
        MemoryTypeBuilder::new()
    }

    /// Whether the host may make such a memory.
    pub(crate) fn check(&self) -> Result<(), UseError> {
        let most = self.max.unwrap_or(self.min);
        let sized = PageSize::from_code(self.page_size_log2).is_some();
        if sized && !self.shared && self.min <= most && most <= self.most_pages() {
            Ok(())
        } else {
            Err(UseError::Configuration("no such memory can be made".into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be() {
        let build = |min, max, log2| {
            let mut builder = MemoryType::builder();
            builder.min(min).max(max).page_size_log2(log2);
            (
                builder.build().is_ok(),
                builder.memory64(true).build().is_ok(),
            )
        };
        assert_eq!(build(1, Some(2), 16), (true, true));
        assert_eq!(build(1 << 16, None, 16), (true, true));
        assert_eq!(build((1 << 16) + 1, None, 16), (false, true));
        assert_eq!(build(0, Some((1 << 48) + 1), 16), (false, false));
        assert_eq!(build(u64::from(u32::MAX), None, 0), (true, true));
        assert_eq!(build(1 << 32, None, 0), (false, true));
        assert_eq!(build(2, Some(1), 0), (false, false));
        assert_eq!(build(0, None, 12), (false, false));
    }
}
