//! The directories that a guest gets: `--dir`, `--dir-ro`, `--tmpfs`.
//!
//! Options become preopened directories of WASI's context, in the order of their kinds; without one
//! of them a guest sees no file. The part behind `::` is the name that the guest sees. Standard: WASI
//! preview 1, `fd_prestat_get`.

use clap::Args;
use tabwasm::{Error, Result};
use tabwasm_wasi::files::MemoryFiles;
use tabwasm_wasi::os::SystemClock;
use tabwasm_wasi::{DirPerms, FilePerms, WasiCtxBuilder};

/// Files of the guest.
#[derive(Args, Debug)]
pub struct Files {
    /// Give the guest a directory, with all below it, under another name if one follows: `--dir
    /// src::/work`.
    #[arg(long, value_name = "HOST[::GUEST]")]
    dir: Vec<String>,
    /// The same, but the guest can change nothing there: `--dir-ro /usr/include`.
    #[arg(long, value_name = "HOST[::GUEST]")]
    dir_ro: Vec<String>,
    /// Give the guest an empty directory in memory, which is gone at the end: `--tmpfs /tmp`.
    #[arg(long, value_name = "GUEST")]
    tmpfs: Vec<String>,
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
                let (host, guest) = text.split_once("::").unwrap_or((text, text));
                let given = wasi.preopened_dir(host, guest, dir_perms, file_perms);
                given.map_err(|error| {
                    Error::msg(format_args!("cannot open the directory `{host}`: {error}"))
                })?;
            }
        }
        for guest in &self.tmpfs {
            let files = MemoryFiles::with_clock(SystemClock::new());
            let all = (DirPerms::all(), FilePerms::all());
            let given = wasi.preopened_files(files, MemoryFiles::root, guest, all.0, all.1);
            given.map_err(|errno| Error::msg(format_args!("`--tmpfs {guest}`: {errno:?}")))?;
        }
        Ok(())
    }
}
