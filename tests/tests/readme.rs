//! What the README says is what happens.
//!
//! Its commands are run by `.ci/run`, its excerpts are lines of the files they name. Its Rust
//! examples run as documentation tests of this package. What `.ci/run` leaves out, it names by the
//! steps of `.ci/extended`.

use std::fs;
use tabwasm_tests::workspace;

/// A fenced block: what its fence says, the comment line before it, its lines.
struct Block<'a> {
    language: &'a str,
    caption: &'a str,
    lines: Vec<&'a str>,
}

fn read(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut caption = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let lines = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push(Block {
                language,
                caption,
                lines,
            });
        }
        caption = line;
    }
    blocks
}

#[test]
fn every_command_runs_in_ci() {
    let (readme, script) = (read("README.md"), read(".ci/run"));
    let script: Vec<&str> = script.lines().map(str::trim).collect();
    let mut count = 0;
    for block in blocks(&readme)
        .iter()
        .filter(|block| block.language == "sh")
    {
        for command in block.lines.iter().filter(|line| !line.is_empty()) {
            let runs = script.iter().any(|line| {
                line.strip_prefix(command).is_some_and(|rest| {
                    // What follows may only redirect the output.
                    rest.is_empty() || rest.starts_with(" | ") || rest.starts_with(" > ")
                })
            });
            assert!(runs, ".ci/run does not run `{command}`");
            count += 1;
        }
    }
    assert!(count >= 2, "the README has {count} commands");
}

/// `.ci/run` reads the names of steps from `.ci/extended` by this pattern.
#[test]
fn what_ci_leaves_out_is_named() {
    let (run, extended) = (read(".ci/run"), read(".ci/extended"));
    assert!(
        run.contains(r#"sed -n "s/^step '\(.*\)'$/"#),
        "the names are not read"
    );
    let steps = extended
        .lines()
        .filter(|line| line.starts_with("step '") && line.ends_with('\''));
    assert_eq!(steps.count(), extended.matches("\nstep ").count());
    let workflow = read(".github/workflows/ci.yml");
    let commands = workflow
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- run: "));
    assert_eq!(commands.collect::<Vec<_>>(), [".ci/run", ".ci/extended"]);
}

#[test]
fn every_excerpt_is_in_its_file() {
    let readme = read("README.md");
    let mut count = 0;
    for block in blocks(&readme) {
        let Some(caption) = block.caption.strip_prefix("<!-- excerpt of ") else {
            continue;
        };
        let path = caption
            .strip_suffix(" -->")
            .expect("a caption ends with its comment");
        let file = read(path);
        let file: Vec<&str> = file.lines().map(str::trim).collect();
        for line in block
            .lines
            .iter()
            .map(|line| line.trim())
            .filter(|line| !line.is_empty())
        {
            assert!(file.contains(&line), "{path} has no line `{line}`");
        }
        count += 1;
    }
    assert!(count >= 1, "the README has {count} excerpts");
}

#[test]
fn every_linked_file_exists() {
    let readme = read("README.md");
    for rest in readme.split("](").skip(1) {
        let target = rest.split([')', '#']).next().unwrap_or_default();
        if !target.is_empty() && !target.contains("://") {
            assert!(
                workspace().join(target).exists(),
                "the README links to {target}"
            );
        }
    }
}
