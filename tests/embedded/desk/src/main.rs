//! Plays an encoded file on a machine with an operating system, in slots of 8 and of 16 bytes: `desk FILE`.
//!
//! With as much memory as the boards have, so that the counts are the same, whatever the byte
//! order and the width of a word.

use std::env;
use std::fs;
use std::process::ExitCode;

use tabwasm::profile::{NoAlloc, NoAllocVector, Profile};
use tabwasm_player::format::Tag;
use tabwasm_player::{Broken, Counts, Listener, Outcome, desk, lengths};

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
    let played = [
        ("NoAlloc", play::<NoAlloc>(&bytes)),
        ("NoAllocVector", play::<NoAllocVector>(&bytes)),
    ];
    let mut failed = false;
    for (profile, counts) in played {
        let Ok(counts) = counts else {
            eprintln!("desk: this is no encoded script");
            return ExitCode::FAILURE;
        };
        println!("{profile}: {counts}");
        failed |= counts.failed > 0;
    }
    ExitCode::from(u8::from(failed))
}

fn play<P: Profile>(bytes: &[u8]) -> Result<Counts, Broken> {
    desk::play_bytes::<P>(bytes, lengths::MEMORY, &mut Failures)
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
