//! Whether `generated/` is what the tables give.
//!
//! Generated code is checked in, so that users need no generator and reviewers see what a row
//! changes; it must then never differ from the tables. `cargo gen --check` and a test compare, and
//! show the first difference of each file.

use crate::emit::Files;
use std::fmt::Write;

/// What differs, with the first differing line of each file and the command that writes it;
/// nothing if all files are fresh.
pub fn stale(expected: &Files, found: &Files) -> Option<String> {
    let mut report = String::new();
    for (path, text) in expected {
        match found.get(path) {
            Some(found) if found == text => {}
            Some(found) => report.push_str(&difference(path, text, found)),
            None => report.push_str(&format!("generated/{path} is missing\n")),
        }
    }
    for path in found.keys().filter(|path| !expected.contains_key(*path)) {
        report.push_str(&format!("generated/{path} is made by no emitter\n"));
    }
    (!report.is_empty()).then(|| report + "run `cargo gen` and commit what it writes\n")
}

fn difference(path: &str, expected: &str, found: &str) -> String {
    let mut report = format!("generated/{path} is stale\n");
    let (mut expected, mut found) = (expected.lines(), found.lines());
    let mut number = 1;
    loop {
        match (expected.next(), found.next()) {
            (Some(one), Some(other)) if one == other => number += 1,
            (one, other) => {
                let _ = writeln!(
                    report,
                    "  line {number} is  {}",
                    other.unwrap_or("(end of file)")
                );
                let _ = writeln!(report, "  and should be {}", one.unwrap_or("(end of file)"));
                return report;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        pairs
            .iter()
            .map(|(path, text)| (path.to_string(), text.to_string()))
            .collect()
    }

    #[test]
    fn fresh() {
        assert_eq!(stale(&files(&[("a", "1")]), &files(&[("a", "1")])), None);
    }

    #[test]
    fn missing_changed_and_left_over() {
        let report = stale(
            &files(&[("a", "1\n2"), ("b", "")]),
            &files(&[("a", "1\n3"), ("c", "")]),
        );
        let expected = "generated/a is stale\n  line 2 is  3\n  and should be 2\n\
                        generated/b is missing\ngenerated/c is made by no emitter\n\
                        run `cargo gen` and commit what it writes\n";
        assert_eq!(report.as_deref(), Some(expected));
    }
}
