//! From errors of the system to errors of WASI.
//!
//! Both are the names of POSIX, so nearly every error has a namesake; numbers differ. What has none
//! is an input or output error. Standard: WASI preview 1, `typenames.witx`, `errno`.

use std::io;

use crate::abi::Errno;

/// The errno that the guest gets for an error of the system.
pub(super) fn errno(error: io::Error) -> Errno {
    match error.raw_os_error() {
        Some(number) => named(number),
        None => of_kind(error.kind()),
    }
}

/// Errors that the standard library made itself, without a number.
fn of_kind(kind: io::ErrorKind) -> Errno {
    match kind {
        io::ErrorKind::WouldBlock => Errno::Again,
        io::ErrorKind::Interrupted => Errno::Intr,
        io::ErrorKind::InvalidInput => Errno::Inval,
        io::ErrorKind::BrokenPipe => Errno::Pipe,
        io::ErrorKind::Unsupported => Errno::Notsup,
        _ => Errno::Io,
    }
}

/// From `name of the system => name of WASI,` lines: the function, and for tests the list.
macro_rules! names {
    ($($system:ident => $wasi:ident,)*) => {
        #[cfg(unix)]
        fn named(number: i32) -> Errno {
            use rustix::io::Errno as System;

            // What is no number of an error there, rustix does not take.
            if !(1..4096).contains(&number) {
                return Errno::Io;
            }
            match System::from_raw_os_error(number) {
                $(System::$system => Errno::$wasi,)*
                // A second name, with a number of its own on some systems.
                #[allow(unreachable_patterns)]
                System::OPNOTSUPP => Errno::Notsup,
                _ => Errno::Io,
            }
        }

        #[cfg(all(test, unix))]
        const NAMES: &[(i32, Errno)] = &[
            $((rustix::io::Errno::$system.raw_os_error(), Errno::$wasi),)*
        ];
    };
}

/// Systems with numbers of their own tell what kind of error it is.
#[cfg(not(unix))]
fn named(number: i32) -> Errno {
    of_kind(io::Error::from_raw_os_error(number).kind())
}

names! {
    TOOBIG => TooBig,
    ACCESS => Acces,
    ADDRINUSE => Addrinuse,
    ADDRNOTAVAIL => Addrnotavail,
    AFNOSUPPORT => Afnosupport,
    AGAIN => Again,
    ALREADY => Already,
    BADF => Badf,
    BADMSG => Badmsg,
    BUSY => Busy,
    CANCELED => Canceled,
    CHILD => Child,
    CONNABORTED => Connaborted,
    CONNREFUSED => Connrefused,
    CONNRESET => Connreset,
    DEADLK => Deadlk,
    DESTADDRREQ => Destaddrreq,
    DOM => Dom,
    DQUOT => Dquot,
    EXIST => Exist,
    FAULT => Fault,
    FBIG => Fbig,
    HOSTUNREACH => Hostunreach,
    IDRM => Idrm,
    ILSEQ => Ilseq,
    INPROGRESS => Inprogress,
    INTR => Intr,
    INVAL => Inval,
    IO => Io,
    ISCONN => Isconn,
    ISDIR => Isdir,
    LOOP => Loop,
    MFILE => Mfile,
    MLINK => Mlink,
    MSGSIZE => Msgsize,
    MULTIHOP => Multihop,
    NAMETOOLONG => Nametoolong,
    NETDOWN => Netdown,
    NETRESET => Netreset,
    NETUNREACH => Netunreach,
    NFILE => Nfile,
    NOBUFS => Nobufs,
    NODEV => Nodev,
    NOENT => Noent,
    NOEXEC => Noexec,
    NOLCK => Nolck,
    NOLINK => Nolink,
    NOMEM => Nomem,
    NOMSG => Nomsg,
    NOPROTOOPT => Noprotoopt,
    NOSPC => Nospc,
    NOSYS => Nosys,
    NOTCONN => Notconn,
    NOTDIR => Notdir,
    NOTEMPTY => Notempty,
    NOTRECOVERABLE => Notrecoverable,
    NOTSOCK => Notsock,
    NOTSUP => Notsup,
    NOTTY => Notty,
    NXIO => Nxio,
    OVERFLOW => Overflow,
    OWNERDEAD => Ownerdead,
    PERM => Perm,
    PIPE => Pipe,
    PROTO => Proto,
    PROTONOSUPPORT => Protonosupport,
    PROTOTYPE => Prototype,
    RANGE => Range,
    ROFS => Rofs,
    SPIPE => Spipe,
    SRCH => Srch,
    STALE => Stale,
    TIMEDOUT => Timedout,
    TXTBSY => Txtbsy,
    XDEV => Xdev,
}

#[cfg(all(test, unix))]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn every_errno_of_the_standard_has_its_namesake() {
        let missing: Vec<Errno> = (1..=u16::MAX)
            .map_while(Errno::from_number)
            .filter(|errno| !NAMES.iter().any(|(_, named)| named == errno))
            .collect();
        // The one that no system has.
        assert_eq!(missing, [Errno::Notcapable]);
        for &(number, expected) in NAMES {
            assert_eq!(errno(io::Error::from_raw_os_error(number)), expected);
        }
        for number in [0, -1, 4_000, 99_999] {
            assert_eq!(errno(io::Error::from_raw_os_error(number)), Errno::Io);
        }
    }
}
