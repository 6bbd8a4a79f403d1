//! `tabwasm parse FILE [-o OUT]`: a binary of the text format.
//!
//! All commands take text; this keeps the bytes that they work on, for instance those that a table of
//! `tabwasm compile` belongs to. The crate `wat` does the work, for modules and components.

use std::io::{self, IsTerminal, Write};

use crate::args::Parse;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::output;

/// Writes the binary.
pub fn run(args: &Parse) -> ExitStatus {
    let input = match Input::read(&args.file) {
        Ok(input) => input,
        Err(unread) => return unread.report(),
    };
    if input.text.is_none() {
        diagnostic::error(format_args!("`{}` is not text", input.name));
        return ExitStatus::Usage;
    }
    if let Some(path) = &args.output {
        return output::file(path, &input.bytes);
    }
    let mut stdout = io::stdout();
    if stdout.is_terminal() {
        diagnostic::error("a terminal does not show binaries");
        diagnostic::help("`-o` names a file");
        return ExitStatus::Usage;
    }
    let written = stdout.write_all(&input.bytes);
    output::written(written.and_then(|()| stdout.flush()));
    ExitStatus::Success
}
