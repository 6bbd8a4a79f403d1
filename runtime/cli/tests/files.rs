//! Directories that the command gives: with their names, for reading only, in memory.
//!
//! The guest here opens the file that its first argument names below the first preopened directory,
//! writes to it if the second one asks for it, and copies its content to standard output. Its exit
//! code is the errno.

#![cfg(all(feature = "std", target_os = "linux"))]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Opens `argv[1]` in descriptor 3; with `argv[2]`, creates it and writes that there.
const GUEST: &str = r#"(module
    (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $dir_name (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func $check (param $errno i32)
        (if (local.get $errno) (then (call $exit (local.get $errno)))))
    (func $length (param $at i32) (result i32) (local $end i32)
        (local.set $end (local.get $at))
        (loop $next
            (if (i32.load8_u (local.get $end)) (then
                (local.set $end (i32.add (local.get $end) (i32.const 1)))
                (br $next))))
        (i32.sub (local.get $end) (local.get $at)))
    (func $buffer (param $at i32) (param $length i32)
        (i32.store (i32.const 16) (local.get $at))
        (i32.store (i32.const 20) (local.get $length)))
    (func $print (param $at i32) (param $length i32)
        (call $buffer (local.get $at) (local.get $length))
        (call $check (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 28))))
    (func (export "_start") (local $path i32) (local $text i32)
        (call $check (call $args_sizes_get (i32.const 0) (i32.const 4)))
        (call $check (call $args_get (i32.const 32) (i32.const 1024)))
        (local.set $path (i32.load (i32.const 36)))
        (call $print (i32.const 1024) (call $length (i32.const 1024)))
        (call $check (call $prestat (i32.const 3) (i32.const 8)))
        (call $check (call $dir_name (i32.const 3) (i32.const 4096) (i32.load (i32.const 12))))
        (call $print (i32.const 4096) (i32.load (i32.const 12)))
        (if (i32.eq (i32.load (i32.const 0)) (i32.const 3)) (then
            (local.set $text (i32.load (i32.const 40)))
            (call $check (call $open (i32.const 3) (i32.const 1) (local.get $path)
                (call $length (local.get $path)) (i32.const 1) (i64.const 102) (i64.const 0)
                (i32.const 0) (i32.const 24)))
            (call $buffer (local.get $text) (call $length (local.get $text)))
            (call $check (call $write (i32.load (i32.const 24)) (i32.const 16) (i32.const 1) (i32.const 28)))))
        (call $check (call $open (i32.const 3) (i32.const 1) (local.get $path)
            (call $length (local.get $path)) (i32.const 0) (i64.const 38) (i64.const 0)
            (i32.const 0) (i32.const 24)))
        (call $buffer (i32.const 8192) (i32.const 4096))
        (call $check (call $read (i32.load (i32.const 24)) (i32.const 16) (i32.const 1) (i32.const 28)))
        (call $print (i32.const 8192) (i32.load (i32.const 28)))))"#;

/// A directory of one test with a file in it, and one beside it.
fn directory(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(path.join("in")).expect("a directory");
    fs::write(path.join("guest.wat"), GUEST).expect("a file");
    fs::write(path.join("in/file"), "inside").expect("a file");
    fs::write(path.join("secret"), "secret").expect("a file");
    path
}

/// Runs the guest in the directory: exit code, and what it wrote.
fn run(directory: &PathBuf, options: &[&str], args: &[&str]) -> (Option<i32>, String, String) {
    let command = Command::new(env!("CARGO_BIN_EXE_tabwasm"))
        .current_dir(directory)
        .args(options)
        .arg("guest.wat")
        .args(args)
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = command.expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("it is text");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn a_directory_has_the_name_that_it_is_given() {
    let directory = directory("named");
    let code = |options: &[&str], args: &[&str]| {
        let (code, stdout, _) = run(&directory, options, args);
        (code, stdout)
    };
    let read = |options: &[&str]| code(options, &["file"]);
    assert_eq!(
        read(&["--dir", "in"]),
        (Some(0), "guest.watininside".into())
    );
    assert_eq!(
        read(&["--dir", "in::/work"]),
        (Some(0), "guest.wat/workinside".into())
    );
    let named = ["--argv0", "cc", "--dir", "in::/"];
    assert_eq!(read(&named), (Some(0), "cc/inside".into()));
    assert_eq!(read(&[]), (Some(8), "guest.wat".into()), "BADF is 8");
    let out = code(&["--dir", "in"], &["../secret"]);
    assert_eq!(out, (Some(63), "guest.watin".into()), "PERM is 63");
    let written = code(&["--dir", "in::/"], &["new", "text"]);
    assert_eq!(written, (Some(0), "guest.wat/text".into()));
    assert_eq!(
        fs::read_to_string(directory.join("in/new")).ok(),
        Some("text".into())
    );
}

#[test]
fn what_is_given_for_reading_is_not_written() {
    let directory = directory("read_only");
    let options = ["--dir-ro", "in::/"];
    let (code, stdout, _) = run(&directory, &options, &["file"]);
    assert_eq!((code, stdout.as_str()), (Some(0), "guest.wat/inside"));
    let (code, stdout, _) = run(&directory, &options, &["new", "text"]);
    assert_eq!(
        (code, stdout.as_str()),
        (Some(63), "guest.wat/"),
        "PERM is 63"
    );
    assert!(!directory.join("in/new").exists());
}

#[test]
fn a_directory_in_memory_is_gone_at_the_end() {
    let directory = directory("in_memory");
    let options = ["--tmpfs", "/tmp"];
    let (code, stdout, _) = run(&directory, &options, &["new", "text"]);
    assert_eq!((code, stdout.as_str()), (Some(0), "guest.wat/tmptext"));
    let (code, _, _) = run(&directory, &options, &["new"]);
    assert_eq!(code, Some(44), "NOENT is 44");
}

#[test]
fn a_directory_that_cannot_be_opened_is_named() {
    let directory = directory("missing");
    for (host, why) in [("none", "No such file"), ("secret", "Not a directory")] {
        let (code, _, stderr) = run(&directory, &["--dir", host], &["file"]);
        assert_eq!(code, Some(2));
        let message = format!("cannot open the directory `{host}`: {why}");
        assert!(stderr.contains(&message), "{stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
    }
}
