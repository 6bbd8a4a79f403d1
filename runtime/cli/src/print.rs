//! `tabwasm print FILE [-o OUT]`: a binary in the text format.
//!
//! What is printed can be given to `tabwasm parse`. The crate `wasmprinter` does the work, for
//! modules and components, also for proposals that do not run here. What a terminal would not show is
//! escaped line by line, as strings of the text format allow.

use crate::args::Print;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::output::{self, line};

/// Writes the text.
pub fn run(args: &Print) -> ExitStatus {
    let input = match Input::read(&args.file) {
        Ok(input) => input,
        Err(unread) => return unread.report(),
    };
    let text = match wasmprinter::print_bytes(&input.bytes) {
        Ok(text) => text,
        Err(error) => {
            diagnostic::error(format_args!("cannot print `{}`: {error:#}", input.name));
            return ExitStatus::InvalidModule;
        }
    };
    if let Some(path) = &args.output {
        return output::file(path, text.as_bytes());
    }
    text.lines().for_each(|text| line!("{text}"));
    ExitStatus::Success
}
