//! The process: `proc_exit`, `proc_raise`, `sched_yield`.
//!
//! A guest is a call of the host, with no process of its own: it ends by an error that carries its exit code, gets
//! no signals, and lets nobody else run when it yields. Standard: WASI preview 1,
//! `wasi_snapshot_preview1.witx`.

use tabwasm::I32Exit;

use crate::abi::Errno;
use crate::ctx::WasiCtx;
use crate::guest::Guest;

impl WasiCtx {
    /// What ends the call.
    pub(crate) fn proc_exit(code: u32) -> I32Exit {
        I32Exit(code as i32)
    }

    pub(crate) fn proc_raise(&mut self, _: &mut Guest<'_>, _signal: u32) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    pub(crate) fn sched_yield(&mut self, _: &mut Guest<'_>) -> Result<(), Errno> {
        Ok(())
    }
}
