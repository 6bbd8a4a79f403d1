//! The addresses of a store, by which running code reaches it.
//!
//! They are raw because a host function gets the whole store back exclusively while the engine's
//! frames wait below it. They say nothing of a store's life: whoever makes or uses them promises
//! that it is live, and used by nobody else.

use core::ptr::NonNull;

use super::inner::StoreInner;

/// The addresses of a store: raw, because host functions get the store back exclusively.
#[derive(Clone, Copy)]
pub(crate) struct StorePointers {
    /// The part that does not depend on the store's data type.
    pub(crate) inner: NonNull<StoreInner>,
    /// What host closures get.
    pub(crate) typed: NonNull<()>,
}
