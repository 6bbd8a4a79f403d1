//! Writes the official scripts as one encoded file: `encode FILE`.
//!
//! `tests/embedded/run.sh` calls it, and gives the file to the boards.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use tabwasm_tests::encode::official;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("encode: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let file = env::args_os().nth(1).ok_or("usage: encode FILE")?;
    let encoder = official()?;
    println!("encode: {encoder}");
    let bytes = encoder.finish();
    fs::write(&file, bytes).map_err(|error| format!("{}: {error}", PathBuf::from(file).display()))
}
