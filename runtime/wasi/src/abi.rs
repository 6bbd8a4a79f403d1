//! Numbers and layouts of WASI preview 1.
//!
//! Everything that guest and host must agree on to the byte is generated from the rows of
//! `spec/wasi/preview1.toml`. This file gives it its public name, and decides what of it is
//! accepted where the standard leaves that to the host. Standard: `typenames.witx`.

pub use crate::generated::types::*;

impl ClockId {
    /// The clock with this number.
    ///
    /// The two clocks of processor time left the standard; nobody offers them.
    pub(crate) fn offered(number: u32) -> Result<Self, Errno> {
        match Self::from_number(number) {
            Some(clock @ (Self::Realtime | Self::Monotonic)) => Ok(clock),
            Some(Self::ProcessCputimeId | Self::ThreadCputimeId) => Err(Errno::Badf),
            None => Err(Errno::Inval),
        }
    }
}
