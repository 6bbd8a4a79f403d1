//! Scripts of the official suites: what is counted, and what an expectation means.
//!
//! A script that expects something else must fail, or the suites would prove nothing.

use std::fs;
use std::path::PathBuf;

use super::{file, tabwasm};

const MIXED: &str = r#"(module (func (export "one") (result i32) (i32.const 1)))
    (assert_return (invoke "one") (i32.const 1))
    (assert_return (invoke "one") (i32.const 2))
    (assert_invalid (module (func (result i32))) "type mismatch")
    (assert_malformed (module quote "(func") "unexpected end")
    (module (type (struct)) (func (export "f")))
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
    assert!(output.stdout.contains("2 gc"), "{}", output.stdout);
    let output = tabwasm(&["wast", "--json", &path], b"");
    let last = output.stdout.lines().last().unwrap_or_default();
    assert!(
        last.contains(r#""passed":3,"failed":1,"skipped":2,"text_only":1"#),
        "{last}"
    );
}

/// All of the script is played in the profile that its modules need.
#[test]
fn scripts_with_vectors_run_without_an_allocator() {
    let text = r#"(module (func (export "one") (result i32) (i32.const 1)))
        (assert_return (invoke "one") (i32.const 1))
        (module (func (export "neg") (param v128) (result v128) (i64x2.neg (local.get 0))))
        (assert_return (invoke "neg" (v128.const i64x2 1 -2)) (v128.const i64x2 -1 2))
        (assert_return (invoke "neg" (v128.const i64x2 1 -2)) (v128.const i64x2 -1 3))"#;
    let path = file("vectors.wast", text);
    let run = |more: &[&str]| {
        let args = [&["wast", "--tier", "no_alloc"], more, &[&path]].concat();
        let output = tabwasm(&args, b"");
        output.stdout.lines().last().map(str::to_owned)
    };
    let all = "1 files, 5 directives: 4 passed, 1 failed, 0 skipped";
    assert_eq!(run(&[]).as_deref(), Some(all));
    // A proposal that is off is not missing.
    let off = "1 files, 5 directives: 2 passed, 0 failed, 3 skipped";
    assert_eq!(run(&["--features", "-simd"]).as_deref(), Some(off));
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

const COMPONENTS: &str = r#"(component definition $C
        (core module $M
            (memory (export "m") 1)
            (func (export "same") (param i32) (result i32) (local.get 0))
            (func (export "f") (param f32) (result f32) (local.get 0))
            (func (export "trap") unreachable))
        (core instance $m (instantiate $M))
        (type $e' (enum "red" "green"))
        (export $e "e" (type $e'))
        (func (export "enum") (param "e" $e) (result $e) (canon lift (core func $m "same")))
        (func (export "u8") (param "x" u8) (result u8) (canon lift (core func $m "same")))
        (func (export "f32") (param "x" f32) (result f32) (canon lift (core func $m "f")))
        (func (export "trap") (canon lift (core func $m "trap"))))
    (component instance $a $C)
    (component instance $b $C)
    (assert_return (invoke $a "u8" (u8.const 255)) (u8.const 255))
    (assert_return (invoke "enum" (enum.const "green")) (enum.const "green"))
    (assert_return (invoke "f32" (f32.const -0)) (f32.const -0))
    (assert_return (invoke "f32" (f32.const nan)) (f32.const nan))
    (assert_trap (invoke $a "trap") "unreachable")
    (assert_trap (invoke $a "trap") "cannot enter component instance")
    (assert_return (invoke $b "u8" (u8.const 1)) (u8.const 1))
    (assert_malformed (component binary "\00asm" "\0d\00\01\00" "\0c\00\00") "unexpected end")
    (component $exports (core module (export "m") (func (export "f"))))
    (register "given" $exports)
    (component (import "given" (instance (export "m" (core module (export "f" (func)))))))"#;

#[test]
fn scripts_define_components_and_call_them() {
    let path = file("components.wast", COMPONENTS);
    let output = tabwasm(&["wast", &path], b"");
    let last = output.stdout.lines().last();
    assert_eq!(
        last,
        Some("1 files, 14 directives: 14 passed, 0 failed, 0 skipped"),
        "{}",
        output.stdout
    );
    // Where components are validated only, what executes them is skipped and not passed.
    let output = tabwasm(&["wast", "--tier", "no_alloc", &path], b"");
    let last = output.stdout.lines().last();
    assert_eq!(
        last,
        Some("1 files, 14 directives: 2 passed, 0 failed, 12 skipped"),
        "{}",
        output.stdout
    );
    let expecting = |expected: &str| {
        let path = file("component.wast", format!("{COMPONENTS} {expected}"));
        tabwasm(&["wast", &path], b"").stdout
    };
    for (directive, found) in [
        (
            r#"(assert_return (invoke $b "f32" (f32.const -0)) (f32.const 0))"#,
            "F32(2147483648)",
        ),
        (
            r#"(assert_return (invoke $b "enum" (enum.const "red")) (enum.const "green"))"#,
            r#"Enum("red")"#,
        ),
        (
            r#"(assert_trap (invoke $b "trap") "out of bounds")"#,
            "found `",
        ),
        ("(assert_invalid (component) \"\")", "it was accepted"),
        (r#"(invoke $b "none")"#, "no function `none`"),
        (
            r#"(invoke $b "enum" (enum.const "blue"))"#,
            "a value of type",
        ),
    ] {
        let stdout = expecting(directive);
        assert!(stdout.contains("1 failed"), "{directive}: {stdout}");
        assert!(stdout.contains(found), "{directive}: {stdout}");
    }
}
