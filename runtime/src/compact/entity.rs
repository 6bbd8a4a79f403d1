//! What a store consists of: frames, tables, memories, globals, segments.
//!
//! Each is an item of a list in the caller's memory, of a fixed size and with numbers instead of
//! references, so that lists can be in static memory and a snapshot is the items as they are.
//! Standard: section 4.2, "Runtime Structure".

use super::address::FuncAddr;
use crate::profile::{Profile, Slot};
use crate::spec::Proposal;
use crate::types::{FuncIdx, MemoryType, RefType, ValType};

/// A caller that waits for the function it has called.
#[derive(Clone, Copy, Debug, Default)]
pub struct Frame {
    pub(crate) func: FuncAddr,
    /// Offset of the instruction behind the call.
    pub(crate) ip: u32,
    /// Position in the module's table.
    pub(crate) branch: u32,
    /// Its first slot.
    pub(crate) base: u32,
}

/// A table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Table {
    pub(crate) start: u32,
    pub(crate) len: u32,
    pub(crate) max: Option<u64>,
    pub(crate) is_64: bool,
    /// Its element type, with the number of the store's type.
    pub(crate) element: RefType,
}

/// A memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Where it begins in the store's bytes.
    pub(crate) start: usize,
    /// How many bytes it has.
    pub(crate) len: usize,
    /// The most pages that it may grow to.
    pub(crate) max: Option<u64>,
    pub(crate) page_size_log2: u8,
    pub(crate) is_64: bool,
}

/// A global of a store whose slots are of this type.
#[derive(Clone, Copy, Debug, Default)]
pub struct Global<S = u64> {
    pub(crate) value: S,
    /// Its type, with the number of the store's type.
    pub(crate) content: ValType,
    pub(crate) mutable: bool,
}

/// What is left of a segment: elements of the store, or bytes of the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct Segment {
    pub(crate) start: u32,
    pub(crate) len: u32,
    pub(crate) is_element: bool,
}

impl Memory {
    /// The same, as far as modules of a profile can tell.
    #[inline(always)]
    pub(crate) fn narrowed<P: Profile>(mut self) -> Self {
        if !P::PROPOSALS.contains(Proposal::Memory64) {
            self.is_64 = false;
        }
        if !P::PROPOSALS.contains(Proposal::CustomPageSizes) {
            self.page_size_log2 = MemoryType::default().page_size_log2;
        }
        self
    }

    /// How many pages it has.
    pub(crate) fn pages(&self) -> u64 {
        self.len as u64 >> self.page_bits()
    }

    /// Binary logarithm of the size of a page, less than the bits of any address.
    pub(crate) fn page_bits(&self) -> u32 {
        u32::from(self.page_size_log2) % u32::BITS
    }

    /// The most pages that it may have, whatever memory there is.
    pub(crate) fn most_pages(&self) -> u64 {
        let ty = MemoryType {
            is_64: self.is_64,
            page_size_log2: self.page_size_log2,
            ..MemoryType::default()
        };
        self.max.unwrap_or(u64::MAX).min(ty.most_pages())
    }
}

/// Items for lists in static memory, as `Default` cannot be used there.
macro_rules! empty {
    ($($name:ty { $($field:ident: $value:expr),* })*) => {$(
        impl $name {
            /// What a list holds before it is used.
            pub const EMPTY: Self = Self { $($field: $value),* };
        }
    )*};
}

empty! {
    Frame { func: FuncAddr::new(0, FuncIdx(0)), ip: 0, branch: 0, base: 0 }
    Table { start: 0, len: 0, max: None, is_64: false, element: RefType::FUNCREF }
    Memory { start: 0, len: 0, max: None, page_size_log2: 0, is_64: false }
    Segment { start: 0, len: 0, is_element: false }
}

impl<S: Slot> Global<S> {
    /// What a list holds before it is used.
    pub const EMPTY: Self = Self {
        value: S::ZERO,
        content: ValType::I32,
        mutable: false,
    };
}
