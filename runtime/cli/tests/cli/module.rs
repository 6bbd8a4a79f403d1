//! Modules that are looked at and not run: validation, levels, contents, tables, text.
//!
//! People read what is printed, and scripts read the lines of JSON: both are compared.

use std::fs;

use super::{ADD, file, tabwasm};

#[test]
fn invalid_modules_end_with_3_and_show_the_bytes() {
    let text = "(module (func $ok) (func $sum (result i32) (i32.add (i32.const 1) (i64.const 2))))";
    let path = file(
        "invalid.wasm",
        wat::parse_str(text).expect("this is a module"),
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

/// Each text, with the place and what has to be shown there.
const WRONG: [(&str, &str, &str); 14] = [
    (
        "(module\n (func $ok)\n (func $sum (result i32)\n  (i32.add (i32.const 1)\n   (i64.const 2))))",
        ":4:4, in `i32.add` of function 1 `sum`",
        " 4 |   (i32.add (i32.const 1)\n   |    ^^^^^^^\n",
    ),
    (
        "(module (func (param i32)\n  local.get 0\n  if nop else\n    i32.eqz\n  end))",
        ":4:5, in ",
        " 4 |     i32.eqz\n   |     ^^^^^^^\n",
    ),
    (
        "(func)\n(func $f (result i32)\n  nop\n)",
        ":2:2, in ",
        " 2 | (func $f (result i32)\n   |  ^^^^\n",
    ),
    (
        "(module\n(func (nop)\n\t\t(local.get 7)))",
        ":3:4, in ",
        " 3 |         (local.get 7)))\n   |          ^^^^^^^^^\n",
    ),
    (
        "(module\n(func i32.const 0\nref.i31\ndrop))",
        ":3:1, in ",
        " 3 | ref.i31\n   | ^^^^^^^\n",
    ),
    (
        "(module (func)\n(export \"a\" (func 0))\n(export \"a\" (func 0)))",
        ":3:2\n",
        " 3 | (export",
    ),
    (
        "(module\n(memory 2 1))",
        ":2:2\n",
        " 2 | (memory 2 1))\n   |  ^^^^^^\n",
    ),
    (
        "(module\n(global i32 (i32.const 0))\n(global i32 (i64.const 0)))",
        ":3:2\n",
        " 3 | (global",
    ),
    (
        "(module (memory 1)\n(data (i32.const 0))\n(data (i64.const 0)))",
        ":3:2\n",
        " 3 | (data",
    ),
    (
        "(module (func (param i32))\n(start 0))",
        ":2:8\n",
        " 2 | (start 0))\n   |        ^\n",
    ),
    (
        "(module (func (param i32))\n (func (type 9)))",
        ":2:3\n",
        " 2 |  (func (type 9)))\n",
    ),
    (
        "(module (table 1 funcref)\n(elem (i32.const 0) 0))",
        ":2:2\n",
        " 2 | (elem (i32.const 0) 0))\n",
    ),
    (
        "\n\n\n\n\n\n\n\n\n(func (result i32))",
        ":10:2, in ",
        " 10 | (func (result i32))\n    |  ^^^^\n",
    ),
    (
        "(func (i32.eqz (i32.eqz (i32.eqz (i32.eqz (i32.eqz (i32.eqz (i32.const 0))))))) (drop (i32.eqz (i64.const 0))) (i32.eqz (i32.eqz (i32.eqz (i32.eqz (i32.eqz (i32.eqz (i32.const 0))))))))",
        ":1:88, in ",
        " 1 | …2.eqz (i32.eqz (i32.eqz (i32.eqz (i32.const 0))))))) (drop (i32.eqz (i64.const 0))) (i32.eqz (i32.eqz (i32.eqz (i32.eqz (i32.eq…\n",
    ),
];

#[test]
fn invalid_text_is_shown_where_it_is_wrong() {
    for (at, (text, place, line)) in WRONG.into_iter().enumerate() {
        let path = file(&format!("wrong_{at}.wat"), text);
        for command in [&["validate"][..], &["run"]] {
            let output = tabwasm(&[command, &[&path]].concat(), b"");
            assert_eq!(output.code, Some(3), "{text}");
            let expected = format!("  --> {path}{place}");
            for part in [&expected, line] {
                assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
            }
        }
    }
    let path = file("wrong_0.wat", WRONG[0].0);
    let output = tabwasm(&["validate", "--json", &path], b"");
    let place = r#""verdict":"invalid","line":4,"column":4,"#;
    assert!(output.stdout.contains(place), "{}", output.stdout);
    let (table, inspect) = (file("wrong.table", ""), ["inspect", "--needs", &path]);
    let compile = ["compile", "--side-table", &path, "-o", &table];
    for args in [&compile[..], &inspect] {
        let output = tabwasm(args, b"");
        assert_eq!(output.code, Some(3));
        assert!(
            output.stderr.contains("wrong_0.wat:4:4, in "),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn text_that_does_not_tell_the_place_shows_bytes() {
    let path = file("bytes.wat", r#"(module binary "\00asm\01\00\00\00\ff")"#);
    let output = tabwasm(&["validate", &path], b"");
    assert_eq!(output.code, Some(3));
    let place = format!("  --> {path} (encoded):0x8\n");
    assert!(output.stderr.contains(&place), "{}", output.stderr);
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
    let pair = file("pair.wat", "(module (type (func (result i32 i32))))");
    for level in ["basic", "standard", "full"] {
        let args = [
            "validate",
            "--level",
            level,
            "--features",
            "wasm2,-multi_value",
        ];
        let output = tabwasm(&[&args[..], &[&pair]].concat(), b"");
        assert_eq!(output.code, Some(3), "{level}: {}", output.stdout);
        assert!(output.stderr.contains("`multi_value`"), "{}", output.stderr);
    }
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
        output
            .stdout
            .contains("export memory: memory of at least 1 pages"),
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
    assert_eq!(["basic", "standard", "full"].map(validate), [Some(0); 3]);
    let output = tabwasm(&["inspect", "-"], b"\0asm\x0d\0\x01\0\x0d\0");
    assert_eq!(output.code, Some(3));
    assert!(
        output.stderr.contains("malformed section id"),
        "{}",
        output.stderr
    );
}

#[test]
fn exports_have_types() {
    let path = file(
        "exports.wat",
        r#"(module (import "env" "f" (func $f (param i32) (result i64)))
            (import "env" "t" (table 2 9 externref))
            (func $g (param f32 f64))
            (export "imported" (func $f)) (export "own" (func $g))
            (table (export "table") i64 3 funcref)
            (memory (export "memory") 1 1)
            (global (export "global") (mut i32) (i32.const 1)))"#,
    );
    let output = tabwasm(&["inspect", &path], b"");
    for line in [
        "    import env.t: table of externref, 2 to 9",
        "    export imported: func(i32) -> i64",
        "    export own: func(f32, f64)",
        "    export table: table i64 of funcref, at least 3",
        "    export memory: memory of exactly 1 pages",
        "    export global: global mut i32",
        "    missing imports: env.f, env.t",
    ] {
        assert!(
            output.stdout.lines().any(|it| it == line),
            "{}",
            output.stdout
        );
    }
    let open = tabwasm(&["inspect", "-"], b"\0asm\x01\0\0\0\x07\x05\x01\x01f\0\x05");
    let expected = "export f: func 5, which there is not";
    assert!(open.stdout.contains(expected), "{}", open.stdout);
}

#[test]
fn everything_is_shown_as_json() {
    let path = file(
        "everything.wat",
        r#"(component $outer (core module $inner (import "a" "b" (func (param i32)))
            (func (export "f") (result i64) (i64.const 1))))"#,
    );
    let output = tabwasm(&["inspect", "--json", &path], b"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", output.stdout);
    let outer = r#","level":1,"kind":"component","name":"outer","bytes":"#;
    assert!(lines[0].contains(outer), "{}", lines[0]);
    for part in [
        r#","level":2,"kind":"module","name":"inner","bytes":"#,
        r#""imports":[{"module":"a","name":"b","type":"func(i32)"}],"#,
        r#""exports":[{"name":"f","kind":"func","index":1,"type":"func() -> i64"}],"#,
        r#""sections":[{"name":"type","bytes":"#,
        r#""missing_proposals":[],"missing_imports":[{"module":"a","name":"b"}]}"#,
    ] {
        assert!(lines[1].contains(part), "{part}: {}", lines[1]);
    }
    let output = tabwasm(&["inspect", "--json", "no such file"], b"");
    assert_eq!((output.code, output.stderr.as_str()), (Some(2), ""));
    let shown = |depth| tabwasm(&["inspect", "--json", "--depth", depth, &path], b"").stdout;
    assert_eq!(
        ["1", "2", "9"].map(|depth| shown(depth).lines().count()),
        [1, 2, 2]
    );
    assert_eq!(shown("1").lines().next(), Some(lines[0]));
}

#[test]
fn all_missing_proposals_and_imports_are_listed() {
    // Two in one function, of which the validator meets one; one in a local; one in a type.
    let text = r#"(module (tag $t (param i32))
        (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
        (import "env" "a" (func)) (import "env" "b" (global i32))
        (func (local i31ref))
        (func (throw $t (i32.const 1)) (drop (i32.atomic.load (i32.const 0))))
        (memory 1 1 shared))"#;
    let path = file("lacking.wat", text);
    let output = tabwasm(&["inspect", &path], b"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    for line in [
        "    missing proposals: exceptions, gc, threads",
        "    missing imports: env.a, env.b",
    ] {
        assert!(
            output.stdout.lines().any(|it| it == line),
            "{}",
            output.stdout
        );
    }
    let all = "`exceptions`, `gc`, `threads`";
    for command in [&[][..], &["validate"]] {
        let output = tabwasm(&[command, &[&path]].concat(), b"");
        assert_eq!(output.code, Some(3));
        assert!(output.stderr.contains(all), "{}", output.stderr);
    }
    let output = tabwasm(&["validate", "--json", &path], b"");
    let all = r#""missing_proposals":["exceptions","gc","threads"]"#;
    assert!(output.stdout.contains(all), "{}", output.stdout);
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
        r#""width":8,"#,
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
}

#[test]
fn a_module_with_vectors_needs_wide_slots() {
    let text = r#"(module (global v128 (v128.const i64x2 1 2))
        (func (export "a") (param v128) (result v128) (i8x16.neg (local.get 0))))"#;
    let path = file("vectors.wat", text);
    let output = tabwasm(&["inspect", "--needs", "--json", &path], b"");
    for part in [r#""slots":10,"#, r#""width":16,"#] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    let table = file("vectors.table", "");
    let output = tabwasm(&["compile", "--side-table", &path, "-o", &table], b"");
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    let wasm = wat::parse_str(text).expect("this is a module");
    let table = fs::read(&table).expect("the file is there");
    let module = tabwasm::compact::Module::with_table(&wasm, &table);
    assert!(module.expect("they fit").export("a").is_some());
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
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    assert!(output.stdout.ends_with(": valid\n"), "{}", output.stdout);
    // What no level below the full one refuses.
    let unnamed = "(component
        (type $r (record (field \"a\" u8)))
        (import \"f\" (func (param \"r\" $r))))";
    let unnamed = file("unnamed.wat", unnamed);
    let output = tabwasm(&["validate", "--level", "standard", &unnamed], b"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let output = tabwasm(&["validate", &unnamed], b"");
    assert_eq!(output.code, Some(3));
    let expected = "type not valid to be used as import or export";
    assert!(output.stderr.contains(expected), "{}", output.stderr);
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

#[test]
fn proposals_are_listed_by_function() {
    let text = r#"(module $several
        (type $pair (func (result i32 i32)))
        (import "env" "vector" (func $vector (param v128)))
        (import "env" "plain" (func (param i32)))
        (memory 1) (memory $second 1) (table 1 funcref) (table $other 1 funcref)
        (func $plain (param i32) (result i32) (i32.add (local.get 0) (i32.load (i32.const 0))))
        (func $vectors (drop (i8x16.splat (i32.const 1))))
        (func $relaxed (local f32) (drop (i8x16.relaxed_swizzle
            (v128.const i64x2 1 2) (v128.const i64x2 1 2))))
        (func $typed (type $pair) (i32.const 1) (i32.const 2))
        (func (param externref) (drop (i32.extend8_s (i32.const 1))))
        (func $memories (drop (i32.load $second (i32.const 0))) (drop (memory.size $second)))
        (func $tables (call_indirect $other (i32.const 0)))
        (func $far (drop (i32.load offset=0x1_0000_0000 (i32.const 0)))
            (return_call $vectors))
        (func $later (block (type $pair) (i32.const 1) (i32.const 2)) (drop) (drop)
            (throw_ref (ref.null exn)))
        (func $all (return_call $vectors) (drop (i32.atomic.load (i32.const 0)))
            (drop (i64.trunc_sat_f64_s (f64.const 1)))))"#;
    let path = file("by_function.wat", text);
    let output = tabwasm(&["inspect", "--functions", &path], b"");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let wasm = wat::parse_str(text).expect("this is a module");
    let view = tabwasm::view::ModuleView::new(&wasm).expect("this is a module");
    let bodies = view.bodies().map(|body| body.expect("it is read").span());
    let bodies: Vec<_> = bodies.collect();
    let needs = [
        ("plain", ""),
        ("vectors", ": simd"),
        ("relaxed", ": floats, simd, relaxed_simd"),
        ("typed", ": multi_value"),
        ("", ": sign_extension, reference_types"),
        ("memories", ": multi_memory"),
        ("tables", ": call_indirect_overlong"),
        ("far", ": tail_call, memory64"),
        ("later", ": multi_value, reference_types, exceptions"),
        (
            "all",
            ": floats, saturating_float_to_int, tail_call, threads",
        ),
    ];
    assert_eq!(bodies.len(), needs.len());
    let mut expected = vec![
        "    func 0 \"vector\", imported: simd".to_owned(),
        "    func 1, imported".to_owned(),
    ];
    for ((body, (name, needs)), index) in bodies.iter().zip(needs).zip(2..) {
        let name = match name {
            "" => String::new(),
            name => format!(" \"{name}\""),
        };
        let offset = body.range().start;
        expected.push(format!(
            "    func {index}{name} at offset {offset:#x}{needs}"
        ));
    }
    let shown = output
        .stdout
        .lines()
        .filter(|line| line.starts_with("    func "));
    assert_eq!(shown.collect::<Vec<_>>(), expected);

    let output = tabwasm(&["inspect", "--functions", "--json", &path], b"");
    let first = bodies[2].range().start;
    for part in [
        r#""functions":[{"index":0,"name":"vector","offset":null,"proposals":["simd"]},"#,
        r#"{"index":1,"name":null,"offset":null,"proposals":[]},"#,
        &format!(
            r#"{{"index":4,"name":"relaxed","offset":{first},"proposals":["floats","simd","relaxed_simd"]}},"#
        ),
    ] {
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    let output = tabwasm(&["inspect", "--json", &path], b"");
    assert!(!output.stdout.contains("functions"), "{}", output.stdout);

    // An opcode that is nobody's, and an option that makes no sense.
    let wrong = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x05\x01\x03\0\x27\x0b";
    let output = tabwasm(&["inspect", "--functions", "-"], wrong);
    assert_eq!(output.code, Some(3));
    assert!(
        output.stderr.contains("illegal opcode"),
        "{}",
        output.stderr
    );
    let output = tabwasm(&["inspect", "--functions", "--needs", &path], b"");
    assert_eq!(output.code, Some(2));
}
