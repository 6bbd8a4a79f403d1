//! The page "Change the spec", as a new user reads it: its commands in an empty folder, in order.
//!
//! What the page says that a command prints is compared with what it prints, so that the page
//! cannot go out of date. It needs neither a clone nor the network.

#![cfg(feature = "vendor")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const PAGE: &str = include_str!("../../spec/CHANGE.md");

/// What the folder may begin with: the versions of the workspace, so that no index is needed.
const LOCKED: [&str; 2] = ["my-runtime", "program"];

#[test]
fn its_commands_do_what_it_says() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("change_the_spec");
    let _ = fs::remove_dir_all(&folder);
    for crate_ in LOCKED {
        fs::create_dir_all(folder.join(crate_)).expect("a folder");
        fs::copy(
            workspace("Cargo.lock"),
            folder.join(crate_).join("Cargo.lock"),
        )
        .expect("the locked versions");
    }
    let (mut said, mut outputs) = (String::new(), 0);
    for (language, text) in blocks(PAGE) {
        match language {
            "sh" => said = run(&folder, text),
            "text" => {
                assert_eq!(without_lines(&said), without_lines(text), "{said}");
                outputs += 1;
            }
            "toml" => {
                // In a folder of its own: the modules beside an overlay belong to it.
                let other = folder.join("another");
                fs::create_dir_all(&other).expect("a folder");
                fs::write(other.join("overlay.toml"), text).expect("a file");
                run(&other, "tabwasm-codegen --check --overlay overlay.toml");
            }
            other => panic!("a block of {other}"),
        }
    }
    assert!(outputs >= 2, "{outputs} outputs were compared");
}

/// The example in `tests/examples` is the one of the page.
#[test]
fn its_files_are_those_of_the_example() {
    let mut files = 0;
    for (_, block) in blocks(PAGE) {
        for here in block.split("cat > ").skip(1) {
            let (path, rest) = here.split_once(" <<'EOF'\n").expect("a file");
            let (text, _) = rest.split_once("EOF\n").expect("its end");
            let example = workspace("tests/examples/custom_opcodes").join(path);
            let expected = fs::read_to_string(&example).unwrap_or_default();
            assert_eq!(text, expected, "{path}");
            files += 1;
        }
    }
    assert_eq!(files, 4);
}

/// Runs a block as one script, and gives what it prints.
fn run(folder: &Path, script: &str) -> String {
    let generator = Path::new(env!("CARGO_BIN_EXE_tabwasm-codegen"));
    let mut path = vec![generator.parent().expect("a folder").to_path_buf()];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(folder)
        .env("PATH", env::join_paths(path).expect("a path"))
        // Kept from one run of the tests to the next.
        .env("CARGO_TARGET_DIR", folder.with_extension("target"))
        .output()
        .expect("bash");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\nfailed:\n{errors}");
    String::from_utf8(output.stdout).expect("text")
}

/// A text without line numbers of the tables, which change with other rows.
fn without_lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(|line| match line.split_once(" | ") {
            Some((number, rest)) if number.trim().parse::<u32>().is_ok() => rest,
            _ if line.contains(".toml:") => line.split(".toml:").next().unwrap_or(line),
            _ => line,
        })
        .map(str::trim)
        .collect()
}

/// The fenced blocks of a page: language and text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fenced = page.split("```").skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n')).collect()
}

fn workspace(path: &str) -> PathBuf {
    Path::new("..").join(path)
}
