//! Resources as the host has them.

/// A resource of whatever type that the host holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceAny {
    /// The number of the host's handle.
    pub(crate) handle: u32,
}
