//! The promise that the tail-calling engine stands on: every handler ends in a jump.
//!
//! Stable Rust promises no tail calls, so this test compiles the library for release and reads
//! the assembly: a handler must jump to another one and hold neither a call nor a return, but for
//! those listed in `handlers/callers.txt`, which call something on purpose.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

#[test]
#[cfg(not(target_arch = "x86_64"))]
fn handlers_end_in_jumps() {
    eprintln!("SKIPPED: this test reads x86-64 assembly");
}

#[test]
#[cfg(target_arch = "x86_64")]
fn handlers_end_in_jumps() {
    let text = std::fs::read_to_string(assembly()).expect("the compiler wrote assembly");
    let callers: BTreeSet<&str> = include_str!("handlers/callers.txt")
        .lines()
        .filter(|l| !l.starts_with('#'))
        .collect();
    let handlers = handlers(&text);
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for handler in &handlers {
        let base = handler.instruction.split('<').next().unwrap_or_default();
        match &handler.fault {
            None => {}
            Some(_) if callers.contains(base) => {
                used.insert(base);
            }
            Some(fault) => wrong.push(format!("{}: {fault}", handler.instruction)),
        }
    }
    println!(
        "{} handlers, {} of them on the list of callers",
        handlers.len(),
        used.len()
    );
    assert!(
        handlers.len() > 1_000,
        "only {} handlers were found",
        handlers.len()
    );
    assert!(
        wrong.is_empty(),
        "{} handlers do not end in jumps:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let stale: Vec<_> = callers.difference(&used).collect();
    assert!(
        stale.is_empty(),
        "these call nothing and must leave the list: {stale:?}"
    );
}

/// A handler in the assembly.
struct Handler {
    /// Its type, without paths.
    instruction: String,
    /// What is wrong with it.
    fault: Option<String>,
}

/// Part of the mangled name of every handler: some jump to a fixed one.
const HANDLER: &str = "7backend7handler";

/// Compiles the library and gives the path of its assembly.
fn assembly() -> PathBuf {
    let root = tabwasm_tests::workspace();
    let target = root.join("target/handlers");
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "rustc",
            "--quiet",
            "--release",
            "--package",
            "tabwasm",
            "--lib",
        ])
        .args(["--features", "std", "--target-dir"])
        .arg(&target)
        .args([
            "--",
            "-C",
            "symbol-mangling-version=v0",
            "-C",
            "codegen-units=1",
            "--emit",
            "asm",
        ])
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the library does not compile");
    let folder = target.join("release/deps");
    let entries = std::fs::read_dir(&folder).expect("a folder of outputs");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let newest = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "s"))
        .max_by_key(|path| path.metadata().and_then(|data| data.modified()).ok());
    newest.expect("one assembly file")
}

/// The handlers in the text of an assembly file, judged.
fn handlers(text: &str) -> Vec<Handler> {
    let mut handlers = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(symbol) = line
            .strip_suffix(':')
            .filter(|symbol| symbol.starts_with("_R"))
        else {
            continue;
        };
        let name = format!("{:#}", rustc_demangle::demangle(symbol));
        let Some((_, instruction)) = name.split_once("::backend::handler::<") else {
            continue;
        };
        let body: Vec<&str> = lines
            .by_ref()
            .take_while(|line| !line.starts_with(".Lfunc_end"))
            .collect();
        let instruction = without_paths(instruction.strip_suffix('>').unwrap_or(instruction));
        handlers.push(Handler {
            instruction,
            fault: fault(&body),
        });
    }
    handlers
}

fn fault(body: &[&str]) -> Option<String> {
    let code = body.iter().map(|line| line.trim_start());
    let mut jumps = false;
    for line in code {
        if line.starts_with("call") || line.starts_with("ret") {
            return Some(line.replace('\t', " "));
        }
        jumps |= line.starts_with("jmp") && (line.contains('*') || line.contains(HANDLER));
    }
    (!jumps).then(|| "no jump to a handler".to_string())
}

/// `tabwasm::fast::place::S` becomes `S`.
fn without_paths(name: &str) -> String {
    let mut short = String::new();
    for part in name.split_inclusive(['<', '>', ',', ' ', '(', ')']) {
        short.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    short
}

#[test]
fn paths_go() {
    let name = "tabwasm::fast::instruction::Move<u64, tabwasm::fast::place::S>";
    assert_eq!(without_paths(name), "Move<u64, S>");
}

#[test]
fn faults_are_seen() {
    assert_eq!(fault(&["\tmovq\t%rax, %rdi", "\tjmpq\t*%rax"]), None);
    assert!(fault(&["\tcallq\tfoo", "\tjmpq\t*%rax"]).is_some());
    assert_eq!(fault(&["\tjmp\t_RINv7backend7handlerFixed"]), None);
    assert!(fault(&["\tjmp\tfoo"]).is_some());
    assert!(fault(&["\tjmpq\t*%rax", "\tretq"]).is_some());
}
