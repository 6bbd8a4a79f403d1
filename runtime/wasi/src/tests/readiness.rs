//! Waiting for many descriptors at once: pipes, files, streams of the host, clocks.
//!
//! The system answers for each pipe; a stream of the host answers for itself and is asked again; and a
//! clock of the host, which the system's time does not move, ends a wait all the same.

use std::format;
use std::fs::File;
use std::io::Write;
use std::string::String;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::vec::Vec;

use super::{OUT, READ, ROOT, World};
use crate::abi::{
    ClockId, Errno, event, event_fd_readwrite, eventrwflags, fdflags, oflags, rights, subscription,
};
use crate::builder::WasiCtxBuilder;
use crate::clock::Clock;
use crate::stream::InputStream;

/// Where subscriptions and events stand.
const INPUT: u32 = 20_000;
const OUTPUT: u32 = 40_000;

/// How many pipes there are, a third of each kind.
const PIPES: u32 = 60;

/// What a subscription waits for.
#[derive(Clone, Copy)]
enum Wish {
    Read(u32),
    Write(u32),
    /// Nanoseconds of the monotonic clock.
    Time(u64),
}

/// Which subscription, errno, bytes, and whether the other end is closed.
type Event = (u64, u16, u64, bool);

fn poll(world: &mut World, wishes: &[Wish]) -> Result<Vec<Event>, Errno> {
    for (n, wish) in (0..).zip(wishes) {
        let at = INPUT + n * subscription::BYTES;
        world.put(at, [0; subscription::BYTES as usize]);
        world.put(at, u64::from(n).to_le_bytes());
        let (kind, what, timeout) = match *wish {
            Wish::Time(time) => (0, ClockId::Monotonic as u32, time),
            Wish::Read(fd) => (1, fd, 0),
            Wish::Write(fd) => (2, fd, 0),
        };
        world.put(at + subscription::U, [kind]);
        world.put(at + subscription::U + 8, what.to_le_bytes());
        world.put(at + subscription::U + 16, timeout.to_le_bytes());
    }
    let count = wishes.len() as u32;
    world.call(|ctx, guest| ctx.poll_oneoff(guest, INPUT, OUTPUT, count, OUT))?;
    let events = (0..world.u32_at(OUT)).map(|n| {
        let at = OUTPUT + n * event::BYTES;
        let of = at + event::FD_READWRITE;
        let flags = world.u32_at(of + event_fd_readwrite::FLAGS) as u16;
        (
            world.u64_at(at + event::USERDATA),
            world.u32_at(at + event::ERROR) as u16,
            world.u64_at(of + event_fd_readwrite::NBYTES),
            flags & eventrwflags::FD_READWRITE_HANGUP != 0,
        )
    });
    Ok(events.collect())
}

fn pipe(world: &mut World, name: &str) -> (u32, File) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let path = world.host.as_ref().expect("it is on the host").join(name);
    mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a pipe");
    let fd = world
        .open(name, 0, READ | rights::POLL_FD_READWRITE)
        .expect("a pipe");
    let writer = File::options().write(true).open(path).expect("it is read");
    (fd, writer)
}

#[test]
fn each_of_many_descriptors_has_its_own_answer() {
    for mut world in World::all().into_iter().skip(1) {
        let (mut wishes, mut writers, mut silent) = (Vec::new(), Vec::new(), Vec::new());
        let mut right: Vec<Event> = Vec::new();
        for n in 0..PIPES {
            let (fd, mut writer) = pipe(&mut world, &format!("pipe{n}"));
            wishes.push(Wish::Read(fd));
            match n % 3 {
                0 => {
                    let bytes = format!("{n:n$}", n = n as usize + 1);
                    writer.write_all(bytes.as_bytes()).expect("there is room");
                    right.push((n.into(), 0, u64::from(n) + 1, false));
                }
                1 => {
                    right.push((n.into(), 0, 0, true));
                    continue;
                }
                _ => silent.push(Wish::Read(fd)),
            }
            writers.push(writer);
        }
        world.file("file", b"content");
        let file = world
            .open("file", 0, READ | rights::POLL_FD_READWRITE)
            .expect("a file");
        assert_eq!(world.seek(file, 3, 0), Ok(3));
        wishes.extend([
            Wish::Time(u64::MAX),
            Wish::Read(file),
            Wish::Read(999),
            Wish::Write(file),
        ]);
        let next = u64::from(PIPES);
        right.extend([
            (next + 1, 0, 4, false),
            (next + 2, Errno::Badf as u16, 0, false),
            (next + 3, 0, 1, false),
        ]);
        assert_eq!(poll(&mut world, &wishes), Ok(right), "{}", world.name);
        // Nothing comes but time.
        silent.push(Wish::Time(20_000_000));
        let last = silent.len() as u64 - 1;
        assert_eq!(poll(&mut world, &silent), Ok([(last, 0, 0, false)].into()));
        drop(writers);
        let closed = poll(&mut world, &silent).expect("events");
        assert_eq!(closed.len() as u64, last, "all but the clock");
        assert!(closed.iter().all(|(.., hangup)| *hangup));
    }
}

/// Ready when it was asked so often.
struct Later(u32);

impl InputStream for Later {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        Ok(buffer.len())
    }

    fn ready(&mut self, _: Option<u64>) -> Result<bool, Errno> {
        self.0 = self.0.saturating_sub(1);
        Ok(self.0 == 0)
    }
}

/// Moves when it is slept, and at no other time.
#[derive(Clone, Default)]
struct Still(Arc<AtomicU64>);

impl Clock for Still {
    fn resolution(&self, _: ClockId) -> Result<u64, Errno> {
        Ok(1)
    }

    fn now(&self, _: ClockId) -> Result<u64, Errno> {
        Ok(self.0.load(Ordering::Relaxed))
    }

    fn sleep(&self, nanoseconds: u64) {
        self.0.fetch_add(nanoseconds, Ordering::Relaxed);
    }
}

fn with(asks: u32, clock: Option<Still>) -> World {
    let host = super::scratch();
    let mut builder = WasiCtxBuilder::new();
    builder.stdin(Later(asks));
    if let Some(clock) = clock {
        builder.clock(clock);
    }
    let (dirs, files) = (crate::DirPerms::all(), crate::FilePerms::all());
    builder
        .preopened_dir(&host, "/data", dirs, files)
        .expect("a directory");
    World::new("host", &mut builder, Some(host))
}

#[test]
fn a_stream_of_the_host_is_asked_beside_the_system() {
    let mut world = with(9, None);
    let (fd, _writer) = pipe(&mut world, "pipe");
    let wishes = [Wish::Read(fd), Wish::Read(0), Wish::Time(u64::MAX)];
    assert_eq!(poll(&mut world, &wishes), Ok([(1, 0, 1, false)].into()));
}

#[test]
fn a_clock_of_the_host_ends_a_wait_for_the_system() {
    let clock = Still::default();
    let mut world = with(1, Some(clock.clone()));
    let (fd, _writer) = pipe(&mut world, "pipe");
    let wishes = [Wish::Read(fd), Wish::Time(5_000_000)];
    assert_eq!(poll(&mut world, &wishes), Ok([(1, 0, 0, false)].into()));
    assert_eq!(clock.now(ClockId::Monotonic), Ok(5_000_000));
}

#[test]
fn who_does_not_wait_is_told_so() {
    let mut world = with(3, None);
    let nonblock = fdflags::NONBLOCK.into();
    let set = world.call(|ctx, guest| ctx.fd_fdstat_set_flags(guest, 0, nonblock));
    assert_eq!(set, Ok(()));
    assert_eq!(world.read(0, 4, None), Err(Errno::Again));
    assert_eq!(world.read(0, 4, None), Err(Errno::Again));
    assert_eq!(
        world.read(0, 4, None).map(|read| read.len()),
        Ok(1),
        "one buffer"
    );
    let (fd, mut writer) = pipe(&mut world, "pipe");
    world.close(fd).expect("it is open");
    let base = READ | rights::POLL_FD_READWRITE;
    let fd = world.open_with(ROOT, 0, "pipe", 0, base, fdflags::NONBLOCK);
    let fd = fd.expect("a pipe");
    assert_eq!(world.read(fd, 4, None), Err(Errno::Again));
    writer.write_all(b"ab").expect("there is room");
    let read = world
        .read(fd, 4, None)
        .map(|read| String::from_utf8_lossy(&read).into_owned());
    assert_eq!(read.as_deref(), Ok("ab"));
    drop(writer);
    assert_eq!(world.read(fd, 4, None).as_deref(), Ok(&b""[..]));
    // Nobody reads it: it cannot be opened for writing.
    world.close(fd).expect("it is open");
    let written = world.open("pipe", oflags::CREAT, rights::FD_WRITE);
    assert_eq!(written, Err(Errno::Nxio));
}
