//! Official test scripts (`.wast`), run through the public API of the library.
//!
//! The language is described in `interpreter/README.md` of the specification's repository. What
//! is counted:
//!
//! - a directive *passes* or *fails*;
//! - a module that needs a proposal which the library does not have is *skipped*, with the
//!   proposal's name, and so is every directive that depends on it;
//! - an assertion that text is malformed, answered by the text parser alone, says nothing about
//!   the library: *text only*, counted apart.

mod execute;
mod report;
mod runner;
mod spectest;
mod value;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tabwasm::Config;
use wast::Wast;
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};

pub use report::{Failure, Report};
use runner::Runner;

/// Runs a script in an engine of this configuration; `name` is how to speak of the script.
pub fn run(name: &str, text: &str, config: &Config) -> Report {
    let mut report = Report::new(name);
    let run = AssertUnwindSafe(|| directives(text, config, &mut report));
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

fn directives(text: &str, config: &Config, report: &mut Report) -> Result<(), wast::Error> {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let buffer = ParseBuffer::new_with_lexer(lexer)?;
    let script: Wast<'_> = parser::parse(&buffer)?;
    let mut runner = match Runner::new(config) {
        Ok(runner) => runner,
        Err(error) => {
            report.fail((0, 0), "script", format!("no host module: {error:#}"));
            return Ok(());
        }
    };
    for directive in script.directives {
        let place = directive.span().linecol_in(text);
        let kind = runner::kind(&directive);
        let outcome = runner.run(directive);
        report.count(place, kind, outcome);
    }
    Ok(())
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
