//! `tabwasm spec`: what the tables say.
//!
//! The binary carries the tables and the generator, so that it answers without a clone of the
//! project, also for an overlay that changes them. Tables are read and checked first; what is wrong
//! with them is shown as `cargo gen` shows it.

pub mod args;
mod diff;
mod layout;
mod list;
mod show;
mod tables;

use std::fs;
use std::io::IsTerminal;

use tabwasm_codegen::{disk, emit, explain, vendor};

use self::args::{Check, Diff, Explain, Fmt, Question, Spec};
use self::tables::Tables;
use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::json::Object;
use crate::output::{line, text};

/// Answers a question.
pub fn run(args: &Spec) -> ExitStatus {
    let answer = match &args.question {
        Question::List(args) => list::run(args),
        Question::Show(args) => show::run(args),
        Question::Check(args) => check(args),
        Question::Diff(args) => compare(args),
        Question::Fmt(args) => lay_out(args),
        Question::Explain(args) => explain_row(args),
    };
    answer.unwrap_or_else(|exit| exit)
}

/// All that is wrong with several tables.
fn check(args: &Check) -> Result<ExitStatus, ExitStatus> {
    let mut exit = ExitStatus::Success;
    for name in &args.tables {
        match Tables::read(name) {
            Ok(tables) => line!("{name}: {}", vendor::origin(&tables.model)),
            Err(failed) => exit = failed,
        }
    }
    Ok(exit)
}

/// What has changed; a failure, if a module or a host can break by it.
fn compare(args: &Diff) -> Result<ExitStatus, ExitStatus> {
    let (before, after) = (Tables::read(&args.before)?, Tables::read(&args.after)?);
    let changes = diff::diff(&before.model, &after.model);
    let breaking = changes.iter().filter(|change| change.breaking).count();
    for change in &changes {
        let kind = if change.breaking {
            "breaking"
        } else {
            "compatible"
        };
        if args.json {
            let object = Object::line()
                .text("kind", kind)
                .text("table", change.table);
            line!(
                "{}",
                object.text("row", &change.row).text("change", &change.what)
            );
        } else {
            line!(
                "{kind:<10}  {} `{}`: {}",
                change.table,
                change.row,
                change.what
            );
        }
    }
    if !args.json {
        line!("{} changes, {breaking} breaking", changes.len());
    }
    Ok(if breaking == 0 {
        ExitStatus::Success
    } else {
        ExitStatus::Failure
    })
}

/// Writes files as they should be laid out, or says which are not.
fn lay_out(args: &Fmt) -> Result<ExitStatus, ExitStatus> {
    let failed = |file: &str, error| {
        diagnostic::error(format_args!("cannot access {file}: {error}"));
        ExitStatus::Usage
    };
    let mut exit = ExitStatus::Success;
    for file in &args.files {
        let text = fs::read_to_string(file).map_err(|error| failed(file, error))?;
        let laid_out = layout::lay_out(&text);
        if laid_out == text {
            continue;
        }
        if args.check {
            line!("{file}: laid out otherwise");
            exit = ExitStatus::Failure;
        } else {
            fs::write(file, laid_out).map_err(|error| failed(file, error))?;
            line!("{file}: laid out");
        }
    }
    Ok(exit)
}

/// What becomes of an instruction.
fn explain_row(args: &Explain) -> Result<ExitStatus, ExitStatus> {
    let tables = Tables::read(&args.tables.name)?;
    let explained = || {
        let config = tables.tree.get("rustfmt.toml").unwrap_or_default();
        let files = disk::format(emit::emit(&tables.model), config)?;
        explain::explain(&tables.tree, &tables.model, &files, &args.instruction)
    };
    match explained() {
        Ok(explained) => {
            text(format_args!("{}\n", explained.trim_end()));
            Ok(ExitStatus::Success)
        }
        Err(message) => {
            diagnostic::error(message);
            Err(ExitStatus::Usage)
        }
    }
}

/// Whether what is printed goes to a terminal.
fn to_terminal() -> bool {
    std::io::stdout().is_terminal()
}
