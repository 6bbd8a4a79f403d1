//! Output and messages: streams that cannot be written, and names that must not reach a terminal as
//! they are.
//!
//! The exit code is the answer to scripts, whatever becomes of the messages.

use std::fs::File;
use std::process::{Command, Stdio};

use super::{ADD, FOREVER, file, tabwasm};

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let script = file("pipe.wast", "(module)\n".repeat(2));
    let mut child = Command::new(env!("CARGO_BIN_EXE_tabwasm"))
        .arg("wast")
        .args(vec![script; 2_000])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!(output.status.code(), Some(141));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// Standard output and standard error as they are given, and the exit code.
#[cfg(target_os = "linux")]
fn ended(args: &[&str], stdout: Stdio, stderr: Stdio) -> (Option<i32>, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_tabwasm"))
        .args(args)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .spawn()
        .expect("the binary starts");
    let output = child.wait_with_output().expect("the binary ends");
    let messages = String::from_utf8(output.stderr).expect("messages are text");
    (output.status.code(), messages)
}

#[cfg(target_os = "linux")]
fn full() -> Stdio {
    let device = File::options().write(true).open("/dev/full");
    device.expect("the device is there").into()
}

#[cfg(target_os = "linux")]
#[test]
fn messages_that_cannot_be_written_change_no_exit_code() {
    let trap = file(
        "lost_trap.wat",
        r#"(module (func (export "_start") unreachable))"#,
    );
    let invalid = file("lost_invalid.wat", "(module (func (result i32)))");
    let syntax = file("lost_syntax.wat", "(module (func (i32.addd)))");
    let import = file("lost_import.wat", r#"(module (import "a" "b" (func)))"#);
    let forever = file("lost_forever.wat", FOREVER);
    for (args, code) in [
        (&[&*trap][..], 134),
        (&[&invalid], 3),
        (&[&syntax], 3),
        (&[&import], 4),
        (&["--timeout", "50ms", &forever], 124),
        (&["--fuel", "1000", &forever], 125),
        (&["--invoke", "f", &trap], 2),
        (&["no such file"], 2),
        (&["validate", &invalid], 3),
        (&["inspect", "no such file"], 2),
        (&["--nonsense"], 2),
    ] {
        let (ended, _) = ended(args, Stdio::null(), full());
        assert_eq!(ended, Some(code), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_an_error() {
    let path = file("lost_result.wat", ADD);
    for args in [
        &["--invoke", "add", &path, "1", "2"][..],
        &["validate", &path],
        &["validate", "--json", &path],
        &["inspect", &path],
        &["completions", "bash"],
    ] {
        let (code, messages) = ended(args, full(), Stdio::piped());
        assert_eq!(code, Some(2), "{args:?}: {messages}");
        let expected = "error: cannot write to standard output: No space left on device";
        assert!(messages.starts_with(expected), "{args:?}: {messages}");
    }
}

/// No character of these reaches a terminal as it is.
const NAME: &str = "f\x1b[2J\u{9b}a\ng\u{202e}";

/// The name as it is shown.
const SHOWN: &str = r"f\u{1b}[2J\u{9b}a\ng\u{202e}";

#[test]
fn names_of_a_guest_are_escaped() {
    let name: String = NAME.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    let module = file(
        "names.wat",
        format!(
            r#"(module (@name "{name}")
                (func (@name "{name}") (export "{name}") unreachable)
                (func (export "_start") (call 0))
                (@custom "{name}" "x"))"#
        ),
    );
    let nothing = file("names_nothing.wat", "(module)");
    let import = file(
        "names_import.wat",
        format!(r#"(module (import "{name}" "{name}" (func)))"#),
    );
    let invalid = file(
        "names_invalid.wat",
        format!(r#"(module (func (@name "{name}") (result i32)))"#),
    );
    let invalid_binary = file(
        "names_invalid.wasm",
        wat::parse_file(&invalid).expect("the text is right"),
    );
    let scripts = [
        format!(r#"(module) (invoke "{name}")"#),
        format!(r#"(module (import "{name}" "" (func)))"#),
        format!(r#"(assert_trap (module) "{name}")"#),
    ];
    let script = file("names.wast", scripts.concat());
    for (args, expected) in [
        (&[&*module][..], format!("function 0 `{SHOWN}`")),
        (&["--invoke", "g", &module], format!("it exports {SHOWN}")),
        (
            &["--invoke", NAME, &nothing],
            format!("no function `{SHOWN}`"),
        ),
        (&[&import], format!("`{SHOWN}::{SHOWN}`")),
        (&["inspect", &module], format!("  module \"{SHOWN}\"")),
        (&["inspect", &module], format!("  export {SHOWN}: ")),
        (&["inspect", &module], format!("  custom {SHOWN}, ")),
        (&["inspect", &import], format!("  import {SHOWN}.{SHOWN}: ")),
        (
            &["validate", &invalid_binary],
            format!("function 0 `{SHOWN}`"),
        ),
        (&["wast", &script], format!("no function `{SHOWN}`")),
        (&["wast", &script], format!("`{SHOWN}::`")),
        (&["wast", &script], format!("expected the trap `{SHOWN}`")),
    ] {
        let output = tabwasm(args, b"");
        let all = output.stdout + &output.stderr;
        assert!(all.contains(&expected), "{args:?}: {expected}: {all}");
        let raw = |c: char| c != '\n' && c.is_control() || c == '\u{202e}';
        assert!(!all.contains(raw), "{args:?}: {all:?}");
    }
    let output = tabwasm(&["wast", "--json", &script], b"");
    let expected = r"no function `f\u001b[2J\u009ba\ng\u202e`";
    assert!(output.stdout.contains(expected), "{}", output.stdout);
}
