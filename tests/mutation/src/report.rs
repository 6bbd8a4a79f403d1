//! What became of all mutants, in numbers and in a file.
//!
//! One line a mutant says what noticed it; the numbers are counted by kind of cell, so that a kind
//! which tests watch badly stands out.

use crate::cell::Mutant;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The end of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The generator refuses it.
    Generator(String),
    /// It does not compile.
    Compiler(String),
    /// This test fails.
    Test(String),
    /// Nothing notices it.
    Survives,
}

/// One line a mutant: its number, kind, cell, and what noticed it.
pub(crate) fn lines(mutants: &[Mutant], ends: &[End]) -> String {
    let mut text = String::new();
    for (mutant, end) in mutants.iter().zip(ends) {
        let end = match end {
            End::Generator(message) => format!("generator: {message}"),
            End::Compiler(message) => format!("compiler: {message}"),
            End::Test(name) => format!("test: {name}"),
            End::Survives => "survives".to_string(),
        };
        let _ = writeln!(
            text,
            "{}\t{}\t{}\t{end}",
            mutant.id,
            mutant.kind,
            mutant.name()
        );
    }
    text
}

/// The table of kinds.
pub(crate) fn table(mutants: &[Mutant], ends: &[End]) -> String {
    let mut kinds = BTreeMap::<&str, [usize; 5]>::new();
    let mut all = [0; 5];
    for (mutant, end) in mutants.iter().zip(ends) {
        let column = match end {
            End::Generator(_) => 1,
            End::Compiler(_) => 2,
            End::Test(_) => 3,
            End::Survives => 4,
        };
        for counts in [kinds.entry(mutant.kind).or_default(), &mut all] {
            counts[0] += 1;
            counts[column] += 1;
        }
    }
    let line = |kind: &str, counts: &[usize; 5]| {
        let [mutants, generator, compiler, test, survive] = counts;
        format!("{kind:16} {mutants:>8} {generator:>10} {compiler:>10} {test:>8} {survive:>10}\n")
    };
    let head = format!(
        "{:16} {:>8} {:>10} {:>10} {:>8} {:>10}\n",
        "kind of cell", "mutants", "generator", "compiler", "tests", "survivors"
    );
    let body: String = kinds
        .iter()
        .map(|(kind, counts)| line(kind, counts))
        .collect();
    head + &body + &line("all", &all)
}
