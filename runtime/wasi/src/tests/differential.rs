//! Random calls, the same in every world: what they answer must be the same.
//!
//! Names are few, so that calls meet each other's files, links and directories. The number of calls
//! is set by `TABWASM_WASI_CALLS`; a difference names the seed, the call, and what each world says.

use std::string::String;
use std::vec::Vec;
use std::{env, format};

use super::{ALL, LIST, READ, ROOT, WRITE, World};
use crate::abi::fdflags;

/// Calls of one run, unless the environment says otherwise.
const CALLS: u32 = 20_000;
/// Calls until everything begins anew.
const ROUND: u32 = 2_000;

/// Numbers that look random (xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u32) -> u32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D);
        ((mixed >> 33) % u64::from(end)) as u32
    }

    fn flip(&mut self, one_in: u32) -> bool {
        self.below(one_in) == 0
    }

    fn path(&mut self) -> String {
        const NAMES: [&str; 16] = [
            "a", "a", "a", "a", "b", "b", "b", "b", "c", "c", "c", "d", "d", "e", ".", "..",
        ];
        let count = 1 + self.below(3).min(self.below(3));
        let names: Vec<&str> = (0..count).map(|_| NAMES[self.below(16) as usize]).collect();
        let slash = if self.flip(8) { "/" } else { "" };
        format!("{}{slash}", names.join("/"))
    }

    fn fd(&mut self) -> u32 {
        if self.flip(2) {
            ROOT
        } else {
            ROOT + 1 + self.below(5)
        }
    }
}

/// What a call is, with all that it needs.
#[derive(Clone, Debug)]
enum Call {
    Open(u32, u32, String, u16, u64, u16),
    Close(u32),
    CreateDirectory(u32, String),
    RemoveDirectory(u32, String),
    Unlink(u32, String),
    Rename(u32, String, u32, String),
    Link(u32, String, u32, u32, String),
    Symlink(String, u32, String),
    ReadLink(u32, String, u32),
    Stat(u32, u32, String),
    FdStat(u32),
    Write(u32, u32, Option<u64>),
    Read(u32, u32, Option<u64>),
    Seek(u32, i64, u32),
    SetSize(u32, u64),
    Allocate(u32, u64, u64),
    SetFlags(u32, u16),
    Names(u32),
    Renumber(u32, u32),
    Rights(u32),
    Shrink(u32, u64, u64),
}

impl Call {
    fn new(numbers: &mut Numbers) -> Self {
        let at = |numbers: &mut Numbers| match numbers.flip(2) {
            true => None,
            false => Some(numbers.below(300).into()),
        };
        match numbers.below(26) {
            0..=5 => {
                let base = [READ, WRITE, WRITE, LIST, LIST, ALL][numbers.below(6) as usize];
                let how = numbers.below(16) & numbers.below(16) & numbers.below(16);
                let how = how as u16 | u16::from(base == WRITE && numbers.flip(2));
                let flags = if numbers.flip(4) { fdflags::APPEND } else { 0 };
                Self::Open(
                    numbers.fd(),
                    numbers.below(2),
                    numbers.path(),
                    how,
                    base,
                    flags,
                )
            }
            6 => Self::Close(ROOT + 1 + numbers.below(20)),
            7..=8 => Self::CreateDirectory(numbers.fd(), numbers.path()),
            9 => Self::RemoveDirectory(numbers.fd(), numbers.path()),
            10 => Self::Unlink(numbers.fd(), numbers.path()),
            11 => Self::Rename(numbers.fd(), numbers.path(), numbers.fd(), numbers.path()),
            12 => Self::Link(
                numbers.fd(),
                numbers.path(),
                numbers.below(2),
                numbers.fd(),
                numbers.path(),
            ),
            13 => Self::Symlink(numbers.path(), numbers.fd(), numbers.path()),
            14 => Self::ReadLink(numbers.fd(), numbers.path(), numbers.below(6)),
            15 => Self::Stat(numbers.fd(), numbers.below(2), numbers.path()),
            16 => Self::FdStat(numbers.fd()),
            17 => Self::Write(numbers.fd(), numbers.below(100), at(numbers)),
            18 => Self::Read(numbers.fd(), numbers.below(200), at(numbers)),
            19 => {
                let distance = i64::from(numbers.below(200)) - 50;
                Self::Seek(numbers.fd(), distance, numbers.below(4))
            }
            20 => Self::SetSize(numbers.fd(), numbers.below(300).into()),
            21 => Self::Allocate(
                numbers.fd(),
                numbers.below(300).into(),
                numbers.below(100).into(),
            ),
            22 => Self::SetFlags(numbers.fd(), numbers.below(8) as u16),
            23 => Self::Names(numbers.fd()),
            24 => Self::Renumber(numbers.fd(), numbers.fd()),
            _ if numbers.flip(4) => {
                let lose = !(1 << numbers.below(30));
                Self::Shrink(ROOT + 1 + numbers.below(8), ALL & lose, ALL)
            }
            _ => Self::Rights(numbers.fd()),
        }
    }

    /// The function that is called.
    fn function(&self) -> &'static str {
        match self {
            Self::Open(..) => "path_open",
            Self::Close(..) => "fd_close",
            Self::CreateDirectory(..) => "path_create_directory",
            Self::RemoveDirectory(..) => "path_remove_directory",
            Self::Unlink(..) => "path_unlink_file",
            Self::Rename(..) => "path_rename",
            Self::Link(..) => "path_link",
            Self::Symlink(..) => "path_symlink",
            Self::ReadLink(..) => "path_readlink",
            Self::Stat(..) => "path_filestat_get",
            Self::FdStat(..) => "fd_filestat_get",
            Self::Write(_, _, None) => "fd_write",
            Self::Write(..) => "fd_pwrite",
            Self::Read(_, _, None) => "fd_read",
            Self::Read(..) => "fd_pread",
            Self::Seek(..) => "fd_seek",
            Self::SetSize(..) => "fd_filestat_set_size",
            Self::Allocate(..) => "fd_allocate",
            Self::SetFlags(..) => "fd_fdstat_set_flags",
            Self::Names(..) => "fd_readdir",
            Self::Renumber(..) => "fd_renumber",
            Self::Rights(..) => "fd_fdstat_get",
            Self::Shrink(..) => "fd_fdstat_set_rights",
        }
    }

    fn make(&self, world: &mut World) -> String {
        match self.clone() {
            Self::Open(fd, lookup, path, how, base, flags) => {
                format!("{:?}", world.open_with(fd, lookup, path, how, base, flags))
            }
            Self::Close(fd) => format!("{:?}", world.close(fd)),
            Self::CreateDirectory(fd, path) => format!("{:?}", world.create_directory(fd, path)),
            Self::RemoveDirectory(fd, path) => format!("{:?}", world.remove_directory(fd, path)),
            Self::Unlink(fd, path) => format!("{:?}", world.unlink(fd, path)),
            Self::Rename(fd, path, to, other) => {
                format!("{:?}", world.rename((fd, path), (to, other)))
            }
            Self::Link(fd, path, lookup, to, other) => {
                format!("{:?}", world.link((fd, path), lookup, (to, other)))
            }
            Self::Symlink(target, fd, path) => format!("{:?}", world.symlink(target, fd, path)),
            Self::ReadLink(fd, path, most) => format!("{:?}", world.read_link(fd, path, most)),
            Self::Stat(fd, lookup, path) => stat(world.stat(fd, lookup, path)),
            Self::FdStat(fd) => stat(world.fd_stat(fd)),
            Self::Write(fd, length, at) => {
                let bytes: Vec<u8> = (0..length).map(|n| n as u8).collect();
                format!("{:?}", world.write(fd, &bytes, at))
            }
            Self::Read(fd, length, at) => format!("{:?}", world.read(fd, length, at)),
            Self::Seek(fd, distance, whence) => format!("{:?}", world.seek(fd, distance, whence)),
            Self::SetSize(fd, size) => {
                format!(
                    "{:?}",
                    world.call(|ctx, guest| ctx.fd_filestat_set_size(guest, fd, size))
                )
            }
            Self::Allocate(fd, at, length) => {
                format!(
                    "{:?}",
                    world.call(|ctx, guest| ctx.fd_allocate(guest, fd, at, length))
                )
            }
            Self::SetFlags(fd, flags) => {
                let flags = flags.into();
                format!(
                    "{:?}",
                    world.call(|ctx, guest| ctx.fd_fdstat_set_flags(guest, fd, flags))
                )
            }
            Self::Names(fd) => format!("{:?}", world.names(fd, 64)),
            Self::Renumber(from, to) => format!("{:?}", world.ctx.fd_renumber(from, to)),
            Self::Rights(fd) => format!("{:?}", world.rights(fd)),
            Self::Shrink(fd, base, inheriting) => {
                let set =
                    world.call(|ctx, guest| ctx.fd_fdstat_set_rights(guest, fd, base, inheriting));
                format!("{set:?}")
            }
        }
    }
}

/// Sizes and names of directories are the file system's own affair.
fn stat(stat: super::Result<(u8, u64, u64)>) -> String {
    match stat {
        Ok((3, ..)) => "directory".into(),
        other => format!("{other:?}"),
    }
}

#[test]
fn worlds_agree() {
    let calls = env::var("TABWASM_WASI_CALLS").ok();
    let calls = calls.and_then(|calls| calls.parse().ok()).unwrap_or(CALLS);
    let (mut done, mut succeeded) = (0, 0);
    for seed in 1.. {
        if done >= calls {
            break;
        }
        let mut numbers = Numbers(u64::wrapping_mul(seed, 0x9E37_79B9_7F4A_7C15));
        let mut worlds = World::all();
        let mut log = Vec::new();
        for _ in 0..ROUND {
            let call = Call::new(&mut numbers);
            let said: Vec<String> = worlds.iter_mut().map(|world| call.make(world)).collect();
            let names: Vec<&str> = worlds.iter().map(|world| world.name).collect();
            log.push(format!("{call:?} -> {}", said[0]));
            assert!(
                said.iter().all(|one| *one == said[0]),
                "seed {seed}: {call:?}: {names:?} say {said:?}; before: {:#?}",
                &log[log.len().saturating_sub(60)..]
            );
            super::answers::check(call.function(), &said[0]);
            succeeded += u32::from(!said[0].starts_with("Err"));
            done += 1;
        }
    }
    std::println!("{done} calls, {succeeded} of them succeeded");
    assert!(succeeded > done / 8, "calls do something");
}
