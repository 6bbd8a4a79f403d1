//! Lets each allocation of an operation fail, one attempt after the other.
//!
//! An allocation that cannot fail aborts the process, which nothing can catch. So the attempts run
//! in a child process, which says where it has come to; when it dies, the parent asks another
//! child to show the place, and has the next one go on behind it.

use std::env;
use std::fmt;
use std::process::{Command, Output};

use tabwasm::spec::ErrorCode;
use tabwasm::{Error, OutOfMemory, Result};

use crate::allocator::{Shortage, held, short};

/// Where a child begins, and whether it only shows the place of one failure.
const FROM: &str = "TABWASM_OUT_OF_MEMORY_FROM";
const SHOW: &str = "TABWASM_OUT_OF_MEMORY_SHOW";

/// One attempt at an operation.
pub(crate) struct Attempt {
    point: Point,
    shown: bool,
    /// Whether an allocation has failed, once the operation has run.
    failed: bool,
    /// Whether the operation noticed.
    noticed: bool,
}

/// Which allocation of an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    shortage: Shortage,
    /// How many succeed before.
    before: u64,
}

/// What a sweep found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Allocations of the operation.
    pub(crate) points: u64,
    /// Attempts that ended in an error; the others found another way.
    pub(crate) errors: u64,
    /// Attempts in all.
    pub(crate) attempts: u64,
    /// Where the process aborted, or something was wrong afterwards.
    pub(crate) faults: Vec<Fault>,
}

/// What should not have happened at a point.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Whether the process aborted.
    pub(crate) is_abort: bool,
    /// Point, what happened, and which functions were running.
    pub(crate) text: String,
}

impl Attempt {
    /// Runs the operation while memory is short; gives what it made, if it did. An error is one
    /// that says that memory was short.
    pub(crate) fn short<T>(&mut self, operation: impl FnOnce() -> Result<T>) -> Option<T> {
        let Point { shortage, before } = self.point;
        let (result, failed) = short(shortage, before, self.shown, operation);
        self.failed = failed;
        match result {
            Ok(made) => Some(made),
            Err(error) => {
                assert!(failed && says_so(&error), "{:?}: {error:?}", self.point);
                self.noticed = true;
                None
            }
        }
    }
}

/// Whether an error says that memory was short.
fn says_so(error: &Error) -> bool {
    let rejected = |code| code == ErrorCode::OutOfMemory;
    error.is::<OutOfMemory>() || error.as_reject().is_some_and(|it| rejected(it.code()))
}

/// Lets each allocation of an operation fail: alone, and with all that follow. `test` is the name
/// of the test that asks; in its child there is nothing to say.
pub(crate) fn sweep(test: &str, operation: fn(&mut Attempt)) -> Option<Found> {
    if let Ok(from) = env::var(FROM) {
        attempts(Point::parse(&from).expect("a point"), operation);
        return None;
    }
    let mut found = Found::default();
    let mut from = Point::FIRST;
    loop {
        let output = child(test, from, false);
        let text = String::from_utf8_lossy(&output.stdout);
        found.note(&text);
        if output.status.success() {
            return Some(found);
        }
        let mut points = text.lines().filter_map(|line| line.strip_prefix("at "));
        let last = points.next_back().and_then(Point::parse);
        let at = last.unwrap_or_else(|| panic!("{test} did not begin:\n{text}"));
        let errors = String::from_utf8_lossy(&output.stderr);
        // A child that panics has a code.
        let is_abort = output.status.code().is_none() && errors.contains("memory allocation");
        let what = if is_abort { "it aborted" } else { &errors };
        let place = place(&child(test, at, true));
        let text = format!("{test}, {at}: {what}\n    {place}");
        found.faults.push(Fault { is_abort, text });
        from = at.next();
    }
}

/// What is tried in a child.
fn attempts(from: Point, operation: fn(&mut Attempt)) {
    let shown = env::var(SHOW).is_ok();
    // What is made once in a process is made now.
    operation(&mut Attempt::at(Point::NEVER, false));
    let mut point = from;
    // The harness has begun a line.
    println!();
    loop {
        println!("at {point}");
        let mut attempt = Attempt::at(point, shown);
        let before = held();
        operation(&mut attempt);
        assert_eq!(
            held(),
            before,
            "{point}: what is held after everything is dropped"
        );
        match (attempt.failed, point.shortage) {
            (true, _) => {
                println!("{}", if attempt.noticed { "error" } else { "survived" });
                point = point.next();
            }
            (false, Shortage::Once) => {
                println!("points {}", point.before);
                point = Point {
                    shortage: Shortage::Lasting,
                    before: 0,
                };
            }
            (false, Shortage::Lasting) => return,
        }
    }
}

/// Runs a test of this program in a process of its own.
fn child(test: &str, from: Point, shown: bool) -> Output {
    let mut command = Command::new(env::current_exe().expect("a path"));
    command.args(["--exact", test, "--nocapture", "--test-threads", "1"]);
    command.env(FROM, from.to_string());
    if shown {
        command.env(SHOW, "");
    }
    command.output().expect("it runs")
}

/// Where an allocation failed: the functions of the library that were running.
fn place(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    let frames: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|line| line.contains("tabwasm::") || line.contains("runtime/src"))
        .take(8)
        .collect();
    frames.join("\n    ")
}

impl Attempt {
    fn at(point: Point, shown: bool) -> Self {
        Self {
            point,
            shown,
            failed: false,
            noticed: false,
        }
    }
}

impl Point {
    const FIRST: Self = Self {
        shortage: Shortage::Once,
        before: 0,
    };
    const NEVER: Self = Self {
        shortage: Shortage::Once,
        before: u64::MAX,
    };

    fn next(self) -> Self {
        Self {
            before: self.before + 1,
            ..self
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (shortage, before) = text.split_once(' ')?;
        let shortage = match shortage {
            "once" => Shortage::Once,
            "lasting" => Shortage::Lasting,
            _ => return None,
        };
        Some(Self {
            shortage,
            before: before.parse().ok()?,
        })
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shortage = match self.shortage {
            Shortage::Once => "once",
            Shortage::Lasting => "lasting",
        };
        write!(f, "{shortage} {}", self.before)
    }
}

impl Found {
    /// Takes in what a child said.
    fn note(&mut self, text: &str) {
        for line in text.lines() {
            match line.split_once(' ') {
                None if line == "error" => {
                    (self.errors, self.attempts) = (self.errors + 1, self.attempts + 1)
                }
                None if line == "survived" => self.attempts += 1,
                Some(("points", points)) => self.points = points.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
}
