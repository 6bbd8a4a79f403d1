//! Programs that run: what they print, read and end with, and what bounds them.
//!
//! Each is a few lines of text, so that what it has to do stands beside what is expected.

use super::{ADD, FOREVER, file, tabwasm, wasi};

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
fn functions_can_be_validated_late() {
    let path = file(
        "mixed.wat",
        r#"(module (func (export "good") (result i32) (i32.const 7))
            (func (export "bad") (result i32) (i64.const 7)))"#,
    );
    let run = |options: &[&str], name: &str| {
        tabwasm(&[options, &["--invoke", name, &path]].concat(), b"")
    };
    assert_eq!(run(&[], "good").code, Some(3));
    assert_eq!(run(&["--lazy"], "good").stdout, "7\n");
    let bad = run(&["--lazy"], "bad");
    assert_eq!(bad.code, Some(3));
    assert!(bad.stderr.contains("i64"), "{}", bad.stderr);
}

#[test]
fn the_limit_of_memory_can_be_raised() {
    let path = file(
        "grow64.wat",
        r#"(module (memory i64 1)
            (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
            (func (export "touch") (result i32)
              (drop (memory.grow (i64.const 0x10000)))
              (i32.store (i64.const 0x100000000) (i32.const 7))
              (i32.load (i64.const 0x100000000))))"#,
    );
    let grow = |options: &[&str]| {
        let rest = ["--invoke", "grow", &path, "65536"];
        tabwasm(&[options, &rest].concat(), b"").stdout
    };
    assert_eq!(grow(&[]), "-1\n");
    assert_eq!(grow(&["--max-memory", "4GiB"]), "-1\n");
    assert_eq!(grow(&["--max-memory", "5GiB"]), "1\n");
    let touch = ["--max-memory", "5GiB", "--invoke", "touch", &path];
    assert_eq!(tabwasm(&touch, b"").stdout, "7\n");
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
        "  = help: `--unknown-imports` and `--stub` run a module without them",
    ];
    assert_eq!(lines, expected);
}

/// Calls two imports and traps if an answer is not 0; has imports that are no functions.
const UNKNOWN: &str = r#"(module
    (import "env" "f" (func $f (param i32) (result i64 externref)))
    (import "other" "g" (func $g (result f64)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "other" "m" (memory 2)) (import "other" "t" (table 3 funcref))
    (import "other" "x" (global $x i32))
    (func (export "f") (local i32)
        (local.set 0 (ref.is_null (call $f (i32.const 1))))
        (if (i64.ne (i64.const 0)) (then unreachable))
        (if (i32.ne (local.get 0) (i32.const 1)) (then unreachable)))
    (func (export "g") (if (f64.ne (call $g) (f64.const 0)) (then unreachable)))
    (func (export "rest")
        (if (i32.or (global.get $x) (i32.load (i32.const 131068))) (then unreachable))
        (if (i32.ne (table.size) (i32.const 3)) (then unreachable))
        (call $exit (i32.const 9))))"#;

#[test]
fn unknown_imports_are_errors_traps_or_nothing() {
    let path = file("unknown.wat", UNKNOWN);
    let run =
        |options: &[&str], name| tabwasm(&[options, &["--invoke", name, &path]].concat(), b"");
    for options in [&[][..], &["--unknown-imports", "error"]] {
        let output = run(options, "rest");
        assert_eq!(output.code, Some(4));
        assert_eq!(output.stderr.matches("error: unknown import").count(), 5);
    }
    let default = ["--unknown-imports", "default"];
    let code = |name| run(&default, name).code;
    assert_eq!(["f", "g", "rest"].map(code), [Some(0), Some(0), Some(9)]);
    // What is no function cannot trap.
    let output = run(&["--unknown-imports=trap"], "f");
    assert_eq!(output.code, Some(4));
    assert_eq!(output.stderr.matches("error: unknown import").count(), 3);

    let text = r#"(module (import "env" "f" (func $f)) (func (export "f") (call $f))
        (func (export "quiet")))"#;
    let path = file("unknown_func.wat", text);
    let trap = |name| tabwasm(&["--unknown-imports=trap", "--invoke", name, &path], b"");
    assert_eq!(trap("quiet").code, Some(0));
    let output = trap("f");
    assert_eq!(output.code, Some(134));
    for part in [
        "`env::f` (function [] -> [])",
        "0: function 1",
        "= help: `--unknown-imports default`",
    ] {
        assert!(output.stderr.contains(part), "{}", output.stderr);
    }
    let text = r#"(module (import "env" "f" (func $f)) (start $f))"#;
    let path = file("unknown_start.wat", text);
    let output = tabwasm(&["--unknown-imports=trap", &path], b"");
    assert_eq!(output.code, Some(134), "{}", output.stderr);
}

#[test]
fn a_stub_is_of_one_module() {
    let path = file("stub.wat", UNKNOWN);
    let run = |options: &[&str]| tabwasm(&[options, &["--invoke", "f", &path]].concat(), b"");
    let output = run(&["--stub", "env"]);
    assert_eq!(output.code, Some(4));
    assert!(!output.stderr.contains("`env::f`"), "{}", output.stderr);
    assert!(output.stderr.contains("`other::g`"), "{}", output.stderr);
    let output = run(&["--stub", "env", "--stub", "other"]);
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    let mixed = ["--stub", "other", "--unknown-imports", "trap"];
    assert_eq!(run(&mixed).code, Some(134));
}

#[test]
fn the_segment_that_does_not_fit_is_named() {
    let text =
        r#"(module (memory 1) (data (i32.const 0) "a") (data (i32.const 65530) "0123456789"))"#;
    let output = tabwasm(&[&file("segment.wat", text)], b"");
    assert_eq!(output.code, Some(134));
    let expected =
        "data segment 1: 10 bytes at 65530, memory 0 has 65536 bytes: out of bounds memory";
    assert!(output.stderr.contains(expected), "{}", output.stderr);
}

#[test]
fn a_trap_says_where_in_memory_it_was() {
    let text = r#"(module (memory 1)
        (func (export "load") (param i32) (drop (i32.load offset=4 (local.get 0))))
        (func (export "fill") (param i32)
            (memory.fill (i32.const 65530) (i32.const 0) (local.get 0))))"#;
    let path = file("wild.wat", text);
    for (name, expected) in [
        ("load", "4 bytes at 65540"),
        ("fill", "65536 bytes at 65530"),
    ] {
        let output = tabwasm(&["--invoke", name, &path, "65536"], b"");
        assert_eq!(output.code, Some(134));
        let expected =
            format!("out of bounds memory access: {expected}, memory 0 has 65536 bytes\n");
        assert!(output.stderr.contains(&expected), "{}", output.stderr);
    }
}

#[test]
fn a_profile_counts_what_follows_what() {
    let path = file(
        "countdown.wat",
        r#"(module (func (export "down") (param i32) (result i32)
            (loop $again (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
            (local.get 0)))"#,
    );
    let counts = file("counts.tsv", "");
    let arguments = [
        "profile",
        "--patterns",
        &counts,
        "--invoke",
        "down",
        &path,
        "1000",
    ];
    let output = tabwasm(&arguments, b"");
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (Some(0), "0\n"),
        "{}",
        output.stderr
    );
    let counts = std::fs::read_to_string(counts).unwrap();
    for line in [
        "1\tEnterInt",
        "1000\tI32Sub PIP",
        "1000\tI32Sub PIP\tI32Eqz PM",
    ] {
        assert!(counts.lines().any(|it| it == line), "{line}: {counts}");
    }
    // What a loop begins with is not behind what stands before the loop.
    assert!(!counts.contains("LoopHead\tI32Sub"), "{counts}");
}

#[test]
fn components_are_not_profiled() {
    let path = file("component.wat", "(component)");
    let counts = file("none.tsv", "");
    let output = tabwasm(&["profile", "--patterns", &counts, &path], b"");
    assert_eq!(output.code, Some(2));
    assert!(
        output.stderr.contains("not of components"),
        "{}",
        output.stderr
    );
}
