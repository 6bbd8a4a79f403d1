//! Reading modules: binary or text, from a file or from standard input.
//!
//! Text is told by its name or its first bytes and encoded at once, so that all commands work on
//! binary modules; errors of the text keep their place in it. Whatever fails here is reported here,
//! and the caller only gets the exit code.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::diagnostic;
use crate::exit::ExitStatus;

/// Stands for standard input where a file is named.
const STDIN: &str = "-";

/// A module as given, and in binary.
#[derive(Clone, Debug)]
pub struct Input {
    /// How to speak of it.
    pub name: String,
    /// The binary module.
    pub bytes: Vec<u8>,
    /// Whether it was given as text.
    pub is_text: bool,
}

impl Input {
    /// Reads a file, or standard input for `-`; text is encoded. Errors are reported.
    pub fn read(path: &Path) -> Result<Self, ExitStatus> {
        let name = match path == STDIN {
            true => "<stdin>".to_owned(),
            false => path.display().to_string(),
        };
        let bytes = read(path).map_err(|error| {
            diagnostic::error(format_args!("cannot read `{name}`: {error}"));
            ExitStatus::Usage
        })?;
        let is_text = is_text(path, &bytes);
        if !is_text {
            return Ok(Self {
                name,
                bytes,
                is_text,
            });
        }
        match wat::parse_bytes(&bytes) {
            Ok(binary) => Ok(Self {
                name,
                bytes: binary.into_owned(),
                is_text,
            }),
            Err(mut error) => {
                error.set_path(Path::new(&name));
                diagnostic::error_with_excerpt(error);
                Err(ExitStatus::InvalidModule)
            }
        }
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path == STDIN {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path)
}

/// By its name if that says it, otherwise by its first character.
fn is_text(path: &Path, bytes: &[u8]) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("wat") => true,
        Some("wasm") => false,
        _ => bytes
            .trim_ascii_start()
            .first()
            .is_some_and(|first| b"(;".contains(first)),
    }
}
