//! `tabwasm compile --side-table FILE -o OUT`: makes on this machine what another one need not.
//!
//! A small device then runs a module from flash without a validator. The table belongs to exactly
//! these bytes, so text, whose encoding could change, is refused. Measuring is shared with `inspect
//! --needs`.

use std::fs;

use crate::args::Compile;
use crate::diagnostic;
use crate::exit::Exit;
use crate::input::Input;
use crate::needs::measure;

/// Writes the table of a module, for `tabwasm::compact::Module::with_table`.
pub fn run(args: &Compile) -> Exit {
    let input = match Input::read(&args.file) {
        Ok(input) => input,
        Err(exit) => return exit,
    };
    if input.is_text {
        diagnostic::error("a table belongs to the bytes of a binary module; this is text");
        return Exit::Usage;
    }
    let table = match measure(&input.bytes) {
        Ok(needed) => needed.table,
        Err(reject) => {
            diagnostic::rejected(&input, &reject);
            return Exit::InvalidModule;
        }
    };
    match fs::write(&args.output, table) {
        Ok(()) => Exit::Success,
        Err(error) => {
            let output = args.output.display();
            diagnostic::error(format_args!("cannot write `{output}`: {error}"));
            Exit::Usage
        }
    }
}
