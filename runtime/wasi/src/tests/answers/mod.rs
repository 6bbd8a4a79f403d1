//! Every reason for which a function can fail, provoked.
//!
//! The table names, for each function, why it fails. There is a call of each that succeeds
//! (`calls::good`), and from its parameters most failures follow: a descriptor that is not open, a
//! pointer that leads out, a path with a zero byte. What does not follow is a line of
//! `calls::special`. All of it is done in every world; then what was provoked is compared with the
//! table, in both directions.

mod below;
mod calls;

use std::collections::BTreeSet;
use std::vec::Vec;
use std::{format, vec};

use self::below::Below;
use self::calls::Param::{Buffers, Fd, Number, Out, Path, Text};
use self::calls::*;
use super::{LIST, READ, ROOT, World};
use crate::abi::{Errno, REASONS, Reason, event, fdflags, iovec, oflags, subscription};
use crate::builder::WasiCtxBuilder;
use crate::descriptor::OF_FILES;
use crate::files::{Handle, MemoryFiles};
use crate::os::HostFiles;
use crate::perms::{DirPerms, FilePerms};
use crate::pipe::{MemoryInputPipe, MemoryOutputPipe};

/// A world with all descriptors, or nothing.
fn world(kind: &str, below: &Below) -> World {
    let mut builder = WasiCtxBuilder::new();
    let host = match kind {
        "kernel" | "walk" => Some(super::scratch()),
        _ => None,
    };
    for (n, (dir, file)) in [
        (DirPerms::all(), FilePerms::all()),
        (DirPerms::empty(), FilePerms::all()),
        (DirPerms::all(), FilePerms::all()),
    ]
    .into_iter()
    .enumerate()
    {
        match &host {
            Some(host) => {
                let host = host.join(format!("{n}"));
                std::fs::create_dir(&host).expect("a directory");
                let files = match kind {
                    "walk" => HostFiles::walking(),
                    _ => HostFiles::new(),
                };
                let open = |files: &mut HostFiles| files.open_host(host).map_err(|_| Errno::Io);
                builder.preopened_files(files, open, "/data", dir, file)
            }
            None if kind == "says" => {
                let files = below.files.clone();
                builder.preopened_files(files, |_| Ok(Handle(0)), "/data", dir, file)
            }
            None => {
                let files = MemoryFiles::new();
                builder.preopened_files(files, MemoryFiles::root, "/data", dir, file)
            }
        }
        .expect("a directory");
    }
    match kind {
        "says" => builder
            .stdin(below.stream.clone())
            .stdout(below.stream.clone()),
        _ => builder
            .stdin(MemoryInputPipe::new("input"))
            .stdout(MemoryOutputPipe::new(4_096)),
    };
    builder
        .clock(below.clock.clone())
        .random(below.random.clone())
        .preopened_socket(LISTENER as u32, below.socket.clone())
        .and_then(|builder| builder.arg("program"))
        .and_then(|builder| builder.env("KEY", "value"))
        .expect("no zero bytes");
    let name = if kind == "says" { "says" } else { "world" };
    let mut world = World::new(name, &mut builder, host);
    if kind != "says" {
        world.file("file", b"content");
        for name in ["dir", "empty", "gone"] {
            world.create_directory(ROOT, name).expect("a directory");
        }
        world
            .create_directory(ROOT, "dir/inner")
            .expect("a directory");
        for (target, name) in [("file", "link"), ("loop", "loop")] {
            world.symlink(target, ROOT, name).expect("a link");
        }
    }
    let opened = world.open("file", 0, OF_FILES);
    assert_eq!(opened, Ok(FILE as u32));
    let dir = world.open(".", oflags::DIRECTORY, LIST);
    assert_eq!(dir, Ok(DIR as u32));
    let accepted = run(&mut world, &call!(sock_accept(Fd(LISTENER), 0, Out)));
    assert_eq!(accepted, Ok(()));
    assert_eq!(world.open("file", 0, READ), Ok(READ_ONLY as u32));
    if kind != "says" {
        assert_eq!(world.open("gone", oflags::DIRECTORY, LIST), Ok(GONE as u32));
        world.remove_directory(ROOT, "gone").expect("it is empty");
    }
    world
}

/// Makes a call.
fn run(world: &mut World, (name, params): &Call) -> Result<(), Errno> {
    const AWAY: u64 = 0xFFFF_FFF0;
    let mut numbers = Vec::new();
    let (mut path, mut out) = (super::PATH, super::DATA);
    for param in params {
        match *param {
            Fd(number) | Number(number) => numbers.push(number),
            Path(bytes) | Text(bytes) => {
                let length = world.put(path, bytes);
                numbers.extend([u64::from(path), u64::from(length)]);
                path += 6_000;
            }
            Buffers => {
                world.buffers(8);
                numbers.extend([super::IOVS.into(), 2]);
            }
            Out => {
                numbers.push(out.into());
                out += 256;
            }
            Param::Away => numbers.push(AWAY),
        }
    }
    world.put(SUBSCRIPTION, [0; subscription::BYTES as usize]);
    world.put(SUBSCRIPTION + 8, [1]);
    world.put(UNKNOWN + 8, [9]);
    world.call(|ctx, guest| crate::generated::functions::call(name, ctx, guest, &numbers))
}

/// Failures that follow from a call that succeeds.
fn derived((name, params): &Call) -> Vec<(Call, Reason)> {
    let mut derived = Vec::new();
    let mut with = |place: usize, param: &[Param], reason| {
        let mut params = params.clone();
        params.splice(place..=place, param.iter().copied());
        derived.push(((*name, params), reason));
    };
    let paths = name.starts_with("path_");
    for (place, param) in params.iter().enumerate() {
        match param {
            Fd(_) => {
                with(place, &[Fd(NOTHING)], Reason::NotOpen);
                if paths || *name == "fd_readdir" {
                    with(place, &[Fd(FILE)], Reason::NoDirectory);
                    with(place, &[Fd(0)], Reason::NoDirectory);
                    with(place, &[Fd(CONNECTION)], Reason::NoDirectory);
                }
                if paths {
                    with(place, &[Fd(NOT_ALLOWED)], Reason::NotAllowed);
                }
                if name.starts_with("sock_") {
                    with(place, &[Fd(FILE)], Reason::NoSocket);
                    with(place, &[Fd(1)], Reason::NoSocket);
                }
            }
            Path(_) => {
                with(place, &[Path(b"none/x")], Reason::NothingThere);
                with(place, &[Path(b"")], Reason::NothingThere);
                with(place, &[Path(b"file/x")], Reason::NotADirectory);
                with(place, &[Path(b"../x")], Reason::LeadsOut);
                with(place, &[Path(b"/x")], Reason::LeadsOut);
                with(place, &[Path(b"a\0b")], Reason::ZeroByte);
                with(place, &[Path(&[b'n'; 256])], Reason::LongName);
                with(place, &[Path(&[b'/'; 4_096])], Reason::LongName);
                with(place, &[Path(b"loop/x")], Reason::ManyLinks);
                with(place, &[Param::Away, Number(3)], Reason::Fault);
            }
            Text(_) => {
                with(place, &[Text(b"a\0b")], Reason::ZeroByte);
                with(place, &[Param::Away, Number(3)], Reason::Fault);
            }
            Buffers => with(place, &[Param::Away, Number(1)], Reason::Fault),
            Out => with(place, &[Param::Away], Reason::Fault),
            Number(number) if *number == u64::from(SUBSCRIPTION) => {
                with(place, &[Param::Away], Reason::Fault);
            }
            Number(_) | Param::Away => {}
        }
    }
    derived
}

/// Pairs of function and reason that were provoked.
#[derive(Default)]
struct Provoked(BTreeSet<(&'static str, Reason)>);

impl Provoked {
    fn expect(&mut self, world: &mut World, kind: &str, call: &Call, reason: Reason) {
        let [errno] = reason.errnos() else {
            panic!("{reason:?} has several errors");
        };
        let said = run(world, call);
        assert_eq!(said, Err(*errno), "{kind}: {call:?}: {reason:?}");
        self.0.insert((call.0, reason));
    }
}

#[test]
fn each_cell_of_the_table_is_provoked() {
    let mut provoked = Provoked::default();
    let below = Below::default();
    for kind in ["memory", "kernel", "walk"] {
        for call in good() {
            let mut new = world(kind, &below);
            assert_eq!(run(&mut new, &call), Ok(()), "{kind}: {call:?}");
            for (call, reason) in derived(&call) {
                let mut world = world(kind, &below);
                provoked.expect(&mut world, kind, &call, reason);
            }
            without_right(&mut provoked, kind, &below, &call);
        }
        for (call, reason) in special() {
            let mut world = world(kind, &below);
            provoked.expect(&mut world, kind, &call, reason);
        }
        not_enough_room(&mut provoked, kind, &below);
    }
    nothing_given(&mut provoked);
    too_much(&mut provoked, &below);
    what_stands_below_says_so(&mut provoked, &below);

    let mut cells = BTreeSet::new();
    for (name, reasons) in REASONS {
        cells.extend(reasons.iter().map(|reason| (*name, *reason)));
    }
    for (name, reason, _) in NOT_PROVOKED {
        let cell = (*name, *reason);
        assert!(cells.remove(&cell), "not in the table: {cell:?}");
        assert!(!provoked.0.contains(&cell), "was provoked: {cell:?}");
    }
    let untested: Vec<_> = cells.difference(&provoked.0).collect();
    assert!(untested.is_empty(), "not provoked: {untested:?}");
    let unknown: Vec<_> = provoked.0.difference(&cells).collect();
    assert!(unknown.is_empty(), "not in the table: {unknown:?}");
    std::println!(
        "{} cells provoked in 3 worlds, {} cannot be",
        cells.len(),
        NOT_PROVOKED.len()
    );
}

/// The descriptors of a call lose all rights, one at a time.
fn without_right(provoked: &mut Provoked, kind: &str, below: &Below, call: &Call) {
    let reasons = REASONS.iter().find(|(name, _)| *name == call.0);
    let fails = reasons.is_some_and(|(_, reasons)| reasons.contains(&Reason::NoRight));
    if !fails || call.0 == "fd_fdstat_set_rights" {
        return;
    }
    for param in &call.1 {
        if let Fd(fd) = *param {
            let mut world = world(kind, below);
            let taken = run(&mut world, &call!(fd_fdstat_set_rights(Fd(fd), 0, 0)));
            assert_eq!(taken, Ok(()));
            provoked.expect(&mut world, kind, call, Reason::NoRight);
        }
    }
}

/// Bytes, files, names and descriptors come to an end. A file system of the host says so itself.
fn not_enough_room(provoked: &mut Provoked, kind: &str, below: &Below) {
    let d = Fd(DIR);
    let open = call!(path_open(d, 0, "file", 0, READ, 0, 0, Out));
    for call in [open, call!(sock_accept(Fd(LISTENER), 0, Out))] {
        let mut world = world(kind, below);
        while run(&mut world, &call) == Ok(()) {}
        provoked.expect(&mut world, kind, &call, Reason::TooManyOpen);
    }
    if kind != "memory" {
        return;
    }
    let create = u64::from(oflags::CREAT);
    for call in [
        call!(fd_allocate(Fd(FILE), 0, 999)),
        call!(fd_filestat_set_size(Fd(FILE), 999)),
        call!(fd_pwrite(Fd(FILE), Buffers, 999, Out)),
        call!(fd_write(Fd(FILE), Buffers, Out)),
        call!(path_create_directory(d, "new")),
        call!(path_link(d, 0, "file", d, "new")),
        call!(path_open(d, 0, "new", create, OF_FILES, 0, 0, Out)),
        call!(path_symlink(Text(b"file"), d, "new")),
        call!(path_rename(d, "file", d, "new")),
    ] {
        let mut world = world(kind, below);
        if call.0 == "fd_write" {
            assert_eq!(
                run(&mut world, &call!(fd_seek(Fd(FILE), 999, 0, Out))),
                Ok(())
            );
        }
        let files: &mut MemoryFiles = world.ctx.file_system().expect("it was given");
        let full = core::mem::take(files)
            .max_bytes(7)
            .max_files(0)
            .max_entries(0);
        *files = full;
        provoked.expect(&mut world, kind, &call, Reason::NoRoom);
    }
}

/// A host that gives neither clock nor randomness.
fn nothing_given(provoked: &mut Provoked) {
    let mut world = World::new("nothing", &mut WasiCtxBuilder::new(), None);
    (world.ctx.clock, world.ctx.random) = (None, None);
    for (call, reason) in [
        (call!(clock_res_get(1, Out)), Reason::NoClock),
        (call!(clock_time_get(0, 0, Out)), Reason::NoClock),
        (call!(random_get(Out, 9)), Reason::NoRandom),
    ] {
        provoked.expect(&mut world, "nothing", &call, reason);
    }
}

/// Buffers that overlap, with more bytes than a call may move.
fn too_much(provoked: &mut Provoked, below: &Below) {
    for call in good().into_iter().filter(|(_, params)| {
        let buffers = |param: &Param| matches!(param, Buffers);
        params.iter().any(buffers)
    }) {
        let mut world = world("memory", below);
        let (count, length) = (1_024u32, 1u32 << 21);
        world.memory = vec![0; length as usize].into_boxed_slice();
        let at = 100_000;
        for n in 0..count {
            world.put(at + n * iovec::BYTES + iovec::BUF_LEN, length.to_le_bytes());
        }
        let params = call.1.iter().flat_map(|param| match param {
            Buffers => vec![Number(at.into()), Number(count.into())],
            other => vec![*other],
        });
        let call = (call.0, params.collect());
        provoked.expect(&mut world, "memory", &call, Reason::TooMuch);
    }
}

/// Errors of file systems, streams, clocks, randomness and sockets reach the guest as they are.
fn what_stands_below_says_so(provoked: &mut Provoked, below: &Below) {
    let nonblock = u64::from(fdflags::NONBLOCK);
    for (name, reasons) in REASONS {
        for reason in *reasons {
            let (says, of) = match reason {
                Reason::FilesSay => (&below.files, None),
                Reason::StreamSays => {
                    (&below.stream, Some(if *name == "fd_write" { 1 } else { 0 }))
                }
                Reason::ClockSays => (&below.clock, None),
                Reason::RandomSays => (&below.random, None),
                Reason::SocketSays | Reason::WouldWait if *name == "sock_accept" => {
                    (&below.socket, Some(LISTENER))
                }
                Reason::SocketSays | Reason::WouldWait => (&below.socket, Some(CONNECTION)),
                _ => continue,
            };
            let calls = good();
            let call = calls.iter().find(|(other, _)| other == name);
            let (_, params) = call.expect("a call that succeeds");
            let params = params.iter().map(|param| match (param, of) {
                (Fd(_), Some(fd)) => Fd(fd),
                // One that waits for a time, counted from now.
                (Number(number), _)
                    if *number == u64::from(SUBSCRIPTION) && *reason == Reason::ClockSays =>
                {
                    Number(u64::from(UNKNOWN) + 100)
                }
                _ => *param,
            });
            let call = (*name, params.collect());
            for errno in reason.errnos() {
                let mut world = world("says", below);
                if let (Reason::WouldWait, Some(fd)) = (reason, of) {
                    let call = call!(fd_fdstat_set_flags(Fd(fd), nonblock));
                    assert_eq!(run(&mut world, &call), Ok(()));
                }
                // A moment of the clock, that is not counted from now.
                world.put(UNKNOWN + 100 + 40, [1]);
                says.say(Some(*errno));
                let said = run(&mut world, &call);
                says.say(None);
                assert_eq!(said, Err(*errno), "{call:?} {reason:?}");
            }
            provoked.0.insert((name, *reason));
        }
    }
}

#[test]
fn errors_of_subscriptions_stand_in_their_events() {
    let below = Below::default();
    let mut world = world("memory", &below);
    let wrong = [
        (1, u64::from(NOTHING as u32), Errno::Badf),
        (1, 1, Errno::Badf),
        (2, 0, Errno::Badf),
        (1, DIR, Errno::Notcapable),
        (0, 2, Errno::Badf),
        (0, 7, Errno::Inval),
    ];
    for (n, (kind, what, _)) in (0..).zip(wrong) {
        let at = SUBSCRIPTION + 1_000 + n * subscription::BYTES;
        world.put(at, u64::from(n).to_le_bytes());
        world.put(at + 8, [kind]);
        world.put(at + 16, (what as u32).to_le_bytes());
    }
    let params = [
        u64::from(SUBSCRIPTION) + 1_000,
        50_000,
        wrong.len() as u64,
        512,
    ];
    let call = |world: &mut World| {
        world.call(|ctx, guest| {
            crate::generated::functions::call("poll_oneoff", ctx, guest, &params)
        })
    };
    assert_eq!(call(&mut world), Ok(()));
    assert_eq!(world.u32_at(512), wrong.len() as u32);
    for (n, (.., errno)) in (0..).zip(wrong) {
        let at = 50_000 + n * event::BYTES;
        assert_eq!(world.u64_at(at), n.into());
        let said = world.u32_at(at + event::ERROR) as u16;
        assert_eq!(said, errno as u16, "subscription {n}");
    }
}

/// Every error that the random calls see is in the table.
pub(super) fn check(name: &str, said: &str) {
    let Some(errno) = said
        .strip_prefix("Err(")
        .and_then(|rest| rest.strip_suffix(')'))
    else {
        return;
    };
    let reasons = REASONS.iter().find(|(other, _)| *other == name);
    let (_, reasons) = reasons.expect("a function of the table");
    let mut errnos = reasons.iter().flat_map(|reason| reason.errnos());
    assert!(
        errnos.any(|known| format!("{known:?}") == errno),
        "{name} said {errno}, which is not in its column"
    );
}
