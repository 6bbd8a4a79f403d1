//! `tabwasm spec` and `tabwasm completions` from outside.
//!
//! They run in a folder without a clone of the project: the tables that they show must be those
//! inside the binary. Overlays are written by the tests.

#![cfg(all(feature = "std", feature = "spec"))]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tabwasm::Trap;

/// Exit code, standard output, standard error.
fn tabwasm(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tabwasm"))
        .args(args)
        // Nothing here depends on a clone.
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("output is text");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn overlay(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("the file is written");
    path.to_str().expect("the path is text").to_owned()
}

#[test]
fn an_instruction_is_shown() {
    let (code, shown, _) = tabwasm(&["spec", "show", "i32.load"]);
    assert_eq!(code, Some(0));
    for line in [
        "i32.load\n",
        "  encoding    28\n",
        "  immediates  m: alignment of at most 4, offset, memory\n",
        "  type        at(m) -> i32\n",
        "  traps       memory_out_of_bounds: out of bounds memory access\n",
        "  fuel        1, of its class `do`; schedule 2\n",
        "  tiers       no_alloc, alloc, std\n",
        "              rows: alignment\n",
    ] {
        assert!(shown.contains(line), "{line}{shown}");
    }
    let (_, shown, _) = tabwasm(&["spec", "show", "i32.div_s"]);
    for (key, trap) in [
        ("integer_overflow", Trap::IntegerOverflow),
        ("division_by_zero", Trap::IntegerDivisionByZero),
    ] {
        let line = format!("{key}: {}", trap.text());
        assert!(shown.contains(&line), "{shown}");
    }
    let (_, shown, _) = tabwasm(&["spec", "show", "memory.fill"]);
    let fuel = "  fuel        1, of its class `hand`, and 1 per 32 bytes; schedule 2\n";
    assert!(shown.contains(fuel), "{shown}");
    let (_, json, _) = tabwasm(&["spec", "show", "--json", "end"]);
    assert!(
        json.starts_with("{\"schema\":1,\"instruction\":\"end\""),
        "{json}"
    );
    assert!(
        json.contains("\"fuel\":\"0, its own; schedule 2\""),
        "{json}"
    );
}

#[test]
fn an_unknown_instruction_has_a_neighbour() {
    let (code, _, said) = tabwasm(&["spec", "show", "i32.ad"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("did you mean `i32.add`?"), "{said}");
    let (code, _, said) = tabwasm(&["spec", "list", "--proposal", "tailcall"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("did you mean `tail_call`?"), "{said}");
}

#[test]
fn lists_have_four_forms() {
    let list = |form: &[&str]| {
        let args = [&["spec", "list", "--proposal", "sign_extension"], form].concat();
        tabwasm(&args).1
    };
    assert!(list(&[]).starts_with("C0  i32.extend8_s   i32 -> i32  sign_extension\n"));
    assert!(list(&["--md"]).contains("\n| C0 | `i32.extend8_s` |  | `i32 -> i32` |"));
    assert!(list(&["--csv"]).contains("\nC0,i32.extend8_s,i32.extend8_s,,i32 -> i32,"));
    assert!(list(&["--json"]).contains("\"key\":\"i32.extend8_s\""));
    for form in [&["--csv"][..], &["--json"], &[]] {
        let rows = 5 + usize::from(form == ["--csv"]);
        assert_eq!(list(form).lines().count(), rows, "{form:?}");
    }
    let (code, ..) = tabwasm(&["spec", "list", "--csv", "--json"]);
    assert_eq!(code, Some(2));
}

#[test]
fn a_check_shows_the_place() {
    let good = overlay(
        "good.toml",
        "extends = 'wasm-3.0'\n[change.limit]\nlocals = { std = 9_999 }\n",
    );
    let bad = overlay(
        "bad.toml",
        "extends = 'wasm-3.0'\n[change.limit]\nlocls = { std = 9 }\n",
    );
    let (code, said, errors) = tabwasm(&["spec", "check", &good, &bad, "wasm-3.0"]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains(": wasm-3.0 + good.toml, 1 row changed\n"),
        "{said}"
    );
    assert!(errors.contains("^^^^^ did you mean `locals`?"), "{errors}");
    let (code, ..) = tabwasm(&["spec", "check", "nowhere.toml"]);
    assert_eq!(code, Some(2));
}

#[test]
fn a_difference_is_breaking_or_not() {
    let more = "extends = 'wasm-3.0'\nproposal = 'mvp'\n\
        [add.op]\ni32.twice = { op = [0xFC, 128], type = 'i32 -> i32', do = 'a.wrapping_mul(2)' }\n\
        [change.limit]\nbr_table_targets = { alloc = 65_519 }\n\
        [change.costs]\nschedule = 3\n[change.costs.class]\nhand = 3\n";
    let more = overlay("more.toml", more);
    let (code, there, _) = tabwasm(&["spec", "diff", "wasm-3.0", &more]);
    assert_eq!(code, Some(1));
    assert_eq!(
        there,
        "breaking    limit `br_table_targets`: alloc was `65520`, is `65519`\n\
         compatible  op `i32.twice`: added\n\
         compatible  costs `schedule`: version was `2`, is `3`\n\
         compatible  costs `hand`: cost was `1`, is `3`\n\
         4 changes, 1 breaking\n"
    );
    let (_, back, _) = tabwasm(&["spec", "diff", "--json", &more, "wasm-3.0"]);
    let removed = "{\"schema\":1,\"kind\":\"breaking\",\"table\":\"op\",\"row\":\"i32.twice\",\
                   \"change\":\"removed\"}\n";
    assert!(back.starts_with(removed), "{back}");
    let (code, same, _) = tabwasm(&["spec", "diff", "wasm-3.0", "wasm-3.0"]);
    assert_eq!((code, same.as_str()), (Some(0), "0 changes, 0 breaking\n"));
}

#[test]
fn files_are_laid_out() {
    let text = "extends   = 'wasm-3.0'\n\n\n[change.limit]\nlocals = { std = 9 }\nmemories = { std = 9 }\n";
    let file = overlay("crooked.toml", text);
    assert_eq!(tabwasm(&["spec", "fmt", "--check", &file]).0, Some(1));
    assert_eq!(fs::read_to_string(&file).expect("the file"), text);
    assert_eq!(tabwasm(&["spec", "fmt", &file]).0, Some(0));
    let straight =
        "extends = 'wasm-3.0'\n\n[change.limit]\nlocals   = { std = 9 }\nmemories = { std = 9 }\n";
    assert_eq!(fs::read_to_string(&file).expect("the file"), straight);
    assert_eq!(tabwasm(&["spec", "fmt", "--check", &file]).0, Some(0));
}

#[test]
fn the_tables_are_laid_out() {
    let spec = fs::canonicalize("../../spec").expect("the tables");
    let mut files = Vec::new();
    for folder in [
        spec.clone(),
        spec.join("instructions"),
        spec.join("component"),
    ] {
        let entries = fs::read_dir(folder).expect("a folder of tables");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let tables = paths.filter(|path| path.extension().is_some_and(|it| it == "toml"));
        files.extend(tables.map(|path| path.to_str().expect("the path is text").to_owned()));
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let (code, said, _) = tabwasm(&[&["spec", "fmt", "--check"], &files[..]].concat());
    assert_eq!(code, Some(0), "run `tabwasm spec fmt` on these:\n{said}");
}

#[test]
fn a_row_of_an_overlay_is_explained() {
    let example = "../../tests/examples/custom_opcodes/overlay.toml";
    let example = fs::canonicalize(example).expect("the example");
    let example = example.to_str().expect("the path is text");
    let (code, said, errors) = tabwasm(&["spec", "explain", "i32.rotl3", "--in", example]);
    assert_eq!(code, Some(0), "{errors}");
    assert!(
        said.contains("\n    entry::<Unary<I32Rotl3, S, W>>(),\n"),
        "{said}"
    );
    let (_, shown, _) = tabwasm(&["spec", "show", "i32.rotl3", "--in", example]);
    let tests = "tests       tests/rows.rs of the vendored runtime, with 3 examples\n";
    assert!(shown.contains(tests), "{shown}");
    let (code, _, errors) = tabwasm(&["spec", "explain", "i32.rotl33", "--in", example]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("did you mean `i32.rotl3`?"), "{errors}");
}

#[test]
fn shells_get_completions() {
    for (shell, sign) in [
        ("bash", "_tabwasm()"),
        ("zsh", "#compdef tabwasm"),
        ("fish", "complete -c tabwasm"),
    ] {
        let (code, script, _) = tabwasm(&["completions", shell]);
        assert_eq!(code, Some(0));
        assert!(
            script.contains(sign) && script.contains("explain"),
            "{shell}"
        );
    }
}
