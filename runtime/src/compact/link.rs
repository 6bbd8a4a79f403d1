//! What an import is linked to.
//!
//! Linking is done once, at instantiation; from then on an import is an index into the list of
//! these. An export that was imported itself is linked to what it stands for, so that no chain has
//! to be followed when it is used.

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
