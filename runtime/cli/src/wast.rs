//! `tabwasm wast PATH…`: official test scripts.
//!
//! Finds the scripts under the paths, runs each and prints a line of counts with its first
//! failures; the process fails if any directive did. The scripts themselves are run by `script`.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::builder::styling::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::args::{EngineKind, Tier, Wast};
use crate::diagnostic;
use crate::escape::Escaped;
use crate::exit::ExitStatus;
use crate::json::Object;
use crate::output::{line, styled_line};
use crate::progress::PATIENCE;
use crate::script::{self, Report, Subject};

const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
/// Failures shown for each file; all of them stand in the JSON output.
const SHOWN: usize = 20;

/// Runs scripts and reports a line a file.
pub fn run(args: &Wast) -> ExitStatus {
    let Some(subject) = subject(args) else {
        return ExitStatus::Usage;
    };
    let mut files = Vec::new();
    for path in &args.paths {
        let before = files.len();
        if let Err(error) = collect(path, &mut files) {
            diagnostic::error(format_args!("cannot read `{}`: {error}", path.display()));
            return ExitStatus::Usage;
        }
        if files.len() == before {
            let path = path.display();
            diagnostic::error(format_args!("there are no scripts (`.wast`) in `{path}`"));
            return ExitStatus::Usage;
        }
    }
    let mut config = script::config();
    args.features.admit(&mut config);
    let progress = Progress::new(files.len());
    let mut total = Total::default();
    for file in &files {
        progress.advance(file);
        let report = match fs::read_to_string(file) {
            Ok(text) => script::run(&file.to_string_lossy(), &text, subject, &config),
            Err(error) => Report::unreadable(&file.to_string_lossy(), &error),
        };
        progress.aside(|| {
            if args.json {
                print_json(&report)
            } else {
                print(&report)
            }
        });
        total.add(&report);
    }
    progress.finish();
    if args.json {
        line!("{}", total.json());
    } else {
        total.print();
    }
    if total.failed == 0 {
        ExitStatus::Success
    } else {
        ExitStatus::Failure
    }
}

/// The part of the library that is under test; what is not there is reported.
fn subject(args: &Wast) -> Option<Subject> {
    if args.tier == Tier::NoAlloc {
        if args
            .engine
            .is_none_or(|engine| engine == EngineKind::Compact)
        {
            return Some(Subject::Compact);
        }
        diagnostic::error("the tier `no_alloc` has the engine `compact` only");
        return None;
    }
    if args.tier == Tier::OF_THIS_BUILD {
        if args.engine.is_none_or(|engine| engine == EngineKind::Fast) {
            return Some(Subject::Engine);
        }
        diagnostic::error("the engine `compact` is that of the tier `no_alloc`");
        return None;
    }
    let (wanted, built) = (args.tier.name(), Tier::OF_THIS_BUILD.name());
    diagnostic::error(format_args!("this program was built on the tier `{built}`"));
    diagnostic::help(format_args!(
        "build it with `--no-default-features --features {wanted}`"
    ));
    None
}

/// The scripts at or below a path, sorted.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return path.metadata().map(drop);
    }
    let mut entries = fs::read_dir(path)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            collect(&entry, files)?;
        } else if entry
            .extension()
            .is_some_and(|extension| extension == "wast")
        {
            files.push(entry);
        }
    }
    Ok(())
}

fn print(report: &Report) {
    let (style, word) = if report.failures.is_empty() {
        (GOOD, "ok    ")
    } else {
        (BAD, "FAILED")
    };
    let counts = format_args!(
        " {}: {} passed, {} failed, {} skipped{}",
        report.file,
        report.passed,
        report.failures.len(),
        report.skipped(),
        reasons(report),
    );
    styled_line(style, word, counts);
    for failure in report.failures.iter().take(SHOWN) {
        let (line, column) = (failure.line, failure.column);
        line!(
            "       {line}:{column}: {}: {}",
            failure.directive,
            failure.message
        );
    }
    if report.failures.len() > SHOWN {
        line!("       … and {} more", report.failures.len() - SHOWN);
    }
}

fn reasons(report: &Report) -> String {
    if report.skips.is_empty() {
        return String::new();
    }
    let reasons: Vec<String> = report
        .skips
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    format!(" ({})", reasons.join(", "))
}

fn print_json(report: &Report) {
    let skips = report
        .skips
        .iter()
        .fold(Object::new(), |object, (reason, count)| {
            object.number(reason, *count)
        });
    let failures = report.failures.iter().map(|failure| {
        Object::new()
            .number("line", failure.line as u64)
            .number("column", failure.column as u64)
            .text("directive", failure.directive)
            .text("message", &failure.message)
    });
    let line = Object::line()
        .text("file", &report.file)
        .number("passed", report.passed)
        .number("failed", report.failures.len() as u64)
        .number("skipped", report.skipped())
        .number("text_only", report.text_only)
        .object("skips", &skips)
        .list("failures", failures);
    line!("{line}");
}

#[derive(Default)]
struct Total {
    files: u64,
    passed: u64,
    failed: u64,
    skipped: u64,
    text_only: u64,
}

impl Total {
    fn add(&mut self, report: &Report) {
        self.files += 1;
        self.passed += report.passed;
        self.failed += report.failures.len() as u64;
        self.skipped += report.skipped();
        self.text_only += report.text_only;
    }

    fn directives(&self) -> u64 {
        self.passed + self.failed + self.skipped
    }

    fn print(&self) {
        if self.text_only > 0 {
            line!(
                "{} assertions on text were answered by the text parser and are counted apart",
                self.text_only
            );
        }
        line!(
            "{} files, {} directives: {} passed, {} failed, {} skipped",
            self.files,
            self.directives(),
            self.passed,
            self.failed,
            self.skipped
        );
    }

    fn json(&self) -> Object {
        Object::line()
            .number("files", self.files)
            .number("directives", self.directives())
            .number("passed", self.passed)
            .number("failed", self.failed)
            .number("skipped", self.skipped)
            .number("text_only", self.text_only)
    }
}

/// A bar on a terminal, once the work takes long.
struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: Cell<bool>,
}

impl Progress {
    fn new(files: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self {
            bar,
            start: Instant::now(),
            shown: Cell::new(false),
        }
    }

    fn advance(&self, file: &Path) {
        if !self.shown.get() && self.start.elapsed() > PATIENCE {
            self.shown.set(true);
            // Draws only on a terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_message(Escaped(file.display()).to_string());
        self.bar.inc(1);
    }

    fn aside(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
