//! Programs for wasmtime and wasmi, built with this library under the name of the other.
//!
//! The originals are examples of `tests/bench`, where they are built with the peers. What was written
//! for wasmtime is built here as it is; of the program for wasmi this folder has the copy that was
//! changed, and the lines that differ are counted.

extern crate tabwasm as wasmi;
extern crate tabwasm as wasmtime;

#[path = "wasmi.rs"]
mod for_wasmi;
#[path = "../../bench/examples/wasmtime.rs"]
mod for_wasmtime;

#[test]
fn a_program_for_wasmtime_runs_unchanged() -> tabwasm::Result<()> {
    println!("0 lines changed of the program for wasmtime");
    for_wasmtime::main()
}

#[test]
fn a_program_for_wasmi_runs_after_few_changes() -> tabwasm::Result<()> {
    let original = include_str!("../../bench/examples/wasmi.rs");
    let changed = changed_lines(original, include_str!("wasmi.rs"));
    println!("{changed} lines changed of the program for wasmi");
    assert!(changed <= 6, "{changed} lines");
    for_wasmi::main()
}

/// How many lines of a program are not in another in the same order, or of that in this: the larger
/// number. Lines of documentation do not count.
fn changed_lines(before: &str, after: &str) -> usize {
    let lines = |text| -> Vec<_> {
        str::lines(text)
            .filter(|it| !it.starts_with("//!"))
            .collect()
    };
    let (before, after) = (lines(before), lines(after));
    // Row by row, the longest list of lines that both have.
    let mut common = vec![0; after.len() + 1];
    for line in &before {
        let mut diagonal = 0;
        for (place, other) in after.iter().enumerate() {
            let above = common[place + 1];
            common[place + 1] = if line == other {
                diagonal + 1
            } else {
                above.max(common[place])
            };
            diagonal = above;
        }
    }
    before.len().max(after.len()) - common[after.len()]
}

#[test]
fn changes_are_counted() {
    assert_eq!(changed_lines("//! x\na\nb\nc", "//! y\na\nb\nc"), 0);
    assert_eq!(changed_lines("a\nb\nc\nd", "a\nx\nc\nd"), 1);
    assert_eq!(changed_lines("a\nb\nc", "a\nx\ny\nb\nc"), 2);
    assert_eq!(changed_lines("a\nb\nc", "c\na"), 2);
}
