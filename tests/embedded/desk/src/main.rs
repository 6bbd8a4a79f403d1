//! Plays an encoded file on a machine with an operating system: `desk FILE`.
//!
//! With as much memory as the boards have, so that the counts are the same, whatever the byte
//! order and the width of a word.

use std::env;
use std::fs;
use std::process::ExitCode;

use tabwasm_player::format::Tag;
use tabwasm_player::{Listener, Outcome, desk, lengths};

fn main() -> ExitCode {
    let Some(file) = env::args_os().nth(1) else {
        eprintln!("usage: desk FILE");
        return ExitCode::from(2);
    };
    let bytes = match fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("desk: {}: {error}", file.display());
            return ExitCode::FAILURE;
        }
    };
    match desk::play_bytes(&bytes, lengths::MEMORY, &mut Failures) {
        Ok(counts) => {
            println!("{counts}");
            ExitCode::from(u8::from(counts.failed > 0))
        }
        Err(_) => {
            eprintln!("desk: this is no encoded script");
            ExitCode::FAILURE
        }
    }
}

/// Prints failures.
struct Failures;

impl Listener for Failures {
    fn hear(&mut self, file: &str, line: u32, tag: Tag, outcome: Outcome) {
        if let Outcome::Failed(why) = outcome {
            println!("{file}:{line}: {tag:?}: {why}");
        }
    }
}
