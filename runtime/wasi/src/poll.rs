//! `poll_oneoff`: waiting for clocks and streams.
//!
//! Streams that are ready are reported at once. Otherwise the earliest clock bounds the wait, which
//! one input stream does for all: a guest has one standard input. Subscriptions that are wrong
//! become events with an error, as the standard asks, and do not end the call. Standard: WASI
//! preview 1, `wasi_snapshot_preview1.witx`.

use alloc::vec::Vec;

use crate::abi::{
    ClockId, Errno, EventType, SUCCESS, event, event_fd_readwrite, rights, subclockflags,
    subscription, subscription_clock, subscription_fd_readwrite, subscription_u,
};
use crate::ctx::WasiCtx;
use crate::descriptor::Kind;
use crate::guest::{Guest, offset};

/// Offsets in a subscription: what tells its kind, and what its kind brings.
const TAG: u32 = subscription::U + subscription_u::TAG;
const CONTENT: u32 = subscription::U + subscription_u::CONTENT;
const CLOCK_ID: u32 = CONTENT + subscription_clock::ID;
const CLOCK_TIMEOUT: u32 = CONTENT + subscription_clock::TIMEOUT;
const CLOCK_FLAGS: u32 = CONTENT + subscription_clock::FLAGS;
const FD: u32 = CONTENT + subscription_fd_readwrite::FILE_DESCRIPTOR;

/// What the guest waits for.
struct Subscription {
    userdata: u64,
    kind: EventType,
    wish: Result<Wish, Errno>,
}

enum Wish {
    /// A moment of the monotonic or real-time clock.
    Moment(ClockId, u64),
    /// A stream can be read.
    Read(u32),
    /// What does not wait: a file, or a stream that is written.
    Ready,
}

impl WasiCtx {
    pub(crate) fn poll_oneoff(
        &mut self,
        guest: &mut Guest<'_>,
        input: u32,
        output: u32,
        count: u32,
        out: u32,
    ) -> Result<(), Errno> {
        // To wait for nothing would never end; the standard says `inval`.
        if count == 0 {
            return Err(Errno::Inval);
        }
        let size = count.checked_mul(subscription::BYTES).ok_or(Errno::Fault)?;
        guest.slice(input, size)?;
        guest.pay_for_items(count)?;
        let mut subscriptions = Vec::new();
        subscriptions
            .try_reserve(count as usize)
            .map_err(|_| Errno::Io)?;
        for n in 0..count {
            let at = offset(input, n * subscription::BYTES)?;
            subscriptions.push(self.subscription(guest, at)?);
        }

        let mut events = self.ready(&subscriptions, Some(0))?;
        if events.is_empty() {
            let wait = self.until_first_moment(&subscriptions)?;
            events = self.ready(&subscriptions, wait)?;
        }
        for (n, (subscription, errno)) in (0..).zip(&events) {
            let at = offset(output, n * event::BYTES)?;
            write_event(guest, at, subscription, *errno)?;
        }
        guest.write(out, &(events.len() as u32).to_le_bytes())
    }

    fn subscription(&mut self, guest: &Guest<'_>, at: u32) -> Result<Subscription, Errno> {
        let field = |by| offset(at, by);
        let kind = EventType::from_number(guest.u8(field(TAG)?)?).ok_or(Errno::Inval)?;
        let wish = match kind {
            EventType::Clock => {
                let clock = guest.u32(field(CLOCK_ID)?)?;
                let timeout = guest.u64(field(CLOCK_TIMEOUT)?)?;
                let flags = guest.u16(field(CLOCK_FLAGS)?)?;
                self.moment(clock, timeout, flags)
            }
            EventType::FdRead => {
                let fd = guest.u32(field(FD)?)?;
                self.stream_wish(fd, Wish::Read(fd))
            }
            EventType::FdWrite => {
                let fd = guest.u32(field(FD)?)?;
                self.stream_wish(fd, Wish::Ready)
            }
        };
        let userdata = guest.u64(field(subscription::USERDATA)?)?;
        Ok(Subscription {
            userdata,
            kind,
            wish,
        })
    }

    /// What is waited for at a descriptor; `wish` if it is a stream of the right direction.
    fn stream_wish(&self, fd: u32, wish: Wish) -> Result<Wish, Errno> {
        let descriptor = self.descriptors.get(fd)?;
        descriptor.require(rights::POLL_FD_READWRITE)?;
        match (&descriptor.kind, wish) {
            (Kind::File(_), _) => Ok(Wish::Ready),
            (Kind::Input(_), wish @ Wish::Read(_)) => Ok(wish),
            (Kind::Output(_), wish @ Wish::Ready) => Ok(wish),
            _ => Err(Errno::Badf),
        }
    }

    fn moment(&self, clock: u32, timeout: u64, flags: u16) -> Result<Wish, Errno> {
        let clock = ClockId::offered(clock)?;
        let start = match flags & subclockflags::SUBSCRIPTION_CLOCK_ABSTIME {
            0 => self.clock()?.now(clock)?,
            _ => 0,
        };
        Ok(Wish::Moment(clock, start.saturating_add(timeout)))
    }

    /// Nanoseconds until the first clock subscription is due; `None` without one.
    fn until_first_moment(&self, subscriptions: &[Subscription]) -> Result<Option<u64>, Errno> {
        let mut first = None;
        for subscription in subscriptions {
            if let Ok(Wish::Moment(clock, at)) = subscription.wish {
                let left = at.saturating_sub(self.clock()?.now(clock)?);
                first = Some(first.map_or(left, |first: u64| first.min(left)));
            }
        }
        Ok(first)
    }

    /// The subscriptions that are due once something is or the time is over.
    fn ready<'s>(
        &mut self,
        subscriptions: &'s [Subscription],
        wait: Option<u64>,
    ) -> Result<Vec<(&'s Subscription, u16)>, Errno> {
        let reads = subscriptions
            .iter()
            .find_map(|subscription| match subscription.wish {
                Ok(Wish::Read(fd)) => Some(fd),
                _ => None,
            });
        let readable = match (reads, wait) {
            (Some(fd), _) => self.descriptors.input(fd)?.ready(wait)?,
            (None, Some(time)) if time > 0 => {
                self.clock()?.sleep(time);
                false
            }
            _ => false,
        };
        let mut events = Vec::new();
        events
            .try_reserve(subscriptions.len())
            .map_err(|_| Errno::Io)?;
        for subscription in subscriptions {
            let due = match subscription.wish {
                Err(errno) => Some(errno as u16),
                Ok(Wish::Moment(clock, at)) => (self.clock()?.now(clock)? >= at).then_some(SUCCESS),
                Ok(Wish::Read(_)) => readable.then_some(SUCCESS),
                Ok(Wish::Ready) => Some(SUCCESS),
            };
            events.extend(due.map(|errno| (subscription, errno)));
        }
        Ok(events)
    }
}

fn write_event(
    guest: &mut Guest<'_>,
    at: u32,
    subscription: &Subscription,
    errno: u16,
) -> Result<(), Errno> {
    guest.slice_mut(at, event::BYTES)?.fill(0);
    guest.write(
        offset(at, event::USERDATA)?,
        &subscription.userdata.to_le_bytes(),
    )?;
    guest.write(offset(at, event::ERROR)?, &errno.to_le_bytes())?;
    guest.write(offset(at, event::TYPE)?, &[subscription.kind as u8])?;
    if subscription.kind != EventType::Clock && errno == SUCCESS {
        let nbytes = event::FD_READWRITE + event_fd_readwrite::NBYTES;
        guest.write(offset(at, nbytes)?, &1u64.to_le_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;
    use crate::builder::WasiCtxBuilder;
    use crate::clock::Clock;
    use crate::pipe::MemoryInputPipe;

    /// Stands still but for sleep.
    struct Still(Cell<u64>);

    impl Clock for Still {
        fn resolution(&self, _: ClockId) -> Result<u64, Errno> {
            Ok(1)
        }

        fn now(&self, _: ClockId) -> Result<u64, Errno> {
            Ok(self.0.get())
        }

        fn sleep(&self, nanoseconds: u64) {
            self.0.set(self.0.get() + nanoseconds);
        }
    }

    fn subscribe(guest: &mut Guest<'_>, n: u32, kind: EventType, what: u32, timeout: u64) {
        let at = n * subscription::BYTES;
        guest
            .write(at + subscription::USERDATA, &u64::from(n + 7).to_le_bytes())
            .unwrap();
        guest.write(at + TAG, &[kind as u8]).unwrap();
        guest.write(at + FD, &what.to_le_bytes()).unwrap();
        guest
            .write(at + CLOCK_TIMEOUT, &timeout.to_le_bytes())
            .unwrap();
    }

    #[test]
    fn the_first_clock_wakes() {
        let mut ctx = WasiCtxBuilder::new().clock(Still(Cell::new(100))).build();
        let mut bytes = [0; 512];
        let mut guest = Guest::new(&mut bytes, u64::MAX);
        subscribe(
            &mut guest,
            0,
            EventType::Clock,
            ClockId::Monotonic as u32,
            900,
        );
        subscribe(
            &mut guest,
            1,
            EventType::Clock,
            ClockId::Monotonic as u32,
            50,
        );
        ctx.poll_oneoff(&mut guest, 0, 256, 2, 500).unwrap();
        assert_eq!(guest.u32(500), Ok(1));
        assert_eq!(guest.u64(256), Ok(8));
        assert_eq!(ctx.clock().unwrap().now(ClockId::Monotonic), Ok(150));
    }

    #[test]
    fn streams_and_wrong_descriptors_answer_at_once() {
        let mut ctx = WasiCtxBuilder::new()
            .clock(Still(Cell::new(0)))
            .stdin(MemoryInputPipe::new(*b"x"))
            .build();
        let mut bytes = [0; 512];
        let mut guest = Guest::new(&mut bytes, u64::MAX);
        subscribe(
            &mut guest,
            0,
            EventType::Clock,
            ClockId::Realtime as u32,
            900,
        );
        subscribe(&mut guest, 1, EventType::FdRead, 0, 0);
        subscribe(&mut guest, 2, EventType::FdWrite, 9, 0);
        ctx.poll_oneoff(&mut guest, 0, 256, 3, 500).unwrap();
        assert_eq!(guest.u32(500), Ok(2));
        assert_eq!(guest.u16(256 + event::ERROR), Ok(SUCCESS));
        assert_eq!(
            guest.u16(256 + event::BYTES + event::ERROR),
            Ok(Errno::Badf as u16)
        );
        assert_eq!(ctx.poll_oneoff(&mut guest, 0, 0, 0, 0), Err(Errno::Inval));
        assert_eq!(
            ctx.poll_oneoff(&mut guest, 0, 0, u32::MAX, 0),
            Err(Errno::Fault)
        );
    }
}
