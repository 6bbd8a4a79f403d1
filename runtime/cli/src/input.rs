//! Reading modules: binary or text, from a file or from standard input.
//!
//! Text is told by its name or its first bytes and encoded at once, so that all commands work on
//! binary modules; errors keep their place in the text, which is kept for that. What fails here is an [`Unread`], which
//! commands show as text or as JSON.

use std::borrow::Cow;
use std::fs;
use std::io::{self, Read};
use std::mem;
use std::path::Path;

use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::json::Object;
use crate::output::line;

/// Stands for standard input where a file is named.
const STDIN: &str = "-";

/// A module as given, and in binary.
#[derive(Clone, Debug)]
pub struct Input {
    /// How to speak of it.
    pub name: String,
    /// The binary module.
    pub bytes: Vec<u8>,
    /// The text that it was given as, if it was.
    pub text: Option<String>,
}

/// A file of which there is no module.
#[derive(Clone, Debug)]
pub struct Unread {
    name: String,
    /// What is wrong; several lines, if it is the text.
    message: String,
    exit: ExitStatus,
}

impl Input {
    /// Reads a file, or standard input for `-`; text is encoded.
    ///
    /// # Errors
    /// If it cannot be read, or if its text is none of the text format.
    pub fn read(path: &Path) -> Result<Self, Unread> {
        let name = match path == STDIN {
            true => "<stdin>".to_owned(),
            false => path.display().to_string(),
        };
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                return Err(Unread {
                    message: format!("cannot read `{name}`: {error}"),
                    name,
                    exit: ExitStatus::Usage,
                });
            }
        };
        if !is_text(path, &bytes) {
            return Ok(Self {
                name,
                bytes,
                text: None,
            });
        }
        match wat::parse_bytes(&bytes).map(Cow::into_owned) {
            Ok(binary) => Ok(Self {
                name,
                bytes: binary,
                text: String::from_utf8(bytes).ok(),
            }),
            Err(mut error) => {
                error.set_path(Path::new(&name));
                Err(Unread {
                    name,
                    message: error.to_string(),
                    exit: ExitStatus::InvalidModule,
                })
            }
        }
    }

    /// The bytes, for a module to keep without a copy. What came from standard input is only lent, because
    /// nobody can read it again.
    pub(crate) fn give(&mut self, path: &Path) -> Cow<'_, [u8]> {
        match path == STDIN {
            true => Cow::Borrowed(&self.bytes),
            false => Cow::Owned(mem::take(&mut self.bytes)),
        }
    }

    /// Reads it again, if its bytes were given away; without them, if that is not possible any more.
    pub(crate) fn again(self, path: &Path) -> Self {
        match path == STDIN {
            true => self,
            false => Self::read(path).unwrap_or(self),
        }
    }
}

impl Unread {
    /// Shows what is wrong.
    pub fn report(&self) -> ExitStatus {
        diagnostic::error_with_excerpt(&self.message);
        self.exit
    }

    /// Shows it as a line of JSON, as for files whose module is judged.
    pub fn report_json(&self) -> ExitStatus {
        let verdict = match self.exit {
            ExitStatus::InvalidModule => "invalid",
            _ => "unreadable",
        };
        let line = Object::line().text("file", &self.name);
        let line = line.text("verdict", verdict);
        line!("{}", line.text("message", &self.message));
        self.exit
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
