//! Official test scripts (`.wast`), run through the public API of the library.
//!
//! The language is described in `interpreter/README.md` of the specification's repository. What
//! is counted:
//!
//! - a directive *passes* or *fails*;
//! - a component is what a module is: `(component …)` defines and instantiates, and so on;
//! - a module that needs a proposal which the library does not have is *skipped*, with the
//!   proposal's name, and so is every directive that depends on it;
//! - an assertion that text is malformed, answered by the text parser alone, says nothing about
//!   the library: *text only*, counted apart.

mod buffers;
mod compact;
mod engine;
mod execute;
mod library;
mod report;
mod runner;
mod spectest;
mod value;

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tabwasm::Config;
use tabwasm::profile::{NoAlloc, NoAllocVector, Profile};
use tabwasm::spec::Proposal;
use wast::Wast;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

use buffers::{Lists, Modules};
use compact::Compact;
use engine::Engines;
use library::Library;
pub use report::{Failure, Report};
use runner::Runner;
pub use spectest::TEXT as SPECTEST;

/// The part of the library that runs scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The engine of this build: the tiers `alloc` and `std`.
    Engine,
    /// [`tabwasm::compact`]: the tier `no_alloc`.
    Compact,
}

/// What the scripts of the Component Model use beyond a release of WASI: the options that the
/// suite's own README gives to an implementation.
const COMPONENT_GATES: [Proposal; 4] = [
    Proposal::ComponentModelAsyncStackful,
    Proposal::ComponentModelMoreAsyncBuiltins,
    Proposal::ComponentModelThreading,
    Proposal::ComponentModelFixedLengthLists,
];

/// What modules and components of official scripts may be: what they may be by default, and
/// components what their scripts use.
pub fn config() -> Config {
    let mut config = Config::new();
    for proposal in COMPONENT_GATES {
        config.wasm_proposal(proposal, true);
    }
    config
}

/// Runs a script; `name` is how to speak of it, and `config` says what modules may be.
pub fn run(name: &str, text: &str, subject: Subject, config: &Config) -> Report {
    let mut report = Report::new(name);
    let run = AssertUnwindSafe(|| parse(text, subject, config, &mut report));
    match catch_unwind(run) {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            let place = error.span().linecol_in(text);
            report.fail(place, "script", error.message());
        }
        Err(panic) => {
            let message = format!("panicked: {}", panic_message(panic.as_ref()));
            report.fail((0, 0), "script", message);
        }
    }
    report
}

fn parse(
    text: &str,
    subject: Subject,
    config: &Config,
    report: &mut Report,
) -> Result<(), wast::Error> {
    let buffer = buffer(text)?;
    let script: Wast<'_> = parser::parse(&buffer)?;
    match subject {
        Subject::Engine => play(script, text, Engines::new(config), report),
        Subject::Compact => {
            let before = report.clone();
            if compact::<NoAlloc>(script, text, config, report) {
                *report = before;
                // A script that has been played is used up, and its text with it.
                let buffer = self::buffer(text)?;
                compact::<NoAllocVector>(parser::parse(&buffer)?, text, config, report);
            }
        }
    }
    Ok(())
}

/// A text that can be parsed once.
fn buffer(text: &str) -> Result<ParseBuffer<'_>, wast::Error> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    ParseBuffer::new_with_lexer(lexer)
}

/// Plays a script in a profile of the compact engine; says whether a module needs vectors, which
/// the profile lacks.
fn compact<P: Profile>(script: Wast<'_>, text: &str, config: &Config, report: &mut Report) -> bool {
    // Each directive brings one module at most, and `spectest` is one more.
    let count = script.directives.len() + 1;
    let lacking = Cell::new(false);
    let mut modules = Modules::new(count);
    let mut lists = Lists::new(count, config);
    let library = Compact::<P>::new(config, &mut modules, &mut lists, &lacking);
    play(script, text, library, report);
    lacking.get()
}

fn play<L: Library>(
    script: Wast<'_>,
    text: &str,
    library: Result<L, library::Failure>,
    report: &mut Report,
) {
    let mut runner = match library {
        Ok(library) => Runner::new(library),
        Err(failure) => return report.fail((0, 0), "script", format!("no `spectest`: {failure}")),
    };
    for directive in script.directives {
        let place = directive.span().linecol_in(text);
        let kind = runner::kind(&directive);
        let outcome = runner.run(directive);
        report.count(place, kind, outcome);
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
