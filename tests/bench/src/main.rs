//! Tabwasm and its peers on the same kernels, in one process.
//!
//! `tabwasm-bench [--quick] [--rounds N] [--kernel NAME]… [--engine NAME]… [--json]` compares
//! execution, with `--simd` on kernels of vectors, with `--programs` on programs of other kinds, with
//! `--metered` where guests can be stopped, with `--unfused` without pairs of instructions that are done
//! as one, and says with `--library` how large the library is, and how long it takes to build;
//! `tabwasm-bench validate [FILE…]` compares validation with `wasmparser`;
//! `tabwasm-bench loading [FILE…]` compares how long modules take to load with wasmi;
//! `tabwasm-bench format FILE` compares how long a formatter that others wrote takes;
//! `tabwasm-bench fuel` compares what a unit of fuel buys;
//! `tabwasm-bench instances` compares how fast instances come and go, with pools and without;
//! `tabwasm-bench components` compares calls of components, loading and instantiation;
//! `tabwasm-bench differential [--twins | --against PEER] [--seconds N]` compares what random
//! modules compute;
//! `tabwasm-bench rows [--row NAME]… [--operands N]` compares what each instruction computes with
//! wasmtime, in builds with the features `differential` and `wasmtime`.
//! Against wasmi alone, as `.ci/extended` does:
//!
//! ```sh
//! cargo run --release --manifest-path tests/bench/Cargo.toml --no-default-features --features std,wasmi -- --quick
//! ```
//!
//! With `alloc` instead of `std`, the library is that of the tier `alloc`; with `dispatch-loop`, too, both
//! interpreters run their handlers in a loop.
//!
//! What the library shares with the peers' vocabularies is in two examples, programs for them, which
//! the test `peers` builds with tabwasm: `cargo run --example wasmi`, and `wasmtime`.
//!
//! With the default features it also builds Silverfir-nano and wasmtime, which takes minutes.
//!
//! Wall time on a shared machine is only worth its comparison: engines take turns on each
//! kernel in each round, and what counts is the ratio within a round.

mod components;
#[cfg(feature = "differential")]
mod differential;
mod engines;
#[cfg(feature = "wasmi")]
mod formatting;
mod fuel;
#[cfg(feature = "std")]
mod instances;
mod kernels;
mod library;
mod loading;
mod measure;
mod options;
mod report;
#[cfg(all(feature = "differential", feature = "wasmtime"))]
mod rows;
mod statistics;
mod synthetic;
mod validation;

use std::process::ExitCode;

use library::Library;
use options::{Command, USAGE};

/// Anything that goes wrong is told to a person.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match execute() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn execute() -> Result<ExitCode, Error> {
    match options::parse(std::env::args().skip(1))? {
        Command::Help => println!("{USAGE}"),
        Command::Fuel => {
            if !fuel::compare()? {
                return Ok(ExitCode::FAILURE);
            }
        }
        #[cfg(feature = "std")]
        Command::Instances => instances::compare()?,
        Command::Components => components::compare()?,
        Command::Validate(files) => validation::compare(&files)?,
        Command::Loading(files) => loading::compare(&files)?,
        #[cfg(feature = "wasmi")]
        Command::Format(file) => formatting::compare(&file)?,
        #[cfg(feature = "differential")]
        Command::Differential(options) => {
            if differential::compare(&options)? > 0 {
                return Ok(ExitCode::FAILURE);
            }
        }
        #[cfg(all(feature = "differential", feature = "wasmtime"))]
        Command::Rows(options) => {
            if rows::compare(&options)? > 0 {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Execute(plan) => {
            let results = measure::execute(&plan)?;
            let library = Library::look(plan.library)?;
            if plan.json {
                println!("{}", report::json(&results, &library));
            } else {
                print!("{}", report::text(&results, &library));
            }
            if results.failures() > 0 {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
