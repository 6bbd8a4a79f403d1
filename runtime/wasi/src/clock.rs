//! Time: `clock_res_get`, `clock_time_get`, and the trait behind them.
//!
//! A program on bare metal has its own timer, so clocks are a trait of three functions. Without one
//! both functions answer `notsup`. `poll_oneoff` waits with the same trait. Standard: WASI preview
//! 1, `wasi_snapshot_preview1.witx`.

use crate::abi::{ClockId, Errno};
use crate::ctx::WasiCtx;
use crate::guest::Guest;

/// The clocks of the world outside. A guest's question for processor time does not reach them.
pub trait Clock: Send {
    /// Nanoseconds between two ticks.
    fn resolution(&self, clock: ClockId) -> Result<u64, Errno>;

    /// Nanoseconds: since 1970 for the real time, since any moment for the monotonic one.
    fn now(&self, clock: ClockId) -> Result<u64, Errno>;

    /// Lets this many nanoseconds pass.
    fn sleep(&self, nanoseconds: u64);
}

impl WasiCtx {
    pub(crate) fn clock_res_get(
        &mut self,
        guest: &mut Guest<'_>,
        clock: u32,
        out: u32,
    ) -> Result<(), Errno> {
        let resolution = self.clock()?.resolution(ClockId::offered(clock)?)?;
        guest.write(out, &resolution.to_le_bytes())
    }

    pub(crate) fn clock_time_get(
        &mut self,
        guest: &mut Guest<'_>,
        clock: u32,
        _precision: u64,
        out: u32,
    ) -> Result<(), Errno> {
        let now = self.clock()?.now(ClockId::offered(clock)?)?;
        guest.write(out, &now.to_le_bytes())
    }

    pub(crate) fn clock(&self) -> Result<&dyn Clock, Errno> {
        self.clock
            .as_deref()
            .map(|clock| clock as &dyn Clock)
            .ok_or(Errno::Notsup)
    }
}
