//! What fuzz targets share: modules made of a fuzzer's bytes.
//!
//! Each program in `src/bin` is a target, which `run.sh` builds and runs. A target panics at what
//! should never be.

use tabwasm_generator::{Program, Random, smith};

/// A module: the bytes themselves, or what a generator makes of them. The first byte says which.
pub fn module(bytes: &[u8]) -> Option<Vec<u8>> {
    let (first, rest) = bytes.split_first()?;
    match first % 3 {
        0 => Some(rest.to_vec()),
        1 => Some(Program::new(&mut Random::of(rest)).encode()),
        _ => smith::of(rest, &smith::SMALL).ok(),
    }
}

/// The same, or two modules of which the second imports what the first exports. Inputs of single
/// modules mean what they mean there.
pub fn modules(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    match bytes.split_first()? {
        (&PAIR, rest) => {
            let pair = Program::pair(&mut Random::of(rest));
            Some(pair.iter().map(Program::encode).collect())
        }
        _ => Some(vec![module(bytes)?]),
    }
}

/// The first byte of inputs that become two modules.
const PAIR: u8 = 3;

/// What is read of a module or component, without the lines about its names. They stand in custom
/// sections that may be malformed: there each reads as far as it likes.
pub fn nameless(mut lines: Vec<String>) -> Vec<String> {
    lines.retain(|line| !matches!(line.split(' ').next(), Some("name" | "names")));
    lines
}
