//! Lines on standard output.
//!
//! `println!` panics when the reader of a pipeline has ended, as with `tabwasm spec list | head`.
//! This prints the same and ends the process without a message instead.

use std::fmt;
use std::io::Write;

use crate::exit::ExitStatus;

/// Prints a line, coloured on terminals only; a reader that has gone away ends the process, as it
/// ends other tools of a pipeline, and without a panic.
macro_rules! line {
    ($($argument:tt)*) => {
        $crate::output::print(format_args!($($argument)*))
    };
}
pub(crate) use line;

/// What [`line!`] does.
pub(crate) fn print(line: fmt::Arguments<'_>) {
    if writeln!(anstream::stdout(), "{line}").is_err() {
        std::process::exit(ExitStatus::BrokenPipe.code());
    }
}
