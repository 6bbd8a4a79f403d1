//! `tabwasm completions SHELL`: the script that completes commands and options in a shell.
//!
//! It is made by `clap_complete` from the types in `args` that parse the command line, so that a
//! command or option that is added there is completed without another line anywhere.

use clap::CommandFactory;
use clap_complete::generate;

use crate::args::{Cli, Completions};
use crate::exit::ExitStatus;
use crate::output;

/// Prints the script that the shell reads.
pub fn run(args: &Completions) -> ExitStatus {
    let mut command = <Cli as CommandFactory>::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(args.shell, &mut command, name, &mut script);
    output::text(format_args!("{}", String::from_utf8_lossy(&script)));
    ExitStatus::Success
}
