//! `tabwasm bench`: what is timed, what becomes of the guest, and the comparison without one.
//!
//! How long something takes is different each time; that it is said, in order and with its unit, is not.

use std::fs;
use std::path::PathBuf;

use super::{ADD, file, tabwasm, wasi};

#[test]
fn each_phase_is_timed_and_results_are_not_printed() {
    let path = file("bench-add.wat", ADD);
    let call = ["--invoke", "add", &path, "40", "2"];
    let output = tabwasm(&[&["bench", "--rounds", "3"], &call[..]].concat(), b"");
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines[0], format!("{path}: medians of 3 rounds"));
    for (line, phase) in lines[1..].iter().zip(["compile", "instantiate", "run"]) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, median, unit, "±", deviation, _] = words[..] else {
            panic!("{line}");
        };
        assert_eq!(name, phase);
        assert!(["µs", "ms", "s"].contains(&unit), "{line}");
        assert!(median.parse::<f64>().unwrap() > 0.0, "{line}");
        assert!(deviation.parse::<f64>().unwrap() >= 0.0, "{line}");
    }
    assert_eq!(lines.len(), 4, "{lines:?}");

    let json = tabwasm(
        &[&["bench", "--json", "--rounds", "2"], &call[..]].concat(),
        b"",
    );
    let text = json.stdout;
    assert!(text.starts_with(r#"{"schema":1,"file":"#), "{text}");
    for key in [
        r#""rounds":2,"compile":{"median_ns":"#,
        r#""run":{"median_ns":"#,
    ] {
        assert!(text.contains(key), "{text}");
    }
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn each_round_has_a_new_instance_that_prints_and_reads_nothing() {
    // It traps when its memory is not new, or when there is input.
    let path = file(
        "bench-program.wat",
        wasi(
            r#"(data (i32.const 64) "printed")
            (func (export "_start")
                (if (i32.load (i32.const 128)) (then unreachable))
                (i32.store (i32.const 128) (i32.const 1))
                (call $print (i32.const 64) (i32.const 7))
                (i32.store (i32.const 16) (i32.const 32))
                (i32.store (i32.const 20) (i32.const 1))
                (drop (call $fd_read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 24)))
                (if (i32.load (i32.const 24)) (then unreachable)))"#,
        ),
    );
    let output = tabwasm(&["bench", "--rounds", "2", &path], b"input");
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    assert!(!output.stdout.contains("printed"), "{}", output.stdout);
}

#[test]
fn what_fails_is_not_timed() {
    let exits = wasi(r#"(func (export "_start") (call $proc_exit (i32.const 7)))"#);
    let traps = "(module (func (export \"_start\") unreachable))".to_owned();
    let lacks = "(module (import \"a\" \"b\" (func)) (func (export \"_start\")))".to_owned();
    let invalid = "(module (func (result i32)))".to_owned();
    let forever = "(module (func (export \"_start\") (loop (br 0))))".to_owned();
    for (name, text, code) in [
        ("bench-exits.wat", exits, 7),
        ("bench-traps.wat", traps, 134),
        ("bench-lacks.wat", lacks, 4),
        ("bench-invalid.wat", invalid, 3),
        ("bench-component.wat", "(component)".to_owned(), 2),
        ("bench-forever.wat", forever, 125),
    ] {
        let path = file(name, text);
        let output = tabwasm(&["bench", "--fuel", "100000", &path], b"");
        assert_eq!(output.code, Some(code), "{name}: {}", output.stderr);
        assert_eq!(output.stdout, "", "{name}");
    }
    let path = file("bench-usage.wat", ADD);
    for wrong in [
        &["--rounds", "0", &path][..],
        &["--rounds", "3"],
        &["--picture", "a.svg", &path],
        &["--picture", "a.svg", "--json"],
        &["--feul", "1", &path],
        &["no such file.wasm"],
    ] {
        let output = tabwasm(&[&["bench"], wrong].concat(), b"");
        assert_eq!(output.code, Some(2), "{wrong:?}: {}", output.stderr);
        assert_ne!(output.stderr, "", "{wrong:?}");
    }
}

#[test]
fn without_a_file_the_comparison_is_shown() {
    let table = tabwasm(&["bench"], b"").stdout;
    for part in [
        "how many times as fast as",
        "wasmi",
        "twenty kernels",
        "medians of",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let json = tabwasm(&["bench", "--json"], b"").stdout;
    assert!(json.starts_with(r#"{"schema":"#) && json.lines().count() == 1);
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench.svg");
    let output = tabwasm(&["bench", "--picture", path.to_str().unwrap()], b"");
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), ""));
    let picture = fs::read_to_string(path).unwrap();
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
}
