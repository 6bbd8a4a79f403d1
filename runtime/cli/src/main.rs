//! `tabwasm`: run, validate and test WebAssembly modules.
//!
//! Parses the arguments, calls the command and ends the process with its exit code. Everything else
//! is in the library of this package, where tests can call it.

use std::env;
use std::process;

use tabwasm_cli::args::{Cli, Command};
#[cfg(feature = "spec")]
use tabwasm_cli::spec;
#[cfg(feature = "std")]
use tabwasm_cli::{bench, profile, run};
use tabwasm_cli::{compile, completions, inspect, man, needs, parse, print, validate, wast};

fn main() {
    let args: Vec<_> = env::args_os().collect();
    let cli = Cli::read(&args).unwrap_or_else(|error| error.exit());
    let exit = match cli.command() {
        #[cfg(feature = "std")]
        Command::Run(args) => run::run(&args),
        #[cfg(feature = "std")]
        Command::Profile(args) => profile::run(&args),
        #[cfg(feature = "std")]
        Command::Bench(args) => bench::run(&args),
        Command::Validate(args) => validate::run(&args),
        Command::Inspect(args) if args.needs => needs::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Compile(args) => compile::run(&args),
        Command::Parse(args) => parse::run(&args),
        Command::Print(args) => print::run(&args),
        Command::Wast(args) => wast::run(&args),
        #[cfg(feature = "spec")]
        Command::Spec(args) => spec::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    };
    process::exit(exit.code());
}
