//! The result of a script: counts, and each failure with its place.
//!
//! Reports are values, so that the command prints them and the tests of the project compare them. A
//! skipped directive is counted by the proposal that it needs, never as passed.

use std::collections::BTreeMap;
use std::fmt::Display;

/// The result of a directive.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Passed,
    /// Answered by the text parser.
    TextOnly,
    /// Needs what the library does not have.
    Skipped(String),
    Failed(String),
}

/// The counts and failures of a script.
#[derive(Clone, Debug)]
pub struct Report {
    /// How to speak of the script.
    pub file: String,
    /// Directives that passed.
    pub passed: u64,
    /// Assertions on text that the text parser answered.
    pub text_only: u64,
    /// Skipped directives, by the proposal that is missing.
    pub skips: BTreeMap<String, u64>,
    /// Directives that failed.
    pub failures: Vec<Failure>,
}

/// A directive that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// Its keyword.
    pub directive: &'static str,
    /// What happened instead.
    pub message: String,
}

impl Report {
    pub(super) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            passed: 0,
            text_only: 0,
            skips: BTreeMap::new(),
            failures: Vec::new(),
        }
    }

    /// A script that could not be read.
    pub fn unreadable(file: &str, error: &dyn Display) -> Self {
        let mut report = Self::new(file);
        report.fail((0, 0), "script", format!("cannot be read: {error}"));
        report
    }

    /// How many directives were skipped.
    pub fn skipped(&self) -> u64 {
        self.skips.values().sum()
    }

    pub(super) fn count(
        &mut self,
        place: (usize, usize),
        directive: &'static str,
        outcome: Outcome,
    ) {
        match outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::TextOnly => self.text_only += 1,
            Outcome::Skipped(reason) => *self.skips.entry(reason).or_default() += 1,
            Outcome::Failed(message) => self.fail(place, directive, message),
        }
    }

    /// `place` is line and column from 0.
    pub(super) fn fail(&mut self, place: (usize, usize), directive: &'static str, message: String) {
        let (line, column) = (place.0 + 1, place.1 + 1);
        self.failures.push(Failure {
            line,
            column,
            directive,
            message,
        });
    }
}
