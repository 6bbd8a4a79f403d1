//! Calls of all functions: one of each that succeeds, and those that fail for a reason which does not
//! follow from it. They name descriptors and paths of the world that the tests make.

use std::vec;
use std::vec::Vec;

use crate::abi::{Reason, fstflags, oflags};
use crate::descriptor::OF_FILES;
use crate::tests::{ALL, READ, ROOT};

use Param::{Buffers, Fd, Number, Out, Path, Text};

/// A parameter of a call, or two.
#[derive(Clone, Copy, Debug)]
pub(super) enum Param {
    /// A descriptor.
    Fd(u64),
    /// A number.
    Number(u64),
    /// A path, by address and length.
    Path(&'static [u8]),
    /// What a symbolic link leads to.
    Text(&'static [u8]),
    /// Two buffers, by address and number.
    Buffers,
    /// Where something is written.
    Out,
    /// An address that leads out.
    Away,
}

impl From<u64> for Param {
    fn from(number: u64) -> Self {
        Number(number)
    }
}

impl From<&'static str> for Param {
    fn from(path: &'static str) -> Self {
        Path(path.as_bytes())
    }
}

/// A call, from `name(parameters)`.
macro_rules! call {
    ($name:ident($($param:expr),*)) => {
        (stringify!($name), vec![$(Param::from($param)),*])
    };
}
pub(super) use call;

pub(super) type Call = (&'static str, Vec<Param>);

// Descriptors of a world.
pub(super) const NOT_ALLOWED: u64 = 4;
pub(super) const OTHER_FILES: u64 = 5;
pub(super) const LISTENER: u64 = 6;
pub(super) const FILE: u64 = 7;
pub(super) const DIR: u64 = 8;
pub(super) const CONNECTION: u64 = 9;
pub(super) const READ_ONLY: u64 = 10;
pub(super) const GONE: u64 = 11;
pub(super) const NOTHING: u64 = 99;
/// A call of each function that succeeds.
pub(super) fn good() -> Vec<Call> {
    let now = u64::from(fstflags::MTIM_NOW);
    vec![
        call!(args_get(Out, Out)),
        call!(args_sizes_get(Out, Out)),
        call!(environ_get(Out, Out)),
        call!(environ_sizes_get(Out, Out)),
        call!(clock_res_get(1, Out)),
        call!(clock_time_get(1, 0, Out)),
        call!(fd_advise(Fd(FILE), 0, 0, 0)),
        call!(fd_allocate(Fd(FILE), 0, 9)),
        call!(fd_close(Fd(FILE))),
        call!(fd_datasync(Fd(FILE))),
        call!(fd_fdstat_get(Fd(FILE), Out)),
        call!(fd_fdstat_set_flags(Fd(FILE), 0)),
        call!(fd_fdstat_set_rights(Fd(FILE), 0, 0)),
        call!(fd_filestat_get(Fd(FILE), Out)),
        call!(fd_filestat_set_size(Fd(FILE), 9)),
        call!(fd_filestat_set_times(Fd(FILE), 0, 0, now)),
        call!(fd_pread(Fd(FILE), Buffers, 0, Out)),
        call!(fd_prestat_get(Fd(ROOT.into()), Out)),
        call!(fd_prestat_dir_name(Fd(ROOT.into()), Out, 9)),
        call!(fd_pwrite(Fd(FILE), Buffers, 0, Out)),
        call!(fd_read(Fd(FILE), Buffers, Out)),
        call!(fd_readdir(Fd(DIR), Out, 99, 0, Out)),
        call!(fd_renumber(Fd(FILE), Fd(DIR))),
        call!(fd_seek(Fd(FILE), 1, 0, Out)),
        call!(fd_sync(Fd(FILE))),
        call!(fd_tell(Fd(FILE), Out)),
        call!(fd_write(Fd(FILE), Buffers, Out)),
        call!(path_create_directory(Fd(DIR), "new")),
        call!(path_filestat_get(Fd(DIR), 0, "file", Out)),
        call!(path_filestat_set_times(Fd(DIR), 0, "file", 0, 0, now)),
        call!(path_link(Fd(DIR), 0, "file", Fd(DIR), "new")),
        call!(path_open(Fd(DIR), 0, "file", 0, READ, 0, 0, Out)),
        call!(path_readlink(Fd(DIR), "link", Out, 9, Out)),
        call!(path_remove_directory(Fd(DIR), "empty")),
        call!(path_rename(Fd(DIR), "file", Fd(DIR), "new")),
        call!(path_symlink(Text(b"file"), Fd(DIR), "new")),
        call!(path_unlink_file(Fd(DIR), "file")),
        call!(poll_oneoff(Number(SUBSCRIPTION.into()), Out, 1, Out)),
        call!(sched_yield()),
        call!(random_get(Out, 9)),
        call!(sock_accept(Fd(LISTENER), 0, Out)),
        call!(sock_recv(Fd(CONNECTION), Buffers, 0, Out, Out)),
        call!(sock_send(Fd(CONNECTION), Buffers, 0, Out)),
        call!(sock_shutdown(Fd(CONNECTION), 1)),
    ]
}

/// What does not follow from calls that succeed.
pub(super) fn special() -> Vec<(Call, Reason)> {
    use Reason::*;

    const BEYOND: u64 = 1 << 63;
    let create = u64::from(oflags::CREAT);
    let all = OF_FILES;
    let d = Fd(DIR);
    vec![
        (call!(clock_res_get(2, Out)), CpuClock),
        (call!(clock_time_get(3, 0, Out)), CpuClock),
        (call!(clock_res_get(4, Out)), UnknownClock),
        (call!(clock_time_get(9, 0, Out)), UnknownClock),
        (call!(fd_advise(Fd(FILE), 0, 0, 6)), WrongValue),
        (call!(fd_advise(Fd(FILE), BEYOND, 0, 0)), WrongRange),
        (call!(fd_advise(Fd(0), 0, 0, 0)), NotAFile),
        (call!(fd_advise(d, 0, 0, 0)), NotAFile),
        (call!(fd_allocate(Fd(FILE), 0, 0)), WrongRange),
        (call!(fd_allocate(Fd(FILE), BEYOND, 1)), WrongRange),
        (call!(fd_allocate(Fd(FILE), BEYOND - 1, 1)), TooLarge),
        (call!(fd_allocate(Fd(1), 0, 9)), NotAFile),
        (call!(fd_datasync(Fd(1))), NotStored),
        (call!(fd_sync(Fd(0))), NotStored),
        (call!(fd_fdstat_set_flags(Fd(FILE), 99)), WrongValue),
        (call!(fd_fdstat_set_flags(Fd(FILE), 4_000_000)), WrongValue),
        (call!(fd_fdstat_set_flags(Fd(0), 1)), WrongValue),
        (call!(fd_fdstat_set_flags(d, 0)), NotAFile),
        (call!(fd_fdstat_set_rights(Fd(READ_ONLY), ALL, 0)), NoRight),
        (call!(fd_fdstat_set_rights(d, 0, 1 << 40)), NoRight),
        (call!(fd_filestat_set_size(d, 0)), NotAFile),
        (call!(fd_filestat_set_size(Fd(1), 0)), NotAFile),
        (call!(fd_filestat_set_size(Fd(FILE), BEYOND)), WrongRange),
        (call!(fd_filestat_set_times(Fd(0), 0, 0, 0)), NotStored),
        (
            call!(fd_filestat_set_times(Fd(NOT_ALLOWED), 0, 0, 0)),
            NotAllowed,
        ),
        (call!(fd_filestat_set_times(Fd(FILE), 0, 0, 3)), WrongValue),
        (call!(fd_pread(d, Buffers, 0, Out)), NotAFile),
        (call!(fd_pread(Fd(0), Buffers, 0, Out)), NoPosition),
        (call!(fd_pread(Fd(FILE), Buffers, BEYOND, Out)), WrongRange),
        (call!(fd_prestat_get(d, Out)), NotPreopened),
        (call!(fd_prestat_get(Fd(0), Out)), NotPreopened),
        (call!(fd_prestat_get(Fd(FILE), Out)), NotPreopened),
        (call!(fd_prestat_get(Fd(LISTENER), Out)), NotPreopened),
        (call!(fd_prestat_dir_name(d, Out, 9)), NotPreopened),
        (
            call!(fd_prestat_dir_name(Fd(ROOT.into()), Out, 4)),
            ShortBuffer,
        ),
        (call!(fd_pwrite(d, Buffers, 0, Out)), NotAFile),
        (call!(fd_pwrite(Fd(1), Buffers, 0, Out)), NoPosition),
        (call!(fd_pwrite(Fd(FILE), Buffers, BEYOND, Out)), WrongRange),
        (call!(fd_read(d, Buffers, Out)), OtherWay),
        (call!(fd_read(Fd(1), Buffers, Out)), OtherWay),
        (
            call!(fd_readdir(Fd(NOT_ALLOWED), Out, 99, 0, Out)),
            NotAllowed,
        ),
        (call!(fd_readdir(Fd(GONE), Out, 99, 0, Out)), Removed),
        (call!(fd_readdir(d, Out, 99, BEYOND, Out)), WrongRange),
        (call!(fd_renumber(Fd(FILE), Fd(ROOT.into()))), Preopened),
        (call!(fd_seek(d, 0, 0, Out)), NotAFile),
        (call!(fd_seek(Fd(CONNECTION), 0, 0, Out)), NoPosition),
        (call!(fd_seek(Fd(2), 1, 0, Out)), NoPosition),
        (call!(fd_seek(Fd(FILE), 0, 3, Out)), WrongValue),
        (call!(fd_seek(Fd(FILE), BEYOND, 0, Out)), WrongRange),
        (call!(fd_tell(d, Out)), NotAFile),
        (call!(fd_tell(Fd(2), Out)), NoPosition),
        (call!(fd_write(d, Buffers, Out)), OtherWay),
        (call!(fd_write(Fd(0), Buffers, Out)), OtherWay),
        (call!(path_create_directory(d, "file")), Exists),
        (call!(path_create_directory(d, ".")), Exists),
        (
            call!(path_filestat_set_times(d, 0, "file", 0, 0, 3)),
            WrongValue,
        ),
        (call!(path_link(d, 0, "file", d, "dir")), Exists),
        (call!(path_link(d, 0, "dir", d, "new")), SecondDirectory),
        (
            call!(path_link(d, 0, "file", Fd(OTHER_FILES), "new")),
            OtherFiles,
        ),
        (
            call!(path_link(d, 0, "file", Fd(NOT_ALLOWED), "new")),
            OtherPermissions,
        ),
        (
            call!(path_open(d, 0, "file", 999, READ, 0, 0, Out)),
            WrongValue,
        ),
        (
            call!(path_open(d, 0, "file", 8, READ, 0, 0, Out)),
            WrongValue,
        ),
        (call!(path_open(d, 0, "file", 5, all, 0, 0, Out)), Exists),
        (call!(path_open(d, 0, "link", 0, READ, 0, 0, Out)), IsALink),
        (
            call!(path_open(d, 0, "dir", 0, all, 0, 0, Out)),
            IsADirectory,
        ),
        (
            call!(path_open(d, 0, "dir", create, all, 0, 0, Out)),
            IsADirectory,
        ),
        (
            call!(path_open(d, 0, "file", 2, READ, 0, 0, Out)),
            NotADirectory,
        ),
        (
            call!(path_open(d, 0, "new", 0, READ, 0, 0, Out)),
            NothingThere,
        ),
        (call!(path_readlink(d, "file", Out, 9, Out)), NoLink),
        (call!(path_readlink(d, "dir", Out, 9, Out)), NoLink),
        (call!(path_remove_directory(d, "dir")), NotEmpty),
        (call!(path_remove_directory(d, "empty/..")), NotEmpty),
        (call!(path_remove_directory(d, "empty/.")), Itself),
        (call!(path_remove_directory(d, "file")), NotADirectory),
        (call!(path_rename(d, "file", d, "dir")), IsADirectory),
        (call!(path_rename(d, "empty", d, "dir")), NotEmpty),
        (call!(path_rename(d, "dir", d, "dir/new")), IntoItself),
        (call!(path_rename(d, "dir", d, "empty/.")), Dots),
        (
            call!(path_rename(d, "file", Fd(OTHER_FILES), "new")),
            OtherFiles,
        ),
        (
            call!(path_rename(d, "file", Fd(NOT_ALLOWED), "new")),
            OtherPermissions,
        ),
        (call!(path_rename(d, "dir", d, "file")), NotADirectory),
        (call!(path_symlink(Text(b"x"), d, "file")), Exists),
        (call!(path_symlink(Text(b"/x"), d, "new")), LeadsOut),
        (call!(path_unlink_file(d, "dir")), IsADirectory),
        (
            call!(poll_oneoff(Number(SUBSCRIPTION.into()), Out, 0, Out)),
            NothingToWait,
        ),
        (
            call!(poll_oneoff(Number(UNKNOWN.into()), Out, 1, Out)),
            NothingToWait,
        ),
        (call!(proc_raise(1)), NoSignals),
        (call!(sock_accept(Fd(LISTENER), 1, Out)), WrongValue),
        (
            call!(sock_recv(Fd(CONNECTION), Buffers, 4, Out, Out)),
            WrongValue,
        ),
        (
            call!(sock_send(Fd(CONNECTION), Buffers, 1, Out)),
            WrongValue,
        ),
        (call!(sock_shutdown(Fd(CONNECTION), 0)), WrongValue),
        (call!(sock_shutdown(Fd(CONNECTION), 4)), WrongValue),
    ]
}

/// What cannot be provoked, and why.
pub(super) const NOT_PROVOKED: &[(&str, Reason, &str)] = &[
    (
        "args_sizes_get",
        Reason::TooLongStrings,
        "takes 4 GiB of arguments",
    ),
    (
        "environ_sizes_get",
        Reason::TooLongStrings,
        "takes 4 GiB of variables",
    ),
];

/// A subscription to standard input, and one of an unknown kind.
pub(super) const SUBSCRIPTION: u32 = 40_000;
pub(super) const UNKNOWN: u32 = 40_100;
