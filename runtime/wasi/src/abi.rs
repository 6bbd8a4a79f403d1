//! Numbers and layouts of WASI preview 1.
//!
//! Everything that guest and host must agree on to the byte is generated from the rows of
//! `spec/wasi/preview1.toml`. This file gives it its public name, and decides what of it is
//! accepted where the standard leaves that to the host. Standard: `typenames.witx`.

pub use crate::generated::reasons::{REASONS, Reason};
pub use crate::generated::types::*;

/// What old guests (snapshot 0) know differently.
pub mod unstable {
    pub use crate::generated::unstable::*;
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_of_processor_time_are_not_offered() {
        let offered = [0, 1, 2, 3, 4].map(ClockId::offered);
        assert_eq!(
            offered,
            [
                Ok(ClockId::Realtime),
                Ok(ClockId::Monotonic),
                Err(Errno::Badf),
                Err(Errno::Badf),
                Err(Errno::Inval),
            ]
        );
    }

    #[test]
    fn errors_are_found_by_their_numbers() {
        assert_eq!(Errno::from_number(1), Some(Errno::TooBig));
        assert_eq!(Errno::from_number(76), Some(Errno::Notcapable));
        assert_eq!(Errno::from_number(77), None);
        // Success is no error, and no host can answer it as one.
        assert_eq!(Errno::from_number(SUCCESS), None);
    }

    #[test]
    fn layouts_are_those_of_the_standard() {
        let sizes = [
            dirent::BYTES,
            event::BYTES,
            fdstat::BYTES,
            filestat::BYTES,
            prestat::BYTES,
            subscription::BYTES,
        ];
        assert_eq!(sizes, [24, 32, 24, 64, 8, 48]);
        let in_subscription = subscription::U + subscription_u::CONTENT;
        assert_eq!(in_subscription + subscription_clock::FLAGS, 40);
        assert_eq!(rights::SOCK_ACCEPT, 1 << 29);
    }
}
