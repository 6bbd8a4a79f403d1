//! `tabwasm compile --side-table FILE -o OUT`: makes on this machine what another one need not.
//!
//! A small device then runs a module from flash without a validator. The table belongs to exactly
//! these bytes, so text, whose encoding could change, is refused. Measuring is shared with `inspect
//! --needs`.

use std::fs;

use crate::args::Compile;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::needs::measure;

/// Writes the table of a module, for `tabwasm::compact::Module::with_table`.
pub fn run(args: &Compile) -> ExitStatus {
    let input = match Input::read(&args.file) {
        Ok(input) => input,
        Err(exit) => return exit,
    };
    if input.is_text {
        diagnostic::error("a table belongs to the bytes of a binary module; this is text");
        return ExitStatus::Usage;
    }
    let table = match measure(&input.bytes) {
        Ok(needed) => needed.table,
        Err(reject) => {
            diagnostic::rejected(&input, &reject);
            return ExitStatus::InvalidModule;
        }
    };
    match fs::write(&args.output, table) {
        Ok(()) => ExitStatus::Success,
        Err(error) => {
            let output = args.output.display();
            diagnostic::error(format_args!("cannot write `{output}`: {error}"));
            ExitStatus::Usage
        }
    }
}
