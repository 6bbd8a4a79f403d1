//! The promise that the tail-calling engine stands on: every handler ends in a jump.
//!
//! Stable Rust promises no tail calls, so these tests compile the library for release, for each of the
//! processors where the build script relies on them, and read the assembly: a handler must jump to
//! another one and hold neither a call nor a return, but for those listed in `handlers/callers.txt`,
//! which call something on purpose. A jump into the next handler leaves nothing on the stack: the
//! compiler gives back a frame before a jump as before a return.
//!
//! For a processor whose standard library is not installed (`rustup target add`), they skip, loudly.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn handlers_end_in_jumps_on_x86_64() {
    check(&X86_64, Panic::Unwind);
}

#[test]
#[ignore = "compiles the library once more; tests/embedded/run.sh asks"]
fn handlers_end_in_jumps_where_panics_abort() {
    check(&X86_64, Panic::Abort);
}

#[test]
#[ignore = "compiles the library once more; tests/embedded/run.sh asks"]
fn handlers_end_in_jumps_on_aarch64() {
    check(&AARCH64, Panic::Unwind);
}

#[test]
#[ignore = "compiles the library once more; tests/embedded/run.sh asks"]
fn handlers_end_in_jumps_on_riscv64() {
    check(&RISCV64, Panic::Unwind);
}

/// What a panic does in a build, by the name that profiles have for it.
#[derive(Clone, Copy)]
enum Panic {
    Unwind,
    Abort,
}

impl Panic {
    fn name(self) -> &'static str {
        match self {
            Self::Unwind => "unwind",
            Self::Abort => "abort",
        }
    }
}

/// How a processor's assembly calls, returns and jumps.
struct Processor {
    name: &'static str,
    target: &'static str,
    calls: &'static [&'static str],
    returns: &'static [&'static str],
    /// Jumps to a label.
    jumps: &'static [&'static str],
    /// Jumps to where a register says.
    indirect: &'static [&'static str],
}

const X86_64: Processor = Processor {
    name: "x86_64",
    target: "x86_64-unknown-linux-gnu",
    calls: &["call", "callq"],
    returns: &["ret", "retq"],
    jumps: &["jmp"],
    indirect: &["jmpq"],
};

const AARCH64: Processor = Processor {
    name: "aarch64",
    target: "aarch64-unknown-linux-gnu",
    calls: &["bl", "blr"],
    returns: &["ret"],
    jumps: &["b"],
    indirect: &["br"],
};

const RISCV64: Processor = Processor {
    name: "riscv64",
    target: "riscv64gc-unknown-linux-gnu",
    calls: &["call", "jal", "jalr"],
    returns: &["ret"],
    jumps: &["tail"],
    indirect: &["jr"],
};

fn check(processor: &Processor, panic: Panic) {
    if !installed(processor.target) {
        eprintln!("SKIPPED: {} is not installed", processor.target);
        return;
    }
    let text = std::fs::read_to_string(assembly(processor.target, panic))
        .expect("the compiler wrote assembly");
    let callers = callers(processor.name);
    let handlers = handlers(&text, processor);
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    let mut calling = 0;
    for handler in &handlers {
        let Some(fault) = &handler.fault else {
            continue;
        };
        match callers
            .iter()
            .find(|name| begins(&handler.instruction, name))
        {
            Some(name) => {
                calling += 1;
                used.insert(*name);
            }
            None => wrong.push(format!("{}: {fault}", handler.instruction)),
        }
    }
    println!(
        "{}, panics {}: {} handlers, {calling} of them call and are listed",
        processor.name,
        panic.name(),
        handlers.len(),
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

/// The instructions that call on a processor: a line names one, and the processors if not all.
fn callers(processor: &str) -> BTreeSet<&'static str> {
    let lines = include_str!("handlers/callers.txt").lines();
    let rows = lines.filter(|line| !line.starts_with('#'));
    let words = rows.map(|line| line.split_whitespace());
    words
        .filter_map(|mut words| {
            let name = words.next()?;
            let processors: Vec<_> = words.collect();
            (processors.is_empty() || processors.contains(&processor)).then_some(name)
        })
        .collect()
}

/// A handler in the assembly.
struct Handler {
    /// Its type, without paths.
    instruction: String,
    /// What is wrong with it.
    fault: Option<String>,
}

/// Whether an instruction is called so, up to the end of a name.
fn begins(instruction: &str, name: &str) -> bool {
    let rest = instruction.strip_prefix(name);
    rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric()))
}

/// Parts of the mangled names of what handlers jump to: some to a fixed one, others out of the run loop.
const HANDLERS: [&str; 2] = ["7backend7handler", "7backend5leave"];

/// Whether the compiler has a standard library for a target.
fn installed(target: &str) -> bool {
    let Output { stdout, .. } = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()))
        .current_dir(tabwasm_tests::workspace())
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .expect("the compiler starts");
    let folder = String::from_utf8(stdout).expect("a path");
    Path::new(folder.trim()).is_dir()
}

/// Compiles the library for a target and gives the path of its assembly.
fn assembly(triple: &str, panic: Panic) -> PathBuf {
    let root = tabwasm_tests::workspace();
    let target = root.join("target/handlers").join(panic.name());
    let status = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "rustc",
            "--quiet",
            "--release",
            "--package",
            "tabwasm",
            "--lib",
            "--config",
        ])
        .arg(format!("profile.release.panic=\"{}\"", panic.name()))
        .args(["--features", "std", "--target", triple, "--target-dir"])
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
    let folder = target.join(triple).join("release/deps");
    let entries = std::fs::read_dir(&folder).expect("a folder of outputs");
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let newest = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "s"))
        .max_by_key(|path| path.metadata().and_then(|data| data.modified()).ok());
    newest.expect("one assembly file")
}

/// The handlers in the text of an assembly file, judged.
fn handlers(text: &str, processor: &Processor) -> Vec<Handler> {
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
            fault: fault(&body, processor),
        });
    }
    handlers
}

fn fault(body: &[&str], processor: &Processor) -> Option<String> {
    let mut jumps = false;
    for line in body.iter().map(|line| line.trim_start()) {
        let (mnemonic, operand) = line.split_once('\t').unwrap_or((line, ""));
        if processor.calls.contains(&mnemonic) || processor.returns.contains(&mnemonic) {
            return Some(line.replace('\t', " "));
        }
        jumps |= processor.indirect.contains(&mnemonic);
        jumps |= processor.jumps.contains(&mnemonic)
            && HANDLERS.iter().any(|name| operand.contains(name));
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
fn names_begin() {
    assert!(begins("Count", "Count"));
    assert!(begins("Move<V128, S, S>", "Move"));
    assert!(begins("Move<V128, S, S>", "Move<V128"));
    assert!(!begins("Move<V128, S, S>", "Move<V1"));
    assert!(!begins("Counted", "Count"));
}

#[test]
fn faults_are_seen() {
    let sound: [(_, &[&str]); 7] = [
        (&X86_64, &["\tmovq\t%rax, %rdi", "\tjmpq\t*%rax"]),
        (&X86_64, &["\tjmp\t_RINv7backend7handlerFixed"]),
        (&AARCH64, &["\tldr\tx8, [x0, #16]!", "\tbr\tx8"]),
        (&AARCH64, &["\tb\t_RINv7backend7handlerFixed"]),
        (&AARCH64, &["\tb\t_RNv7backend5leave"]),
        (&RISCV64, &["\tld\tt1, 16(a0)", "\tjr\tt1"]),
        (&RISCV64, &["\ttail\t_RINv7backend7handlerFixed"]),
    ];
    for (processor, body) in sound {
        assert_eq!(fault(body, processor), None);
    }
    let wrong: [(_, &[&str]); 11] = [
        (&X86_64, &["\tcallq\tfoo", "\tjmpq\t*%rax"]),
        (&X86_64, &["\tjmp\tfoo"]),
        (&X86_64, &["\tjmpq\t*%rax", "\tretq"]),
        (&AARCH64, &["\tbl\tfoo", "\tbr\tx8"]),
        (&AARCH64, &["\tblr\tx8", "\tret"]),
        (&AARCH64, &["\tbr\tx8", "\tret"]),
        (&AARCH64, &["\tb\tfoo"]),
        (&RISCV64, &["\tcall\tfoo", "\tjr\tt1"]),
        (&RISCV64, &["\tjalr\tt1", "\tret"]),
        (&RISCV64, &["\tjr\tt1", "\tret"]),
        (&RISCV64, &["\tj\t.LBB0_1"]),
    ];
    for (processor, body) in wrong {
        assert!(fault(body, processor).is_some(), "{body:?}");
    }
}
