//! One rustfmt run over all generated files.
//!
//! Emitters need not care for layout, and generated code is read like any other. The files are
//! written to a temporary folder, formatted together, since one process is much faster than one for
//! each file, and read back.

use crate::emit::Files;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, io, process};

/// Formats the Rust files by the text of a `rustfmt.toml`; the others stay as they are.
///
/// # Errors
/// A message for people, when there is no rustfmt or when it refuses a file.
pub fn format(files: Files, config: &str) -> Result<Files, String> {
    let folder = env::temp_dir().join(format!("tabwasm-codegen-{}-{:p}", process::id(), &files));
    let formatted = in_folder(files, config, &folder);
    let _ = fs::remove_dir_all(&folder);
    formatted
}

fn in_folder(files: Files, config: &str, folder: &Path) -> Result<Files, String> {
    let failed = |error: io::Error| format!("cannot format in {}: {error}", folder.display());
    for (path, text) in &files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
        fs::write(path, text).map_err(failed)?;
    }
    let configuration = folder.join("rustfmt.toml");
    fs::write(&configuration, config).map_err(failed)?;
    let mut command = Command::new("rustfmt");
    command.arg("--config-path").arg(configuration);
    // A `mod.rs` brings the files beside it.
    command.args(
        files
            .keys()
            .filter(|path| path.ends_with("mod.rs"))
            .map(|path| folder.join(path)),
    );
    run(command)?;
    let read = |path: String| {
        Ok((
            path.clone(),
            fs::read_to_string(folder.join(path)).map_err(failed)?,
        ))
    };
    files.into_keys().map(read).collect()
}

fn run(mut command: Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| {
        format!("cannot run rustfmt ({error}): install it with `rustup component add rustfmt`")
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "rustfmt refuses what an emitter wrote:\n{}",
        String::from_utf8_lossy(&output.stderr)
    ))
}
