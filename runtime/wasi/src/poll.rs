//! `poll_oneoff`: waiting for clocks and descriptors.
//!
//! Each descriptor has its own answer: the system gives it for what it knows, a stream of the host
//! for itself, and files are always ready. What is ready is reported at once; otherwise the earliest
//! clock and the patience of the call bound the wait. Subscriptions that are wrong become events with
//! an error, as the standard asks, and do not end the call. Standard: WASI preview 1,
//! `wasi_snapshot_preview1.witx`.

use alloc::vec::Vec;

use crate::abi::{
    ClockId, Errno, EventType, FileType, MAX_WAIT, SUCCESS, Whence, event, event_fd_readwrite,
    eventrwflags, rights, subclockflags, subscription_fd_readwrite, unstable,
};
use crate::ctx::WasiCtx;
use crate::descriptor::Kind;
use crate::guest::{Guest, offset};
use crate::wait::{Interest, State, Way, wait};

/// Offsets in a subscription: what tells its kind, and what its kind brings.
struct Layout {
    bytes: u32,
    userdata: u32,
    tag: u32,
    clock_id: u32,
    clock_timeout: u32,
    clock_flags: u32,
    fd: u32,
}

/// From the module with the layouts.
macro_rules! layout {
    ($of:path) => {{
        use $of::{subscription, subscription_clock, subscription_u};
        const CONTENT: u32 = subscription::U + subscription_u::CONTENT;
        Layout {
            bytes: subscription::BYTES,
            userdata: subscription::USERDATA,
            tag: subscription::U + subscription_u::TAG,
            clock_id: CONTENT + subscription_clock::ID,
            clock_timeout: CONTENT + subscription_clock::TIMEOUT,
            clock_flags: CONTENT + subscription_clock::FLAGS,
            fd: CONTENT + subscription_fd_readwrite::FILE_DESCRIPTOR,
        }
    }};
}

const LAYOUT: Layout = layout!(crate::abi);
const OLD: Layout = layout!(unstable);

/// What the guest waits for.
struct Subscription {
    userdata: u64,
    kind: EventType,
    wish: Result<Wish, Errno>,
}

#[derive(Clone, Copy)]
enum Wish {
    /// A moment of the monotonic or real-time clock.
    Moment(ClockId, u64),
    /// A descriptor can be read or written.
    Ready(u32, Way),
}

/// An answer to a subscription: that a moment came, the state of a descriptor, or an error.
type Due = Result<State, Errno>;

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
        let layout = if guest.old { OLD } else { LAYOUT };
        let size = count.checked_mul(layout.bytes).ok_or(Errno::Fault)?;
        guest.slice(input, size)?;
        guest.slice(output, count.checked_mul(event::BYTES).ok_or(Errno::Fault)?)?;
        guest.slice(out, size_of::<u32>() as u32)?;
        guest.pay_for_items(count)?;
        let mut subscriptions = list(count as usize)?;
        for n in 0..count {
            let at = offset(input, n * layout.bytes)?;
            subscriptions.push(self.subscription(guest, at, &layout)?);
        }
        let events = self.wait_for_events(guest, &subscriptions)?;
        for (n, (subscription, due)) in (0..).zip(&events) {
            let at = offset(output, n * event::BYTES)?;
            write_event(guest, at, subscription, *due)?;
        }
        guest.write(out, &(events.len() as u32).to_le_bytes())
    }

    fn subscription(
        &mut self,
        guest: &mut Guest<'_>,
        at: u32,
        layout: &Layout,
    ) -> Result<Subscription, Errno> {
        let field = |by| offset(at, by);
        let kind = EventType::from_number(guest.u8(field(layout.tag)?)?).ok_or(Errno::Inval)?;
        let wish = match kind {
            EventType::Clock => {
                let clock = guest.u32(field(layout.clock_id)?)?;
                let timeout = guest.u64(field(layout.clock_timeout)?)?;
                let flags = guest.u16(field(layout.clock_flags)?)?;
                self.moment(guest, clock, timeout, flags)
            }
            EventType::FdRead => self.readiness(guest.u32(field(layout.fd)?)?, Way::Read),
            EventType::FdWrite => self.readiness(guest.u32(field(layout.fd)?)?, Way::Write),
        };
        let userdata = guest.u64(field(layout.userdata)?)?;
        Ok(Subscription {
            userdata,
            kind,
            wish,
        })
    }

    /// What is waited for at a descriptor, if that is one which can be read or written.
    fn readiness(&self, fd: u32, way: Way) -> Result<Wish, Errno> {
        let descriptor = self.descriptors.get(fd)?;
        descriptor.require(rights::POLL_FD_READWRITE)?;
        match (&descriptor.kind, way) {
            (Kind::File(_) | Kind::Socket(_), _)
            | (Kind::Input(_), Way::Read)
            | (Kind::Output(_), Way::Write) => Ok(Wish::Ready(fd, way)),
            (Kind::Input(_) | Kind::Output(_) | Kind::Directory(_), _) => Err(Errno::Badf),
        }
    }

    /// A time is counted from when the call was made first.
    fn moment(
        &self,
        guest: &mut Guest<'_>,
        clock: u32,
        timeout: u64,
        flags: u16,
    ) -> Result<Wish, Errno> {
        let clock = ClockId::offered(clock)?;
        let start = match flags & subclockflags::SUBSCRIPTION_CLOCK_ABSTIME {
            0 => {
                let began = guest.wait.began.get_mut(clock as usize);
                let began = began.ok_or(Errno::Badf)?;
                match *began {
                    Some(began) => began,
                    None => *began.insert(self.clock()?.now(clock)?),
                }
            }
            _ => 0,
        };
        Ok(Wish::Moment(clock, start.saturating_add(timeout)))
    }

    /// The subscriptions that are due, with what is due; waits until there is one.
    fn wait_for_events<'s>(
        &mut self,
        guest: &mut Guest<'_>,
        subscriptions: &'s [Subscription],
    ) -> Result<Vec<(&'s Subscription, Due)>, Errno> {
        let mut patience = guest.wait.patience;
        loop {
            let events = self.due(guest, subscriptions, Some(0))?;
            if !events.is_empty() {
                return Ok(events);
            }
            if patience == Some(0) {
                return Err(guest.give_up());
            }
            let left = self.until_first_moment(guest, subscriptions)?;
            let wait = match (left, patience) {
                (Some(left), Some(patience)) => Some(left.min(patience)),
                (left, patience) => left.or(patience),
            };
            let events = self.due(guest, subscriptions, wait)?;
            // A stream of the host that waited for ever and has nothing will not have it later.
            if !events.is_empty() || wait.is_none() && !self.has_source(subscriptions)? {
                return Ok(events);
            }
            // A clock of the host that the system's time does not move is told to let it pass. If it
            // stands still even then, time is counted here: the guest must not wait for ever.
            if let (Some(_), Some(wait)) = (left, wait)
                && self.until_first_moment(guest, subscriptions)? == left
            {
                self.clock()?.sleep(wait);
                if self.until_first_moment(guest, subscriptions)? == left {
                    guest.wait.passed = guest.wait.passed.saturating_add(wait);
                }
            }
            patience = patience.map(|_| 0);
        }
    }

    /// Nanoseconds until the first clock subscription is due; `None` without one.
    fn until_first_moment(
        &self,
        guest: &Guest<'_>,
        subscriptions: &[Subscription],
    ) -> Result<Option<u64>, Errno> {
        let mut first = None;
        for subscription in subscriptions {
            if let Ok(Wish::Moment(clock, at)) = subscription.wish {
                let left = at.saturating_sub(self.now(guest, clock)?);
                first = Some(first.map_or(left, |first: u64| first.min(left)));
            }
        }
        Ok(first)
    }

    /// What a clock shows, and what passed while it stood still.
    fn now(&self, guest: &Guest<'_>, clock: ClockId) -> Result<u64, Errno> {
        let shown = self.clock()?.now(clock)?;
        Ok(shown.saturating_add(guest.wait.passed))
    }

    fn has_source(&self, subscriptions: &[Subscription]) -> Result<bool, Errno> {
        for subscription in subscriptions {
            if let Ok(Wish::Ready(fd, way)) = subscription.wish
                && self.descriptors.source(fd, way)?.is_some()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The subscriptions that are due once something is or the time is over.
    fn due<'s>(
        &mut self,
        guest: &Guest<'_>,
        subscriptions: &'s [Subscription],
        timeout: Option<u64>,
    ) -> Result<Vec<(&'s Subscription, Due)>, Errno> {
        let states = self.states(subscriptions, timeout)?;
        let mut events = list(subscriptions.len())?;
        for (subscription, state) in subscriptions.iter().zip(states) {
            let due = match subscription.wish {
                Err(errno) => Some(Err(errno)),
                Ok(Wish::Moment(clock, at)) => {
                    (self.now(guest, clock)? >= at).then_some(Ok(State::READY))
                }
                Ok(Wish::Ready(fd, way)) if state.ready => Some(Ok(self.measured(fd, way, state))),
                Ok(Wish::Ready(..)) => None,
            };
            events.extend(due.map(|due| (subscription, due)));
        }
        Ok(events)
    }

    /// The state of the descriptor of each subscription, after a wait.
    fn states(
        &mut self,
        subscriptions: &[Subscription],
        timeout: Option<u64>,
    ) -> Result<Vec<State>, Errno> {
        let mut states = list(subscriptions.len())?;
        let (mut by_system, mut ready) = (0, false);
        // A stream of the host that is not ready, and would wait by itself.
        let mut waits = None;
        for subscription in subscriptions {
            let mut state = State::default();
            if let Ok(Wish::Ready(fd, way)) = subscription.wish {
                if self.descriptors.source(fd, way)?.is_some() {
                    by_system += 1;
                } else if self.is_ready(fd, Some(0))? {
                    (state, ready) = (State::READY, true);
                } else {
                    waits = waits.or(Some((states.len(), fd)));
                }
            }
            states.push(state);
        }
        let timeout = if ready { Some(0) } else { timeout };
        match (by_system, waits) {
            (0, Some((place, fd))) => {
                if timeout != Some(0) && self.is_ready(fd, timeout)? {
                    states[place] = State::READY;
                }
            }
            (0, None) => match timeout {
                Some(time) if time > 0 => self.clock()?.sleep(time),
                _ => {}
            },
            // The system does not know of the other one, which is asked again after a while.
            (_, Some(_)) => {
                let time = timeout.unwrap_or(u64::MAX).min(MAX_WAIT.into());
                self.ask_system(subscriptions, &mut states, Some(time))?;
            }
            (_, None) => self.ask_system(subscriptions, &mut states, timeout)?,
        }
        Ok(states)
    }

    /// Waits for all descriptors that the system knows.
    fn ask_system(
        &self,
        subscriptions: &[Subscription],
        states: &mut [State],
        timeout: Option<u64>,
    ) -> Result<(), Errno> {
        let mut interests = list(subscriptions.len())?;
        let mut places = list(subscriptions.len())?;
        for (place, subscription) in subscriptions.iter().enumerate() {
            if let Ok(Wish::Ready(fd, way)) = subscription.wish
                && let Some(source) = self.descriptors.source(fd, way)?
            {
                interests.push(Interest::new(source, way));
                places.push(place);
            }
        }
        wait(&mut interests, timeout)?;
        for (place, interest) in places.into_iter().zip(&interests) {
            states[place] = interest.state;
        }
        Ok(())
    }

    /// Whether what the system does not know is ready: only a stream that is read can say no.
    fn is_ready(&mut self, fd: u32, timeout: Option<u64>) -> Result<bool, Errno> {
        match &mut self.descriptors.find(fd)?.kind {
            Kind::Input(stream) => stream.ready(timeout),
            Kind::Output(_) | Kind::File(_) | Kind::Directory(_) | Kind::Socket(_) => Ok(true),
        }
    }

    /// How much of a file can be read is no question to the system's wait.
    fn measured(&mut self, fd: u32, way: Way, state: State) -> State {
        let Ok((files, file)) = self.descriptors.file(fd, 0) else {
            return state;
        };
        match (way, files.stat(file), files.seek(file, 0, Whence::Cur)) {
            (Way::Read, Ok(stat), Ok(position)) if stat.file_type == FileType::RegularFile => {
                State {
                    bytes: stat.size.saturating_sub(position),
                    ..state
                }
            }
            _ => state,
        }
    }
}

/// An empty list with room for so many.
fn list<T>(count: usize) -> Result<Vec<T>, Errno> {
    let mut list = Vec::new();
    list.try_reserve_exact(count).map_err(|_| Errno::Nomem)?;
    Ok(list)
}

fn write_event(
    guest: &mut Guest<'_>,
    at: u32,
    subscription: &Subscription,
    due: Due,
) -> Result<(), Errno> {
    guest.slice_mut(at, event::BYTES)?.fill(0);
    guest.write(
        offset(at, event::USERDATA)?,
        &subscription.userdata.to_le_bytes(),
    )?;
    let errno = due.err().map_or(SUCCESS, |errno| errno as u16);
    guest.write(offset(at, event::ERROR)?, &errno.to_le_bytes())?;
    guest.write(offset(at, event::TYPE)?, &[subscription.kind as u8])?;
    if let (Ok(state), EventType::FdRead | EventType::FdWrite) = (due, subscription.kind) {
        let field = |field| offset(at, event::FD_READWRITE + field);
        guest.write(
            field(event_fd_readwrite::NBYTES)?,
            &state.bytes.to_le_bytes(),
        )?;
        let flags = match state.hangup {
            true => eventrwflags::FD_READWRITE_HANGUP,
            false => 0,
        };
        guest.write(field(event_fd_readwrite::FLAGS)?, &flags.to_le_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;

    use super::*;
    use crate::abi::subscription;
    use crate::builder::WasiCtxBuilder;
    use crate::clock::Clock;
    use crate::guest::Wait;
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

    /// Shows one moment for ever.
    struct Stopped;

    impl Clock for Stopped {
        fn resolution(&self, _: ClockId) -> Result<u64, Errno> {
            Ok(1)
        }

        fn now(&self, _: ClockId) -> Result<u64, Errno> {
            Ok(100)
        }

        fn sleep(&self, _: u64) {}
    }

    fn subscribe(guest: &mut Guest<'_>, n: u32, kind: EventType, what: u32, timeout: u64) {
        let at = n * subscription::BYTES;
        guest
            .write(at + subscription::USERDATA, &u64::from(n + 7).to_le_bytes())
            .unwrap();
        guest.write(at + LAYOUT.tag, &[kind as u8]).unwrap();
        guest.write(at + LAYOUT.fd, &what.to_le_bytes()).unwrap();
        guest
            .write(at + LAYOUT.clock_timeout, &timeout.to_le_bytes())
            .unwrap();
    }

    #[test]
    fn a_clock_that_stands_still_ends_no_less() {
        let mut ctx = WasiCtxBuilder::new().clock(Stopped).build();
        let mut bytes = [0; 512];
        let mut guest = Guest::new(&mut bytes, u64::MAX);
        let clock = ClockId::Monotonic as u32;
        subscribe(&mut guest, 0, EventType::Clock, clock, u64::MAX);
        subscribe(&mut guest, 1, EventType::Clock, clock, 50);
        ctx.poll_oneoff(&mut guest, 0, 256, 2, 500).unwrap();
        assert_eq!((guest.u32(500), guest.u64(256)), (Ok(1), Ok(8)));

        // In slices, too.
        guest.wait = Wait {
            patience: Some(20),
            ..Wait::default()
        };
        subscribe(&mut guest, 0, EventType::FdWrite, 9, 0);
        ctx.poll_oneoff(&mut guest, 0, 256, 2, 500).unwrap();
        subscribe(&mut guest, 0, EventType::Clock, clock, 60);
        let mut again = 0;
        while ctx.poll_oneoff(&mut guest, 0, 256, 2, 500) == Err(Errno::Again) {
            again += 1;
            assert!(guest.wait.gave_up && again < 9, "{:?}", guest.wait);
        }
        assert_eq!((guest.u32(500), guest.u64(256)), (Ok(1), Ok(8)));
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
