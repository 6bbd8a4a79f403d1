//! A guest on a terminal: what it can write there, and how Ctrl-C ends it.
//!
//! The terminal is a pseudo terminal, whose other side the test reads.

#![cfg(all(feature = "std", target_os = "linux"))]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::fs::{Mode, OFlags, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::tcgetattr;

/// What guests write: sequences that clear the screen and set the title, and a line.
const TEXT: &[u8] = b"\x1b[2J\x1b]0;title\x07\xc2\x9b2J\xc3\xa9\x80 ok\n";
const SHOWN: &str = "␛[2J␛]0;title␇\u{fffd}2Jé\u{fffd} ok\r\n";

/// A file of a guest that writes the text to a descriptor, and then does something.
fn guest(name: &str, fd: u8, then: &str) -> String {
    let bytes: String = TEXT.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let length = TEXT.len();
    let text = format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 64) "{bytes}")
            (func (export "_start")
                (i32.store (i32.const 0) (i32.const 64))
                (i32.store (i32.const 4) (i32.const {length}))
                (drop (call $fd_write (i32.const {fd}) (i32.const 0) (i32.const 1) (i32.const 8)))
                (if (i32.ne (i32.load (i32.const 8)) (i32.const {length})) (then unreachable))
                {then}))"#
    );
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the file is written");
    path.to_str().expect("the path is text").to_owned()
}

/// Both sides of a terminal: the test's, and the program's.
fn terminal() -> (File, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo terminal");
    grantpt(&ours).expect("it is ours");
    unlockpt(&ours).expect("it can be opened");
    let name = ptsname(&ours, Vec::new()).expect("it has a name");
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let theirs = open(&name, flags, Mode::empty()).expect("it is opened");
    (File::from(ours), theirs)
}

/// Starts a command line with the terminal as its three streams.
fn start(program: &str, args: &[&str], terminal: &OwnedFd) -> Child {
    let stream = || terminal.try_clone().expect("another descriptor");
    Command::new(program)
        .args(args)
        .stdin(stream())
        .stdout(stream())
        .stderr(stream())
        .spawn()
        .expect("the program starts")
}

const TABWASM: &str = env!("CARGO_BIN_EXE_tabwasm");

/// Reads what a program writes to a terminal until it has ended.
fn screen(args: &[&str]) -> Vec<u8> {
    let (mut ours, theirs) = terminal();
    let mut child = start(TABWASM, args, &theirs);
    assert!(child.wait().expect("it ends").success());
    drop(theirs);
    let mut screen = Vec::new();
    // The end is an error here: nobody has the other side any more.
    let _ = ours.read_to_end(&mut screen);
    screen
}

#[test]
fn a_guest_shows_text_and_no_more() {
    for fd in [1, 2] {
        let path = guest(&format!("escapes_{fd}.wat"), fd, "");
        assert_eq!(String::from_utf8_lossy(&screen(&[&path])), SHOWN);
        let raw = [&TEXT[..TEXT.len() - 1], b"\r\n"].concat();
        assert_eq!(screen(&["--allow-escapes", &path]), raw);
        let piped = Command::new(TABWASM).arg(&path).output();
        let piped = piped.expect("the program runs");
        let (written, other) = match fd {
            1 => (piped.stdout, piped.stderr),
            _ => (piped.stderr, piped.stdout),
        };
        assert_eq!((written.as_slice(), other.as_slice()), (TEXT, &b""[..]));
    }
}

/// Waits until the guest runs.
fn begun(ours: &mut File) {
    let mut seen = Vec::new();
    while !seen.ends_with(b"ok\r\n") {
        let mut byte = [0];
        ours.read_exact(&mut byte).expect("the guest writes");
        seen.extend(byte);
    }
}

fn interrupt(child: &Child) {
    kill_process(Pid::from_child(child), Signal::INT).expect("it is there");
}

#[test]
fn ctrl_c_ends_the_guest() {
    let waits = "(drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))";
    for (name, then) in [
        ("computes.wat", "(loop $again (br $again))"),
        ("waits.wat", waits),
    ] {
        let path = guest(name, 1, then);
        let (mut ours, theirs) = terminal();
        let before = tcgetattr(&theirs).expect("it is a terminal");
        let mut child = start(TABWASM, &[&path], &theirs);
        begun(&mut ours);
        interrupt(&child);
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "{name}");
        let after = tcgetattr(&theirs).expect("it is a terminal");
        assert_eq!(format!("{before:?}"), format!("{after:?}"));
    }
}

#[test]
fn who_ignores_ctrl_c_goes_on() {
    let path = guest("goes_on.wat", 1, "(loop $again (br $again))");
    let ignored = r#"trap "" INT; exec "$0" --timeout 1s "$1""#;
    let (mut ours, theirs) = terminal();
    let mut child = start("/bin/sh", &["-c", ignored, TABWASM, &path], &theirs);
    begun(&mut ours);
    interrupt(&child);
    assert_eq!(child.wait().expect("it ends").code(), Some(124));
}

/// Reads a terminal until a text has appeared.
fn shown(ours: &mut File, text: &str) {
    let mut seen = String::new();
    while !seen.contains(text) {
        let mut bytes = [0; 256];
        let length = ours.read(&mut bytes).expect("the program writes");
        seen.push_str(&String::from_utf8_lossy(&bytes[..length]));
    }
}

#[test]
fn work_that_takes_long_says_so() {
    for (args, what) in [
        (&["validate", "-"][..], "validating -"),
        (&["run", "-"], "loading -"),
    ] {
        let (mut ours, theirs) = terminal();
        let mut child = Command::new(TABWASM)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(theirs)
            .spawn()
            .expect("the program starts");
        // The module does not come until it is seen that it is waited for.
        shown(&mut ours, what);
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(b"(module)").expect("it is read");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success());
        assert!(!String::from_utf8_lossy(&output.stdout).contains(what));
        let mut rest = Vec::new();
        let _ = ours.read_to_end(&mut rest);
        assert!(rest.ends_with(b"\x1b[2K"), "{}", rest.escape_ascii());
    }
}

#[test]
fn messages_of_this_program_have_colours() {
    let (mut ours, theirs) = terminal();
    let mut child = start(TABWASM, &["no such file"], &theirs);
    assert_eq!(child.wait().expect("it ends").code(), Some(2));
    drop(theirs);
    let mut screen = Vec::new();
    let _ = ours.read_to_end(&mut screen);
    assert!(screen.contains(&0x1B), "{}", screen.escape_ascii());
}
