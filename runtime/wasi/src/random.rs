//! Randomness: `random_get`, and the trait behind it.
//!
//! Guests make keys from these bytes, so there is no default without the operating system: a host
//! that gives none makes the function answer `notsup`, and never a constant. Bounds and fuel come
//! first, then the bytes are written in place.

use crate::abi::Errno;
use crate::ctx::WasiCtx;
use crate::guest::Guest;

/// A source of unpredictable bytes.
pub trait Random: Send {
    /// Fills the buffer.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno>;
}

impl WasiCtx {
    pub(crate) fn random_get(
        &mut self,
        guest: &mut Guest<'_>,
        buffer: u32,
        length: u32,
    ) -> Result<(), Errno> {
        let random = self.random.as_deref_mut().ok_or(Errno::Notsup)?;
        guest.slice(buffer, length)?;
        guest.pay_for(length.into())?;
        random.fill(guest.slice_mut(buffer, length)?)
    }
}
