//! `tabwasm`: run, validate and test WebAssembly modules.

use std::process;

use clap::Parser;
use tabwasm_cli::args::{Cli, Command};
use tabwasm_cli::exit::Exit;

fn main() {
    process::exit(dispatch(Cli::parse()).code());
}

fn dispatch(cli: Cli) -> Exit {
    match cli.command {
        #[cfg(feature = "std")]
        None => tabwasm_cli::run::run(&cli.run),
        #[cfg(feature = "std")]
        Some(Command::Run(run)) => tabwasm_cli::run::run(&run),
        Some(Command::Validate(validate)) => tabwasm_cli::validate::run(&validate),
        Some(Command::Wast(wast)) => tabwasm_cli::wast::run(&wast),
    }
}
