//! The page "Configure it", as a new user reads it: its commands in an empty folder, in order.
//!
//! A page that nobody runs goes out of date. This test takes the commands and files from the page
//! itself, so that a change of the macros which makes the page wrong fails here.

use std::fs;
use std::path::Path;
use std::process::Command;

const PAGE: &str = include_str!("../CONFIGURE.md");
const NEXT: &str = "== next block";

#[test]
fn its_commands_print_what_it_says() {
    let workspace = Path::new("..");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("configure_it");
    let _ = fs::remove_dir_all(&folder);
    // The versions of the workspace, so that no index is needed.
    fs::create_dir_all(folder.join("sensor")).expect("a folder");
    let lock = folder.join("sensor/Cargo.lock");
    fs::copy(workspace.join("Cargo.lock"), lock).expect("the locked versions");
    let blocks = blocks();
    let script: String = blocks
        .iter()
        .filter(|(language, _)| *language == "sh")
        .map(|(_, text)| format!("{text}\necho '{NEXT}'\n"))
        .collect();
    let ran = Command::new("bash")
        .args(["-eu", "-c", &script])
        .current_dir(&folder)
        .env("TABWASM", workspace.canonicalize().expect("the workspace"))
        .env("CARGO_TARGET_DIR", folder.with_extension("target"))
        .output()
        .expect("bash");
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{errors}");
    let printed = String::from_utf8(ran.stdout).expect("text");
    let printed: Vec<&str> = printed.split(NEXT).map(str::trim).collect();
    let expected = blocks.iter().filter(|(language, _)| *language == "text");
    let expected: Vec<&str> = expected.map(|(_, text)| text.trim()).collect();
    assert_eq!(expected, printed[..expected.len()]);
}

/// The fenced blocks of the page: language and text.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let fenced = PAGE.split("```").skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n')).collect()
}
