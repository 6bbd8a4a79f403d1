//! The directories and sockets that a guest gets: `--dir`, `--dir-ro`, `--tmpfs`, `--tcp-listen`.
//!
//! Options become preopened directories of WASI's context, in the order of their kinds; without one
//! of them a guest sees no file. The part behind `::` is the name that the guest sees. Sockets follow
//! behind the directories. Standard: WASI preview 1, `fd_prestat_get`.

use std::ffi::{OsStr, OsString};
use std::net::TcpListener;

use clap::Args;
use tabwasm::{Error, Result};
use tabwasm_wasi::files::MemoryFiles;
#[cfg(unix)]
use tabwasm_wasi::os::HostSocket;
use tabwasm_wasi::os::SystemClock;
use tabwasm_wasi::{DirPerms, FilePerms, WasiCtxBuilder};

/// Files of the guest.
#[derive(Args, Debug)]
pub struct Files {
    /// Give the guest a directory, with all below it, under another name if one follows: `--dir
    /// src::/work`.
    #[arg(long, value_name = "HOST[::GUEST]")]
    dir: Vec<OsString>,
    /// The same, but the guest can change nothing there: `--dir-ro /usr/include`.
    #[arg(long, value_name = "HOST[::GUEST]")]
    dir_ro: Vec<OsString>,
    /// Give the guest an empty directory in memory, which is gone at the end: `--tmpfs /tmp`.
    #[arg(long, value_name = "GUEST")]
    tmpfs: Vec<OsString>,
    /// Let the guest accept connections at an address, as its next descriptor behind the
    /// directories; without these, that is 3: `--tcp-listen 127.0.0.1:8080`.
    #[arg(long, value_name = "ADDR")]
    tcp_listen: Vec<String>,
}

impl Files {
    /// Gives the directories to a guest.
    ///
    /// # Errors
    /// If one cannot be opened; the message names it.
    pub fn give(&self, wasi: &mut WasiCtxBuilder) -> Result<()> {
        let dirs = (&self.dir, DirPerms::all(), FilePerms::all());
        let read_only = (&self.dir_ro, DirPerms::READ, FilePerms::READ);
        for (texts, dir_perms, file_perms) in [dirs, read_only] {
            for text in texts {
                let (host, guest) = split(text);
                let guest = guest.as_encoded_bytes();
                let given = wasi.preopened_dir(host, guest, dir_perms, file_perms);
                given.map_err(|error| {
                    let host = host.display();
                    Error::msg(format_args!("cannot open the directory `{host}`: {error}"))
                })?;
            }
        }
        for guest in &self.tmpfs {
            let files = MemoryFiles::with_clock(SystemClock::new());
            let all = (DirPerms::all(), FilePerms::all());
            let name = guest.as_encoded_bytes();
            let given = wasi.preopened_files(files, MemoryFiles::root, name, all.0, all.1);
            given.map_err(|errno| {
                let guest = guest.display();
                Error::msg(format_args!("`--tmpfs {guest}`: {errno:?}"))
            })?;
        }
        self.listen(wasi)
    }

    fn listen(&self, wasi: &mut WasiCtxBuilder) -> Result<()> {
        /// The first descriptor behind the standard streams.
        const FIRST: usize = 3;
        let directories = self.dir.len() + self.dir_ro.len() + self.tmpfs.len();
        for (fd, address) in (FIRST + directories..).zip(&self.tcp_listen) {
            let failed = |error: std::io::Error| {
                Error::msg(format_args!("cannot listen at `{address}`: {error}"))
            };
            let listener = TcpListener::bind(address).map_err(failed)?;
            #[cfg(unix)]
            wasi.preopened_socket(fd as u32, HostSocket::new(listener).map_err(failed)?)?;
            #[cfg(not(unix))]
            {
                let _ = (&mut *wasi, fd, listener);
                return Err(Error::msg("`--tcp-listen` needs Unix so far"));
            }
        }
        Ok(())
    }
}

/// A directory of the host, and what the guest calls it.
#[cfg(unix)]
fn split(text: &OsStr) -> (&OsStr, &OsStr) {
    use std::os::unix::ffi::OsStrExt;

    const BETWEEN: &[u8] = b"::";
    let bytes = text.as_bytes();
    let place = bytes.windows(BETWEEN.len()).position(|it| it == BETWEEN);
    place.map_or((text, text), |place| {
        let (host, guest) = (&bytes[..place], &bytes[place + BETWEEN.len()..]);
        (OsStr::from_bytes(host), OsStr::from_bytes(guest))
    })
}

/// A directory of the host, and what the guest calls it.
#[cfg(not(unix))]
fn split(text: &OsStr) -> (&OsStr, &OsStr) {
    let parts = text.to_str().and_then(|text| text.split_once("::"));
    parts.map_or((text, text), |(host, guest)| {
        (host.as_ref(), guest.as_ref())
    })
}
