//! The clone of the project that a program works on, found when the program runs.
//!
//! The compiler could write the folder into the program, but several clones can share a target
//! folder: cargo then takes the program of the first clone for that of all others, and it would
//! read and write the first one's files.

use std::env;
use std::path::{Path, PathBuf};

/// What a clone holds, and few other folders: the tables, and the sources that go with them.
const MARKS: [&str; 2] = ["spec/tiers.toml", "runtime/src"];

/// The clone around the package, if cargo runs the program as a part of that; otherwise the one around the
/// current folder. `None` outside of all clones.
pub fn workspace(package: &str) -> Option<PathBuf> {
    let run_by_cargo = env::var_os("CARGO_PKG_NAME").is_some_and(|name| name == package);
    let start = match env::var_os("CARGO_MANIFEST_DIR") {
        Some(folder) if run_by_cargo => PathBuf::from(folder),
        _ => env::current_dir().ok()?,
    };
    let mut folders = start.ancestors();
    folders
        .find(|folder| is_clone(folder))
        .map(Path::to_path_buf)
}

fn is_clone(folder: &Path) -> bool {
    MARKS.iter().all(|mark| folder.join(mark).exists())
}
