//! `tabwasm man [COMMAND]…`: the page of the manual for a command.
//!
//! Made, as the completions are, from the types in `args` that parse the command line: a page cannot
//! say what the program does not do.

use std::io;

use clap::CommandFactory;

use crate::args::{Cli, Man};
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::output;

/// Prints the page.
pub fn run(args: &Man) -> ExitStatus {
    let mut command = <Cli as CommandFactory>::command();
    command.build();
    for name in &args.command {
        match command.find_subcommand(name) {
            Some(found) => command = found.clone(),
            None => return unknown(name, &command),
        }
    }
    match page(command) {
        Ok(page) => {
            output::text(format_args!("{page}"));
            ExitStatus::Success
        }
        Err(error) => {
            diagnostic::error(format_args!("cannot make the page: {error}"));
            ExitStatus::Failure
        }
    }
}

fn page(command: clap::Command) -> io::Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn unknown(name: &str, command: &clap::Command) -> ExitStatus {
    let of = command.get_bin_name().unwrap_or_default();
    diagnostic::error(format_args!("`{of}` has no command `{name}`"));
    let names: Vec<_> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    if !names.is_empty() {
        diagnostic::help(format_args!("it has {}", names.join(", ")));
    }
    ExitStatus::Usage
}
