//! Lines on standard output and standard error.
//!
//! `println!` panics when it cannot write, as after `tabwasm spec list | head`, and `eprintln!` does
//! so, too, which would change the exit code. Here, results that cannot be written end the process
//! with a message, messages that cannot be written are lost, and lines are [`Escaped`].

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use clap::builder::styling::Style;

use crate::diagnostic;
use crate::escape::Escaped;
use crate::exit::ExitStatus;

/// Prints a line of results.
macro_rules! line {
    ($($argument:tt)*) => {
        $crate::output::styled_line(Default::default(), "", format_args!($($argument)*))
    };
}
pub(crate) use line;

/// Prints a line of results that begins with a word in a style of its own, on terminals only.
pub(crate) fn styled_line(style: Style, word: &str, rest: fmt::Arguments<'_>) {
    text(format_args!(
        "{style}{}{style:#}{}\n",
        Escaped(word),
        Escaped(rest)
    ));
}

/// Prints text of several lines that is shown as it is: none of it may be a guest's.
pub(crate) fn text(text: fmt::Arguments<'_>) {
    written(write!(anstream::stdout(), "{text}"));
}

/// Writes a file of results.
pub(crate) fn file(path: &Path, bytes: &[u8]) -> ExitStatus {
    match fs::write(path, bytes) {
        Ok(()) => ExitStatus::Success,
        Err(error) => {
            diagnostic::error(format_args!("cannot write `{}`: {error}", path.display()));
            ExitStatus::Usage
        }
    }
}

/// Ends the process if results could not be written; without a message if nobody reads them any
/// more, as other tools of a pipeline end.
pub(crate) fn written(result: io::Result<()>) {
    if let Err(error) = result {
        std::process::exit(unwritten(&error).code());
    }
}

fn unwritten(error: &io::Error) -> ExitStatus {
    if error.kind() == ErrorKind::BrokenPipe {
        return ExitStatus::BrokenPipe;
    }
    diagnostic::error(format_args!("cannot write to standard output: {error}"));
    ExitStatus::Usage
}

/// Prints a line of a message, as it is; if it cannot be written, the exit code still says what has
/// happened.
pub(crate) fn message(line: fmt::Arguments<'_>) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
