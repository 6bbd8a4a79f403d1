//! `tabwasm compile --side-table FILE -o OUT`: makes on this machine what another one need not.
//!
//! A small device then runs a module from flash without a validator. The table belongs to exactly
//! these bytes; that of a text to those that `tabwasm parse` makes of it. Measuring is shared with
//! `inspect --needs`.

use crate::args::Compile;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::input::Input;
use crate::needs::measure;
use crate::output;

/// Writes the table of a module, for `tabwasm::compact::Module::with_table`.
pub fn run(args: &Compile) -> ExitStatus {
    let input = match Input::read(&args.file) {
        Ok(input) => input,
        Err(unread) => return unread.report(),
    };
    let table = match measure(&input.bytes) {
        Ok(needed) => needed.table,
        Err(reject) => {
            diagnostic::rejected(&input, &reject);
            return ExitStatus::InvalidModule;
        }
    };
    output::file(&args.output, &table)
}
