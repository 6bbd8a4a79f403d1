//! The binary from outside: exit codes, messages, standard streams.
//!
//! What scripts and people rely on is what the process does, not what its functions return. Each
//! test starts the binary with arguments, input and files of its own, and compares all three
//! streams and the code.

#![cfg(feature = "std")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

struct Output {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn tabwasm(args: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tabwasm"))
        .args(args)
        .env("TABWASM_TEST_VARIABLE", "inherited")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // A program that does not read its input may end before it is written.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin);
    let output = child.wait_with_output().expect("the binary ends");
    Output {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("output is text"),
        stderr: String::from_utf8(output.stderr).expect("messages are text"),
    }
}

/// A file for one test.
fn file(name: &str, contents: impl AsRef<[u8]>) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, contents).expect("the file is written");
    path.to_str().expect("the path is text").to_owned()
}

fn wasi(body: &str) -> String {
    format!(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
            (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
            (memory (export "memory") 1)
            ;; Writes so many bytes from an address to standard output.
            (func $print (param $at i32) (param $length i32)
                (i32.store (i32.const 0) (local.get $at))
                (i32.store (i32.const 4) (local.get $length))
                (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
            {body})"#
    )
}

const ADD: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1)))
    (func (export "half") (param f64) (result f64)
        (f64.mul (local.get 0) (f64.const 0.5)))
    (func (export "both") (result i64 i32) (i64.const -1) (i32.const 2)))"#;

#[test]
fn a_program_prints() {
    let path = file(
        "hello.wat",
        wasi(
            r#"(data (i32.const 16) "hello\n")
            (func (export "_start") (call $print (i32.const 16) (i32.const 6)))"#,
        ),
    );
    let output = tabwasm(&[&path], b"");
    assert_eq!(
        (output.code, output.stdout.as_str(), output.stderr.as_str()),
        (Some(0), "hello\n", "")
    );
    let output = tabwasm(&["run", &path], b"");
    assert_eq!(output.stdout, "hello\n");
}

#[test]
fn a_program_chooses_its_exit_code() {
    let path = file(
        "exit.wat",
        wasi(r#"(func (export "_start") (call $proc_exit (i32.const 7)))"#),
    );
    let output = tabwasm(&[&path], b"");
    assert_eq!((output.code, output.stderr.as_str()), (Some(7), ""));
}

#[test]
fn a_program_reads_its_input() {
    let path = file(
        "echo.wat",
        wasi(
            r#"(func (export "_start")
                (i32.store (i32.const 16) (i32.const 64))
                (i32.store (i32.const 20) (i32.const 100))
                (loop $more
                    (drop (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24)))
                    (call $print (i32.const 64) (i32.load (i32.const 24)))
                    (br_if $more (i32.load (i32.const 24)))))"#,
        ),
    );
    let text = "a line\n".repeat(100);
    assert_eq!(tabwasm(&[&path], text.as_bytes()).stdout, text);
}

#[test]
fn a_program_sees_arguments_and_environment() {
    let path = file(
        "strings.wat",
        wasi(
            r#"(func (export "_start")
                (drop (call $args_sizes_get (i32.const 16) (i32.const 20)))
                (drop (call $args_get (i32.const 64) (i32.const 128)))
                ;; Past the program's name.
                (call $print
                    (i32.load (i32.const 68))
                    (i32.sub
                        (i32.add (i32.const 128) (i32.load (i32.const 20)))
                        (i32.load (i32.const 68))))
                (drop (call $environ_sizes_get (i32.const 16) (i32.const 20)))
                (drop (call $environ_get (i32.const 64) (i32.const 1024)))
                (call $print (i32.const 1024) (i32.load (i32.const 20))))"#,
        ),
    );
    let output = tabwasm(
        &[
            "--env",
            "A=b=c",
            "--env",
            "TABWASM_TEST_VARIABLE",
            &path,
            "--fuel",
            "x y",
        ],
        b"",
    );
    assert_eq!(
        output.stdout,
        "--fuel\0x y\0A=b=c\0TABWASM_TEST_VARIABLE=inherited\0"
    );
}

#[test]
fn a_program_waits_for_a_clock() {
    let path = file(
        "sleep.wat",
        wasi(
            r#"(func (export "_start")
                ;; A relative timeout of 30 ms on the monotonic clock.
                (i32.store (i32.const 80) (i32.const 1))
                (i64.store (i32.const 88) (i64.const 30000000))
                (call $proc_exit
                    (i32.add
                        (call $poll_oneoff (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 192))
                        (i32.load (i32.const 192)))))"#,
        ),
    );
    let start = std::time::Instant::now();
    assert_eq!(tabwasm(&[&path], b"").code, Some(1));
    assert!(start.elapsed().as_millis() >= 30);
}

#[test]
fn there_are_no_files() {
    let path = file(
        "open.wat",
        wasi(
            r#"(func (export "_start")
                (call $proc_exit
                    (i32.add
                        (i32.mul
                            (i32.const 10)
                            (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1)
                                (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 0)))
                        (call $fd_prestat_get (i32.const 3) (i32.const 0)))))"#,
        ),
    );
    assert_eq!(tabwasm(&[&path], b"").code, Some(88), "BADF is 8");
}

#[test]
fn guest_pointers_are_checked() {
    let path = file(
        "pointer.wat",
        wasi(
            r#"(func (export "_start")
                (call $proc_exit (call $random_get (i32.const -1) (i32.const -1))))"#,
        ),
    );
    assert_eq!(tabwasm(&[&path], b"").code, Some(21), "FAULT is 21");
}

#[test]
fn functions_are_invoked_with_typed_arguments() {
    let path = file("add.wat", ADD);
    let output = tabwasm(&["--invoke", "add", &path, "40", "2"], b"");
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), "42\n"));
    assert_eq!(
        tabwasm(&["--invoke", "add", &path, "-5", "0xFFFFFFFF"], b"").stdout,
        "-6\n"
    );
    assert_eq!(
        tabwasm(&["--invoke", "half", &path, "5"], b"").stdout,
        "2.5\n"
    );
    assert_eq!(tabwasm(&["--invoke", "both", &path], b"").stdout, "-1\n2\n");
}

#[test]
fn wrong_usage_ends_with_2() {
    let path = file("usage.wat", ADD);
    let output = tabwasm(&["--invoke", "add", &path, "1"], b"");
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("expected 2 arguments, found 1"),
        "{}",
        output.stderr
    );
    let output = tabwasm(&["--invoke", "sub", &path], b"");
    assert!(
        output.stderr.contains("no function `sub`"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("add, half, both"),
        "{}",
        output.stderr
    );
    assert_eq!(
        tabwasm(&[&path], b"").code,
        Some(2),
        "there is nothing to start"
    );
    assert_eq!(tabwasm(&[], b"").code, Some(2));
    assert_eq!(tabwasm(&["--nonsense"], b"").code, Some(2));
    let output = tabwasm(&["no such file.wasm"], b"");
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("No such file"), "{}", output.stderr);
}

#[test]
fn invalid_modules_end_with_3_and_show_the_bytes() {
    let path = file(
        "invalid.wat",
        "(module (func $ok) (func $sum (result i32) (i32.add (i32.const 1) (i64.const 2))))",
    );
    let output = tabwasm(&[&path], b"");
    assert_eq!(output.code, Some(3));
    for part in [
        "type mismatch",
        "expected i32",
        "found i64",
        "function 1",
        "`sum`",
        "^^",
        "6a",
    ] {
        assert!(
            output.stderr.contains(part),
            "`{part}` is missing:\n{}",
            output.stderr
        );
    }
    let path = file("garbage.wasm", b"\0asm\x01\0\0\0\xFF");
    let output = tabwasm(&[&path], b"");
    assert_eq!(output.code, Some(3));
    assert!(
        output.stderr.contains("malformed section id"),
        "{}",
        output.stderr
    );
}

#[test]
fn wrong_text_is_shown() {
    let path = file("syntax.wat", "(module\n  (func (i32.addd)))");
    let output = tabwasm(&[&path], b"");
    assert_eq!(output.code, Some(3));
    assert!(
        output.stderr.contains("syntax.wat:2:10"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("(func (i32.addd))"),
        "{}",
        output.stderr
    );
}

#[test]
fn missing_imports_end_with_4() {
    let path = file(
        "import.wat",
        r#"(module (import "env" "missing" (func (param i32))))"#,
    );
    let output = tabwasm(&[&path], b"");
    assert_eq!(output.code, Some(4));
    assert!(output.stderr.contains("env"), "{}", output.stderr);
    assert!(output.stderr.contains("missing"), "{}", output.stderr);
}

#[test]
fn traps_end_with_134_and_show_the_functions() {
    let path = file(
        "trap.wat",
        r#"(module
            (func $inner (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
            (func $outer (export "_start") (drop (call $inner (i32.const 0)))))"#,
    );
    let output = tabwasm(&[&path], b"");
    assert_eq!(output.code, Some(134));
    assert!(
        output
            .stderr
            .contains(tabwasm::Trap::IntegerDivisionByZero.text()),
        "{}",
        output.stderr
    );
    let inner = output.stderr.find("function 0 `inner`");
    let outer = output.stderr.find("function 1 `outer`");
    assert!(inner.is_some() && inner < outer, "{}", output.stderr);
}

const FOREVER: &str = r#"(module (func (export "_start") (loop $again (br $again))))"#;

#[test]
fn fuel_and_time_are_limits() {
    let path = file("forever.wat", FOREVER);
    let output = tabwasm(&["--fuel", "100000", &path], b"");
    assert_eq!(output.code, Some(125), "{}", output.stderr);
    let output = tabwasm(&["--timeout", "50ms", &path], b"");
    assert_eq!(output.code, Some(124), "{}", output.stderr);
}

#[test]
fn time_counts_from_the_first_byte_of_the_module() {
    // Much to validate, and nothing to run.
    const SIZE: usize = 7_000_000;
    let mut body = vec![0x01; SIZE];
    (body[0], body[SIZE - 1]) = (0, 0x0B);
    let number = |number: usize| -> Vec<u8> {
        let byte = |at: u32| (number >> (7 * at)) as u8 & 0x7F | if at < 3 { 0x80 } else { 0 };
        (0..4).map(byte).collect()
    };
    let code = [&[4][..], &[&number(SIZE)[..], &body].concat().repeat(4)].concat();
    let module = [
        b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x05\x04\0\0\0\0\x0A",
        &number(code.len())[..],
        &code,
    ];
    let output = tabwasm(&["--timeout", "20ms", "-"], &module.concat());
    assert_eq!(output.code, Some(124), "{}", output.stderr);
}

#[test]
fn memory_is_a_limit() {
    let path = file(
        "grow.wat",
        r#"(module (memory 1)
            (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#,
    );
    let grow = ["--max-memory", "128KiB", "--invoke", "grow", &path];
    assert_eq!(tabwasm(&[&grow[..], &["1"]].concat(), b"").stdout, "1\n");
    assert_eq!(tabwasm(&[&grow[..], &["2"]].concat(), b"").stdout, "-1\n");
}

#[test]
fn modules_come_from_standard_input() {
    assert_eq!(
        tabwasm(&["--invoke", "add", "-", "1", "2"], ADD.as_bytes()).stdout,
        "3\n"
    );
    let binary = wat::parse_str(ADD).expect("the text is right");
    assert_eq!(
        tabwasm(&["--invoke", "add", "-", "1", "2"], &binary).stdout,
        "3\n"
    );
}

#[test]
fn validation_speaks_json() {
    let good = file("good.wat", "(module)");
    let bad = file("bad.wat", "(module (func (result i32)))");
    let output = tabwasm(&["validate", "--json", &good, &bad], b"");
    assert_eq!(output.code, Some(3));
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains(r#""verdict":"valid""#), "{}", lines[0]);
    assert!(lines[1].contains(r#""verdict":"invalid""#), "{}", lines[1]);
    assert!(
        lines[1].contains(r#""message":"type mismatch"#),
        "{}",
        lines[1]
    );
    assert!(lines[0].starts_with(r#"{"schema":1,"#), "{}", lines[0]);
    let output = tabwasm(&["validate", &good], b"");
    assert!(
        output.stdout.ends_with("good.wat: valid\n"),
        "{}",
        output.stdout
    );
}

#[test]
fn levels_ask_more_and_more() {
    let body = file("body.wat", "(module (func (result i32)))");
    let export = file("export.wat", r#"(module (export "f" (func 0)))"#);
    let code = |level, file: &str| tabwasm(&["validate", "--level", level, file], b"").code;
    assert_eq!(code("basic", &export), Some(0));
    assert_eq!(code("standard", &export), Some(3));
    assert_eq!(code("standard", &body), Some(0));
    assert_eq!(code("full", &body), Some(3));
    assert_eq!(code("half", &body), Some(2));
}

const MIXED: &str = r#"(module (func (export "one") (result i32) (i32.const 1)))
    (assert_return (invoke "one") (i32.const 1))
    (assert_return (invoke "one") (i32.const 2))
    (assert_invalid (module (func (result i32))) "type mismatch")
    (assert_malformed (module quote "(func") "unexpected end")
    (module (func (export "f") (drop (v128.const i64x2 0 0))))
    (invoke "f")"#;

#[test]
fn scripts_are_counted() {
    let path = file("mixed.wast", MIXED);
    let output = tabwasm(&["wast", &path], b"");
    assert_eq!(output.code, Some(1));
    let last = output.stdout.lines().last();
    assert_eq!(
        last,
        Some("1 files, 6 directives: 3 passed, 1 failed, 2 skipped")
    );
    assert!(
        output.stdout.contains("3:6: assert_return"),
        "{}",
        output.stdout
    );
    assert!(output.stdout.contains("2 simd"), "{}", output.stdout);
    let output = tabwasm(&["wast", "--json", &path], b"");
    let last = output.stdout.lines().last().unwrap_or_default();
    assert!(
        last.contains(r#""passed":3,"failed":1,"skipped":2,"text_only":1"#),
        "{last}"
    );
}

#[test]
fn scripts_run_without_an_allocator() {
    let path = file("no_alloc.wast", MIXED);
    let output = tabwasm(&["wast", "--tier", "no_alloc", &path], b"");
    let last = output.stdout.lines().last();
    assert_eq!(
        last,
        Some("1 files, 6 directives: 3 passed, 1 failed, 2 skipped")
    );
    let path = file(
        "tier.wast",
        r#"(module $a
            (import "spectest" "print_i32" (func $print (param i32)))
            (import "spectest" "table" (table 10 funcref))
            (memory (export "memory") 1)
            (func (export "grow") (param i32) (result i32)
                (call $print (local.get 0))
                (memory.grow (local.get 0)))
            (func $deep (export "deep") (call $deep)))
        (register "a")
        (assert_return (invoke "grow" (i32.const 40)) (i32.const 1))
        (assert_return (invoke "grow" (i32.const 65000)) (i32.const -1))
        (assert_exhaustion (invoke "deep") "call stack exhausted")
        (module (import "a" "memory" (memory 41)))
        (assert_unlinkable (module (import "a" "memory" (memory 42))) "incompatible import type")
        (assert_unlinkable (module (import "a" "memo" (memory 1))) "unknown import")
        (assert_trap (module (func $f unreachable) (start $f)) "unreachable")"#,
    );
    let output = tabwasm(&["wast", "--tier", "no_alloc", &path], b"");
    assert_eq!(output.code, Some(0), "{}", output.stdout);
    let other = tabwasm(
        &["wast", "--tier", "no_alloc", "--engine", "fast", &path],
        b"",
    );
    assert_eq!(other.code, Some(2));
}

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

#[test]
fn modules_and_components_are_inspected() {
    let module = file(
        "inspected.wat",
        r#"(module $inner (import "env" "log" (func (param i32) (result i64)))
            (memory (export "memory") 1))"#,
    );
    let output = tabwasm(&["inspect", &module], b"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(
        output.stdout.contains("import env.log: func(i32) -> i64"),
        "{}",
        output.stdout
    );
    assert!(
        output.stdout.contains("export memory: memory 0"),
        "{}",
        output.stdout
    );
    let component = file(
        "inspected_component.wat",
        r#"(component $outer (import "a" (func)) (component $middle (core module $inner))
            (export "b" (func 0)))"#,
    );
    let output = tabwasm(&["inspect", &component], b"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    for shown in [
        "  component \"outer\"",
        "    import a: func",
        "    export b: func 0",
        "    component \"middle\"",
        "      module \"inner\"",
    ] {
        assert!(output.stdout.contains(shown), "{shown}: {}", output.stdout);
    }
    let validate = |level| tabwasm(&["validate", "--level", level, &component], b"").code;
    assert_eq!(
        ["basic", "standard", "full"].map(validate),
        [Some(0), Some(0), Some(3)]
    );
    let output = tabwasm(&["inspect", "-"], b"\0asm\x0d\0\x01\0\x0d\0");
    assert_eq!(output.code, Some(3));
    assert!(
        output.stderr.contains("malformed section id"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_table_is_made_and_needs_are_told() {
    let text = r#"(module (memory 2) (table 3 funcref) (global i32 (i32.const 1))
        (func $a (export "a") (param i64) (result i64)
            (block (result i64) (call $b) (br 0 (local.get 0))))
        (func $b (call $c))
        (func $c))"#;
    let wasm = file(
        "table.wasm",
        wat::parse_str(text).expect("this is a module"),
    );
    let table = file("table.table", "");
    let output = tabwasm(&["compile", "--side-table", &wasm, "-o", &table], b"");
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    let bytes = [&wasm, &table].map(|path| fs::read(path).expect("the file is there"));
    let [wasm_bytes, table_bytes] = &bytes;
    let module = tabwasm::compact::Module::with_table(wasm_bytes, table_bytes);
    assert!(module.expect("they fit").export("a").is_some());

    let output = tabwasm(&["inspect", "--needs", "--json", &wasm], b"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    for part in [
        r#""frames":2,"#,
        r#""elements":3,"#,
        r#""memory":131072,"#,
        r#""globals":1,"#,
        &format!(r#""table":{},"#, table_bytes.len()),
    ] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    let shown = tabwasm(&["inspect", "--needs", &wasm], b"").stdout;
    assert!(shown.contains("bytes to validate it"), "{shown}");
    let text = file("table.wat", text);
    let of_text = file("table_of_text.table", "");
    let compile = ["compile", "--side-table", &text, "-o", &of_text];
    assert_eq!(tabwasm(&compile, b"").code, Some(0));
    assert_eq!(&fs::read(&of_text).expect("the file is there"), table_bytes);
    let open = file("recursive.wat", "(module (func $f (call $f)))");
    let output = tabwasm(&["inspect", "--needs", "--json", &open], b"");
    assert!(
        output.stdout.contains(r#""frames":null,"#),
        "{}",
        output.stdout
    );
    assert_eq!(tabwasm(&["inspect", "--json", &open], b"").code, Some(2));
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
    let device = fs::File::options().write(true).open("/dev/full");
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

#[test]
fn an_option_that_does_not_exist_is_no_file() {
    let path = file("options.wat", ADD);
    for run in [&[][..], &["run"]] {
        let output = tabwasm(&[run, &["--feul", "10", &path]].concat(), b"");
        assert_eq!(output.code, Some(2));
        for part in ["unexpected argument '--feul'", "'--fuel'"] {
            assert!(output.stderr.contains(part), "{}", output.stderr);
        }
        let output = tabwasm(&[run, &["-x", &path]].concat(), b"");
        assert!(output.stderr.contains("'-x'"), "{}", output.stderr);
        let output = tabwasm(&[run, &["--", "--no-such-file"]].concat(), b"");
        let expected = "error: cannot read `--no-such-file`";
        assert!(output.stderr.starts_with(expected), "{}", output.stderr);
    }
    let output = tabwasm(&["--invoke", "add", &path, "-1", "--feul"], b"");
    let expected = "error: `--feul` is no value of type i32";
    assert!(output.stderr.starts_with(expected), "{}", output.stderr);
}

#[test]
fn a_library_is_made_ready_once() {
    let path = file(
        "reactor.wat",
        r#"(module (global $ready (mut i32) (i32.const 0))
            (func (export "_initialize")
                (if (global.get $ready) (then unreachable))
                (global.set $ready (i32.const 1)))
            (func (export "ready") (result i32) (global.get $ready)))"#,
    );
    let output = tabwasm(&["--invoke", "_initialize", &path], b"");
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    assert_eq!(tabwasm(&["--invoke", "ready", &path], b"").stdout, "1\n");
}

#[test]
fn what_wasi_calls_is_named_if_it_has_another_type() {
    let function = r#"(module (func (export "_start") (param i32)))"#;
    let memory = r#"(module (memory (export "_start") 1) (func (export "f")))"#;
    let library =
        r#"(module (func (export "_initialize") (result i32) (i32.const 1)) (func (export "f")))"#;
    for (text, invoke, expected) in [
        (
            function,
            &[][..],
            "exports `_start` as function [i32] -> []",
        ),
        (memory, &[], "exports `_start` as memory"),
        (
            library,
            &["--invoke", "f"],
            "exports `_initialize` as function [] -> [i32]",
        ),
    ] {
        let path = file("wrong_start.wat", text);
        let output = tabwasm(&[invoke, &[&path]].concat(), b"");
        assert_eq!(output.code, Some(2));
        assert!(output.stderr.contains(expected), "{}", output.stderr);
    }
}

#[test]
fn values_are_as_in_the_text_format() {
    let path = file(
        "values.wat",
        r#"(module
            (func (export "f32") (param f32) (result f32) (local.get 0))
            (func (export "f64") (param f64) (result f64) (local.get 0))
            (func (export "func") (param funcref) (result funcref) (local.get 0))
            (func $f (export "extern") (param externref) (result externref) (local.get 0))
            (elem declare func $f)
            (func (export "some") (result funcref) (ref.func $f)))"#,
    );
    for (name, given, printed) in [
        ("f32", "nan:0x200000", "nan:0x200000"),
        ("f64", "-nan", "-nan"),
        ("f64", "0x1.8p+1", "3.0"),
        ("f64", "1e300", "1e300"),
        ("f32", "0.1", "0.1"),
        ("func", "ref.null func", "ref.null func"),
        ("extern", "ref.null extern", "ref.null extern"),
    ] {
        let output = tabwasm(&["--invoke", name, &path, given], b"");
        assert_eq!(output.stdout, format!("{printed}\n"), "{}", output.stderr);
    }
    assert_eq!(
        tabwasm(&["--invoke", "some", &path], b"").stdout,
        "ref.func\n"
    );
    let output = tabwasm(&["--invoke", "func", &path, "7"], b"");
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("only `ref.null func`"),
        "{}",
        output.stderr
    );
}

#[test]
fn the_stack_is_a_limit() {
    let path = file(
        "deep.wat",
        r#"(module (func $deep (export "deep") (param i32) (result i32)
            (if (result i32) (local.get 0)
                (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
                (else (i32.const 0)))))"#,
    );
    let deep = |size| {
        tabwasm(
            &["--stack-size", size, "--invoke", "deep", &path, "2000"],
            b"",
        )
    };
    let output = deep("4KiB");
    assert_eq!(output.code, Some(134));
    assert!(
        output.stderr.contains("`--stack-size`"),
        "{}",
        output.stderr
    );
    assert_eq!(deep("1MB").stdout, "2000\n");
    let output = deep("1000GB");
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("limit `stack_size`"),
        "{}",
        output.stderr
    );
    let grow = file("grow_gb.wat", r#"(module (memory 1) (func (export "f")))"#);
    let output = tabwasm(&["--max-memory", "10GB", "--invoke", "f", &grow], b"");
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
}

#[test]
fn all_missing_imports_are_shown() {
    let path = file(
        "imports.wat",
        r#"(module (import "env" "a" (func (param i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
            (import "env" "b" (memory 1)))"#,
    );
    let output = tabwasm(&[&path], b"");
    assert_eq!(output.code, Some(4));
    let lines: Vec<&str> = output.stderr.lines().collect();
    let expected = [
        "error: unknown import: `env::a` (function [i32] -> []) is not defined",
        "error: unknown import: `env::b` (memory 1.. pages) is not defined",
    ];
    assert_eq!(lines, expected);
}

#[cfg(unix)]
#[test]
fn files_have_names_of_any_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let name = OsStr::from_bytes(b"name-\xFF.wat");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, ADD).expect("the file is written");
    let run = |before: &[&str], after: &[&OsStr]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tabwasm"));
        let command = command.args(before).arg(&path).args(after);
        let output = command.output().expect("the binary ends");
        let texts = [output.stdout, output.stderr].map(String::from_utf8);
        (
            output.status.code(),
            texts.map(|text| text.expect("it is text")),
        )
    };
    let (code, [stdout, _]) = run(&["--invoke", "add"], &["1".as_ref(), "2".as_ref()]);
    assert_eq!((code, stdout.as_str()), (Some(0), "3\n"));
    for command in ["validate", "inspect"] {
        let (code, [stdout, _]) = run(&[command], &[]);
        assert_eq!(code, Some(0));
        assert!(stdout.contains("name-\u{FFFD}.wat"), "{stdout}");
    }
    let (code, [_, stderr]) = run(&["--invoke", "add"], &[OsStr::from_bytes(b"\xFE")]);
    assert_eq!(code, Some(2));
    assert!(stderr.contains("is not UTF-8"), "{stderr}");
}

#[test]
fn what_a_script_expects_is_the_beginning_of_what_happens() {
    // The module has an access out of bounds; `memory` is an import that is not there or too small.
    let text = |trap: &str, link: &str, unlike: &str, invalid: &str, malformed: &str| {
        format!(
            r#"(module (memory 0)
                (func (export "load") (result i32) (i32.load (i32.const 0)))
                (func (export "div") (result i32) (i32.div_s (i32.const 1) (i32.const 0)))
                (func $deep (export "deep") (call $deep)))
            (assert_trap (invoke "load") "{trap}")
            (assert_unlinkable (module (import "spectest" "memo" (memory 1))) "{link}")
            (assert_unlinkable (module (import "spectest" "memory" (memory 9))) "{unlike}")
            (assert_invalid (module (func (result i32))) "{invalid}")
            (assert_malformed (module binary "\00asm\01\00\00\00\ff") "{malformed}")
            (assert_trap (invoke "div") "integer divide")
            (assert_exhaustion (invoke "deep") "call stack")"#
        )
    };
    let good = [
        [
            "out of bounds",
            "unknown",
            "incompatible import",
            "type mismatch",
            "malformed section",
        ],
        [
            "out of bounds memory access",
            "unknown import",
            "incompatible import type",
            "type mismatch: expected",
            "malformed section id",
        ],
    ];
    let bad = [
        [""; 5],
        ["bounds", "import", "import type", "mismatch", "section id"],
        [
            "out of bounds table",
            "unknown m",
            "incompatible memory",
            "type error",
            "malformed type",
        ],
    ];
    for tier in ["std", "no_alloc"] {
        let failures = |expected: &[&str; 5]| {
            let [trap, link, unlike, invalid, malformed] = expected;
            let path = file("prefix.wast", text(trap, link, unlike, invalid, malformed));
            let output = tabwasm(&["wast", "--tier", tier, &path], b"");
            let last = output.stdout.lines().last().unwrap_or_default().to_owned();
            (last, output.stdout)
        };
        for expected in &good {
            let (last, all) = failures(expected);
            assert!(last.contains("8 passed, 0 failed"), "{tier}: {all}");
        }
        for expected in &bad {
            let (last, all) = failures(expected);
            assert!(last.contains("3 passed, 5 failed"), "{tier}: {all}");
        }
    }
}

#[test]
fn a_folder_without_scripts_is_an_error() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no_scripts");
    fs::create_dir_all(&folder).expect("the folder is made");
    let output = tabwasm(&["wast", folder.to_str().expect("it is text")], b"");
    assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""));
    assert!(output.stderr.contains("no scripts"), "{}", output.stderr);
}

#[test]
fn text_becomes_binary_and_binary_text() {
    let path = file("parsed.wat", ADD);
    let binary = file("parsed.wasm", "");
    let output = tabwasm(&["parse", &path, "-o", &binary], b"");
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    let bytes = fs::read(&binary).expect("the file is there");
    assert_eq!(bytes, wat::parse_str(ADD).expect("the text is right"));
    let printed = tabwasm(&["print", &binary], b"");
    assert_eq!(printed.code, Some(0), "{}", printed.stderr);
    let again = wat::parse_str(&printed.stdout).expect("what is printed is text");
    assert_eq!(again, bytes);
    let output = tabwasm(&["parse", &binary], b"");
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("is not text"), "{}", output.stderr);
    assert_eq!(
        tabwasm(&["print", "-"], b"\0asm\x01\0\0\0\xFF").code,
        Some(3)
    );
    let component = tabwasm(&["print", "-"], b"\0asm\x0d\0\x01\0");
    assert!(
        component.stdout.starts_with("(component"),
        "{}",
        component.stderr
    );
}

#[test]
fn what_works_for_components_is_said() {
    let path = file("component.wat", "(component)");
    let output = tabwasm(&["validate", &path], b"");
    assert_eq!(output.code, Some(3));
    let expected = "help: `--level standard` validates components";
    assert!(output.stderr.contains(expected), "{}", output.stderr);
    let output = tabwasm(&[&path], b"");
    assert_eq!(output.code, Some(3));
    for part in [
        "is a component",
        "help: components do not run yet",
        "`tabwasm inspect`",
    ] {
        assert!(output.stderr.contains(part), "{}", output.stderr);
    }
}

#[test]
fn validation_has_a_line_of_json_for_each_file() {
    let good = file("lines_good.wat", "(module)");
    let syntax = file("lines_syntax.wat", "(module (func (i32.addd)))");
    let files = ["no such file", &syntax, &good];
    let output = tabwasm(&[&["validate", "--json"], &files[..]].concat(), b"");
    assert_eq!((output.code, output.stderr.as_str()), (Some(2), ""));
    let lines: Vec<&str> = output.stdout.lines().collect();
    let verdicts = ["unreadable", "invalid", "valid"];
    assert_eq!(lines.len(), files.len());
    for (line, verdict) in lines.iter().zip(verdicts) {
        let expected = format!(r#""verdict":"{verdict}""#);
        assert!(line.contains(&expected), "{line}");
    }
}
