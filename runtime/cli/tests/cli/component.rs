//! Components on the command line: functions that are called with values in WAVE, imports that are
//! not there, worlds in WIT. Each test makes its component from text and runs the program on it.

use super::{file, tabwasm};

/// Functions that give back what they take: as core values, or as a pointer to memory.
fn echo(types: &str, funcs: &str) -> String {
    format!(
        r#"(component
            (core module $M
                (memory (export "m") 1)
                (global $free (mut i32) (i32.const 1024))
                (func (export "realloc") (param i32 i32 i32 i32) (result i32)
                    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
                    (global.get $free)
                    (global.set $free (i32.add (global.get $free) (local.get 3))))
                (func (export "32") (param i32) (result i32) (local.get 0))
                (func (export "64") (param i64) (result i64) (local.get 0))
                (func (export "f32") (param f32) (result f32) (local.get 0))
                (func (export "f64") (param f64) (result f64) (local.get 0))
                (func (export "two") (param i32 i32) (result i32)
                    (i32.store (i32.const 16) (local.get 0))
                    (i32.store (i32.const 20) (local.get 1))
                    (i32.const 16))
                (func (export "byte-and-two") (param i32 i32 i32) (result i32)
                    (i32.store8 (i32.const 16) (local.get 0))
                    (i32.store (i32.const 20) (local.get 1))
                    (i32.store (i32.const 24) (local.get 2))
                    (i32.const 16))
                (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
                (func (export "forever") (loop $again (br $again)))
                (func (export "trap") unreachable))
            (core instance $m (instantiate $M))
            {types}
            {funcs})"#
    )
}

/// A function of one parameter and a result of the same type.
fn same(name: &str, ty: &str, core: &str) -> String {
    format!(
        r#"(func (export "{name}") (param "x" {ty}) (result {ty}) (canon lift (core func $m "{core}")
            (memory (core memory $m "m")) (realloc (core func $m "realloc"))))"#
    )
}

#[test]
fn functions_take_and_give_values_in_wave() {
    let types = r#"
        (type $list (list u8)) (type $some (option string)) (type $ok (result u32))
        (type $pair (tuple u32 u32)) (type $none (result (list u8) (error string)))
        (type $point' (record (field "x" s32) (field "y" s32))) (export $point "point" (type $point'))
        (type $hue' (enum "red" "green")) (export $hue "hue" (type $hue'))
        (type $perms' (flags "read" "write")) (export $perms "perms" (type $perms'))
        (type $shape' (variant (case "dot") (case "named" string))) (export $shape "shape" (type $shape'))"#;
    let funcs: Vec<_> = [
        ("bool", "bool", "32"),
        ("s8", "s8", "32"),
        ("u64", "u64", "64"),
        ("f32", "f32", "f32"),
        ("f64", "f64", "f64"),
        ("char", "char", "32"),
        ("string", "string", "two"),
        ("list", "$list", "two"),
        ("some", "$some", "byte-and-two"),
        ("pair", "$pair", "two"),
        ("result", "$none", "byte-and-two"),
        ("point", "$point", "two"),
        ("hue", "$hue", "32"),
        ("perms", "$perms", "32"),
        ("shape", "$shape", "byte-and-two"),
    ]
    .iter()
    .map(|(name, ty, core)| same(&format!("{name}-of"), ty, core))
    .collect();
    let path = file("wave.wat", echo(types, &funcs.concat()));
    for (call, printed) in [
        ("bool-of(true)", "true"),
        ("s8-of(-128)", "-128"),
        ("u64-of(18446744073709551615)", "18446744073709551615"),
        ("f32-of(0.1)", "0.1"),
        ("f32-of(-inf)", "-inf"),
        ("f64-of(nan)", "nan"),
        ("f64-of(-0)", "-0"),
        ("char-of('λ')", "'λ'"),
        (r#"string-of("a \"b\" \n λ")"#, r#""a \"b\" \n λ""#),
        // What a terminal would obey is escaped.
        (r#"string-of("\u{1b}[31m")"#, r#""\u{1b}[31m""#),
        ("list-of([])", "[]"),
        ("list-of([1, 2, 255])", "[1, 2, 255]"),
        ("some-of(none)", "none"),
        (r#"some-of(some("x"))"#, r#"some("x")"#),
        ("pair-of((1, 2))", "(1, 2)"),
        ("result-of(ok([7]))", "ok([7])"),
        (r#"result-of(err("no"))"#, r#"err("no")"#),
        ("point-of({y: -1, x: 2})", "{x: 2, y: -1}"),
        ("hue-of(green)", "green"),
        ("perms-of({write})", "{write}"),
        ("perms-of({})", "{}"),
        ("shape-of(dot)", "dot"),
        (r#"shape-of(named("a"))"#, r#"named("a")"#),
    ] {
        let output = tabwasm(&["--invoke", call, &path], b"");
        assert_eq!(
            output.stdout,
            format!("{printed}\n"),
            "{call}: {}",
            output.stderr
        );
        assert_eq!(output.code, Some(0), "{call}");
    }
    for (call, said) in [
        ("s8-of(128)", "  |       ^^^"),
        ("hue-of(blue)", "unknown case"),
        ("perms-of({run})", "unknown"),
        ("point-of({x: 1})", "missing field"),
        ("list-of([1, -1])", "  |             ^^"),
        ("char-of('ab')", "invalid token"),
        ("pair-of((1, 2), 3)", "more param(s) than expected"),
        ("pair-of", "`pair-of` is a func(x: tuple) -> tuple"),
        ("pair-of((1, 2)", "unexpected"),
    ] {
        let output = tabwasm(&["--invoke", call, &path], b"");
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (Some(2), ""),
            "{call}"
        );
        assert!(output.stderr.contains(said), "{call}: {}", output.stderr);
    }
}

/// Functions in instances; one name is in both.
fn nested() -> String {
    let funcs = r#"
        (func $add (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $m "add")))
        (func $trap (canon lift (core func $m "trap")))
        (func $forever (canon lift (core func $m "forever")))
        (instance $one (export "add" (func $add)) (export "trap" (func $trap)))
        (instance $other (export "add" (func $add)) (export "forever" (func $forever)))
        (export "demo:pkg/one@1.2.3" (instance $one))
        (export "demo:pkg/other" (instance $other))
        (export "plain" (func $add))"#;
    echo("", funcs)
}

#[test]
fn functions_are_found_by_name_in_instances() {
    let path = file("nested_instances.wat", nested());
    for call in [
        "plain(40, 2)",
        "demo:pkg/one@1.2.3.add(40, 2)",
        "demo:pkg/one.add(40, 2)",
        "one.add(40, 2)",
        "other.add(40, 2)",
    ] {
        let output = tabwasm(&["--invoke", call, &path], b"");
        assert_eq!(output.stdout, "42\n", "{call}: {}", output.stderr);
        let run = tabwasm(&["run", "--invoke", call, &path], b"");
        assert_eq!(run.stdout, output.stdout);
    }
    let said = |call: &str| {
        let output = tabwasm(&["--invoke", call, &path], b"");
        assert_eq!(output.code, Some(2), "{call}");
        output.stderr
    };
    let several = said("add(1, 2)");
    let both = "several functions `add`: demo:pkg/one@1.2.3.add, demo:pkg/other.add";
    assert!(several.contains(both), "{several}");
    let none = said("two.add(1, 2)");
    assert!(none.contains("no function `two.add`"), "{none}");
    assert!(none.contains("demo:pkg/other.forever"), "{none}");
    let without = tabwasm(&[&path], b"");
    assert_eq!(without.code, Some(2));
    for part in ["is a component", "`--invoke`", "plain, demo:pkg/"] {
        assert!(without.stderr.contains(part), "{}", without.stderr);
    }
    let behind = tabwasm(&["--invoke", "plain(1, 2)", &path, "3"], b"");
    assert_eq!(behind.code, Some(2));
    assert!(
        behind.stderr.contains("stand behind its name"),
        "{}",
        behind.stderr
    );
}

#[test]
fn calls_of_components_end_as_those_of_modules() {
    let path = file("ends.wat", nested());
    let trap = tabwasm(&["--invoke", "trap()", &path], b"");
    assert_eq!(trap.code, Some(134));
    assert!(trap.stderr.contains("unreachable"), "{}", trap.stderr);
    let timeout = tabwasm(&["--timeout", "100ms", "--invoke", "forever()", &path], b"");
    assert_eq!(timeout.code, Some(124), "{}", timeout.stderr);
    let fuel = tabwasm(&["--fuel", "1000", "--invoke", "forever()", &path], b"");
    assert_eq!(fuel.code, Some(125), "{}", fuel.stderr);
    let invalid = file("invalid_component.wasm", b"\0asm\x0d\0\x01\0\x0d\0");
    assert_eq!(tabwasm(&["--invoke", "f()", &invalid], b"").code, Some(3));
}

#[test]
fn all_imports_of_a_component_that_are_missing_are_said() {
    let path = file(
        "missing_imports.wat",
        r#"(component
            (import "ns:pkg/types" (instance (type $t u8) (export "t" (type (eq $t)))))
            (import "ns:pkg/host@0.1.0" (instance $host
                (export "r" (type (sub resource)))
                (export "f" (func (param "x" u32)))))
            (import "g" (func $g (param "s" string) (result u8)))
            (alias export $host "f" (func $f))
            (core module $L (memory (export "m") 1))
            (core instance $l (instantiate $L))
            (core func $f' (canon lower (func $f)))
            (core func $g' (canon lower (func $g) (memory (core memory $l "m"))))
            (core module $M
                (import "" "f" (func $f (param i32)))
                (import "" "g" (func $g (param i32 i32) (result i32)))
                (func (export "one") (result i32) (i32.const 1))
                (func (export "calls") (call $f (i32.const 1))))
            (core instance $m (instantiate $M
                (with "" (instance (export "f" (func $f')) (export "g" (func $g'))))))
            (func (export "one") (result u32) (canon lift (core func $m "one")))
            (func (export "calls") (canon lift (core func $m "calls"))))"#,
    );
    let output = tabwasm(&["--invoke", "one()", &path], b"");
    assert_eq!((output.code, output.stdout.as_str()), (Some(4), ""));
    let lines: Vec<_> = output.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "error: unknown import `ns:pkg/host@0.1.0`: an instance (functions, resources, modules: 2)",
            "error: unknown import `g`: func(s: string) -> u8",
            "  = help: `--unknown-imports trap` runs a component without them",
        ]
    );
    let trap = &["--unknown-imports", "trap", "--invoke"][..];
    let output = tabwasm(&[trap, &["one()", &path]].concat(), b"");
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), "1\n"));
    let output = tabwasm(&[trap, &["calls()", &path]].concat(), b"");
    assert_eq!(output.code, Some(134));
    assert!(
        output.stderr.contains("ns:pkg/host@0.1.0/f"),
        "{}",
        output.stderr
    );
    for option in [&["--unknown-imports", "default"][..], &["--stub", "g"]] {
        let output = tabwasm(&[option, &["--invoke", "one()", &path]].concat(), b"");
        assert_eq!(output.code, Some(2));
        assert!(
            output.stderr.contains("can be traps only"),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn a_handle_is_not_written() {
    let path = file(
        "handle.wat",
        echo(
            r#"(type $r' (resource (rep i32)))
            (export $r "r" (type $r'))
            (core func $new (canon resource.new $r'))
            (core module $N (import "" "new" (func $new (param i32) (result i32)))
                (func (export "new") (result i32) (call $new (i32.const 7)))
                (func (export "drop") (param i32)))
            (core instance $n (instantiate $N (with "" (instance (export "new" (func $new))))))"#,
            r#"(func (export "make") (result (own $r)) (canon lift (core func $n "new")))
            (func (export "take") (param "r" (own $r)) (canon lift (core func $n "drop")))"#,
        ),
    );
    let output = tabwasm(&["--invoke", "make()", &path], b"");
    assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""));
    assert!(
        output.stderr.contains("the result cannot be shown"),
        "{}",
        output.stderr
    );
    let output = tabwasm(&["--invoke", "take(1)", &path], b"");
    assert_eq!(output.code, Some(2));
    assert!(output.stderr.contains("func(r: own)"), "{}", output.stderr);
}

#[test]
fn a_component_is_inspected_with_its_world() {
    let path = file("world.wat", nested());
    let output = tabwasm(&["inspect", &path], b"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let text = &output.stdout;
    let (before, world) = text.split_once("  world in WIT:\n").expect("a world");
    assert!(before.contains("module \"M\""), "{text}");
    for part in [
        "export demo:pkg/one@1.2.3;",
        "export plain: func(a: u32, b: u32) -> u32;",
        "package demo:pkg@1.2.3 {",
        "trap: func();",
    ] {
        assert!(world.contains(part), "{part}: {world}");
    }
    let output = tabwasm(&["inspect", "--json", &path], b"");
    let first = output.stdout.lines().next().unwrap_or_default();
    assert!(
        first.contains(r#""wit":"package root:component;\n"#),
        "{first}"
    );
    let none = file(
        "worldless.wat",
        r#"(component (core module $m) (export "m" (core module $m)))"#,
    );
    let output = tabwasm(&["inspect", &none], b"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(
        output.stdout.contains("world in WIT: cannot be shown"),
        "{}",
        output.stdout
    );
}
