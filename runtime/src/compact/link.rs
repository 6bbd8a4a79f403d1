//! What an import is linked to.
//!

use super::address::FuncAddr;

/// What an import of an instance means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// A function of another instance, or a host function that another instance has imported.
    Func(FuncAddr),
    /// A function of the host, with the host's number for it.
    Host(u32),
    /// A table, memory or global, by its number in the store.
    Entity(u32),
}

impl Link {
    /// What a list holds before it is used.
    pub const EMPTY: Self = Self::Entity(u32::MAX);

    /// The number of a host function or entity.
    pub(crate) const fn number(self) -> u32 {
        match self {
            Self::Host(number) | Self::Entity(number) => number,
            Self::Func(func) => func.bits(),
        }
    }
}

impl Default for Link {
    fn default() -> Self {
        Self::EMPTY
    }
}
