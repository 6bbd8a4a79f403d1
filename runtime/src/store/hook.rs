//! Where calls enter and leave the guest, for hosts that measure or guard it.
//!
//! A store's hook is told of each of the four; `store::erased` calls it around functions of the
//! host, `api::func::call` around those of the guest. Without a hook each of the two places asks
//! once whether there is one. The names are wasmtime's.

/// What the hook of a store is told; see [`Store::call_hook`](crate::Store::call_hook).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallHook {
    /// The host calls a function.
    CallingWasm,
    /// That call ends, or is suspended.
    ReturningFromWasm,
    /// A function of the host is called.
    CallingHost,
    /// That function returns, with results or an error.
    ReturningFromHost,
}

impl CallHook {
    /// Whether code of the host runs next.
    pub fn entering_host(&self) -> bool {
        matches!(self, Self::ReturningFromWasm | Self::CallingHost)
    }

    /// Whether code of the guest runs next.
    pub fn exiting_host(&self) -> bool {
        !self.entering_host()
    }
}
