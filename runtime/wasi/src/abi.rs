//! Numbers and layouts of WASI preview 1.
//!
//! Everything the guest and the host must agree on to the byte stands here and nowhere else, as in
//! the standard's `typenames.witx`. The functions use names; a number typed elsewhere would be a
//! second source of the same fact.

/// Why a function failed, as the guest sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Errno {
    /// The resource is unavailable now; try again.
    Again = 6,
    /// Bad file descriptor.
    Badf = 8,
    /// Bad address: a guest pointer leaves its memory.
    Fault = 21,
    /// Interrupted function.
    Intr = 27,
    /// Invalid argument.
    Inval = 28,
    /// Input or output error.
    Io = 29,
    /// Not a socket.
    Notsock = 57,
    /// Not supported.
    Notsup = 58,
    /// The value is too large for its type.
    Overflow = 61,
    /// Broken pipe.
    Pipe = 64,
    /// The descriptor cannot seek.
    Spipe = 70,
}

/// Success, where an [`Errno`] stands otherwise.
pub(crate) const SUCCESS: u16 = 0;

/// Which clock is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ClockId {
    /// Time of day: nanoseconds since 1970.
    Realtime = 0,
    /// Time that never runs backwards.
    Monotonic = 1,
}

impl ClockId {
    /// The clock with this number.
    ///
    /// The two clocks of processor time (2 and 3) left the standard; nobody offers them.
    pub(crate) fn new(number: u32) -> Result<Self, Errno> {
        [Self::Realtime, Self::Monotonic]
            .into_iter()
            .find(|clock| *clock as u32 == number)
            .ok_or(if number <= 3 {
                Errno::Badf
            } else {
                Errno::Inval
            })
    }
}

/// What kind of thing a descriptor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum FileType {
    Unknown = 0,
    CharacterDevice = 2,
}

/// The right to read.
pub(crate) const RIGHT_FD_READ: u64 = 1 << 1;
/// The right to write.
pub(crate) const RIGHT_FD_WRITE: u64 = 1 << 6;

/// The kinds of subscriptions and events of `poll_oneoff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum EventType {
    Clock = 0,
    FdRead = 1,
    FdWrite = 2,
}

impl EventType {
    pub(crate) fn new(number: u8) -> Result<Self, Errno> {
        [Self::Clock, Self::FdRead, Self::FdWrite]
            .into_iter()
            .find(|kind| *kind as u8 == number)
            .ok_or(Errno::Inval)
    }
}

/// Flag of a clock subscription: the timeout is a point in time.
pub(crate) const SUBSCRIPTION_CLOCK_ABSTIME: u16 = 1;

/// `iovec` and `ciovec`: where a buffer is and how long.
pub(crate) mod iovec {
    pub(crate) const SIZE: u32 = 8;
    pub(crate) const BUFFER: u32 = 0;
    pub(crate) const LENGTH: u32 = 4;
    /// As many as POSIX systems take at once.
    pub(crate) const MAX: u32 = 1024;
}

/// `fdstat`.
pub(crate) mod fdstat {
    pub(crate) const SIZE: u32 = 24;
    pub(crate) const FILE_TYPE: u32 = 0;
    pub(crate) const RIGHTS_BASE: u32 = 8;
}

/// `filestat`.
pub(crate) mod filestat {
    pub(crate) const SIZE: u32 = 64;
    pub(crate) const FILE_TYPE: u32 = 16;
}

/// `subscription`.
pub(crate) mod subscription {
    pub(crate) const SIZE: u32 = 48;
    pub(crate) const USERDATA: u32 = 0;
    pub(crate) const TAG: u32 = 8;
    pub(crate) const FD: u32 = 16;
    pub(crate) const CLOCK_ID: u32 = 16;
    pub(crate) const CLOCK_TIMEOUT: u32 = 24;
    pub(crate) const CLOCK_FLAGS: u32 = 40;
}

/// `event`.
pub(crate) mod event {
    pub(crate) const SIZE: u32 = 32;
    pub(crate) const USERDATA: u32 = 0;
    pub(crate) const ERROR: u32 = 8;
    pub(crate) const TYPE: u32 = 10;
    pub(crate) const NBYTES: u32 = 16;
}
