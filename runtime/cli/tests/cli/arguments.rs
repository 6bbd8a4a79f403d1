//! Arguments of the command: options, values, names of files.
//!
//! What is mistaken must be refused with a hint, and never be taken for something else.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::{ADD, file, tabwasm};

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

/// A command, its name on the command line in front, and the commands within it.
fn commands(
    name: Vec<String>,
    command: &clap::Command,
    all: &mut Vec<(Vec<String>, clap::Command)>,
) {
    for inner in command.get_subcommands() {
        if inner.get_name() != "help" {
            let name = [&name[..], &[inner.get_name().to_owned()]].concat();
            commands(name, inner, all);
        }
    }
    all.push((name, command.clone()));
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// What stands between `\`` in the text of an option or below those of its command, and has the option.
fn examples(command: &clap::Command, option: &clap::Arg) -> Vec<String> {
    let own = option.get_long_help().or(option.get_help());
    let below = command.get_after_help();
    let long = option.get_long().map(|name| format!("--{name}"));
    let short = option.get_short().map(|name| format!("-{name}"));
    let mut found = Vec::new();
    for text in own.into_iter().chain(below).map(ToString::to_string) {
        for example in text.split('`').skip(1).step_by(2).map(words) {
            let has = |word: &Option<String>| word.iter().any(|word| example.contains(&&**word));
            if example.len() > 1 && (has(&long) || has(&short)) {
                found.push(example.join(" "));
            }
        }
    }
    found
}

/// A whole command line makes sense, and a part of one makes sense in its place.
fn parses(command: &clap::Command, name: &[&str], example: &str) {
    let parsed = if example.starts_with("tabwasm ") {
        // That command is implied.
        let name = if name == ["run"] { &[] } else { name };
        let start = [&["tabwasm"], name].concat();
        assert!(words(example).starts_with(&start), "{example} of {name:?}");
        let whole = <tabwasm_cli::args::Cli as clap::CommandFactory>::command();
        whole.try_get_matches_from(words(example))
    } else {
        let part = command.clone().subcommand_required(false);
        let part = part.mut_args(|arg| arg.required(false));
        part.try_get_matches_from([&["tabwasm"], &words(example)[..]].concat())
    };
    parsed.unwrap_or_else(|error| panic!("{example} of {name:?}: {error}"));
}

#[test]
fn each_option_is_in_help_manual_and_completions() {
    let mut command = <tabwasm_cli::args::Cli as clap::CommandFactory>::command();
    command.build();
    let mut all = Vec::new();
    commands(Vec::new(), &command, &mut all);
    let shells = ["bash", "zsh", "fish"];
    let scripts = shells.map(|shell| tabwasm(&["completions", shell], b"").stdout);
    let mut options = 0;
    for (name, command) in &all {
        let name: Vec<&str> = name.iter().map(String::as_str).collect();
        let page = tabwasm(&[&["man"], &name[..]].concat(), b"");
        assert_eq!((page.code, page.stderr.as_str()), (Some(0), ""));
        // The language of the pages has a `-` and a `'` of its own.
        let page = page.stdout.replace("\\-", "-").replace("\\*(Aq", "'");
        let help = tabwasm(&[&name[..], &["--help"]].concat(), b"").stdout;
        for option in command.get_arguments().filter(|it| !it.is_positional()) {
            let long = option.get_long().expect("it has a name");
            let shown = format!("--{long}");
            for (text, place) in [(&help, "help"), (&page, "manual")] {
                assert!(
                    text.contains(&shown),
                    "{name:?} {shown} is not in the {place}: {text}"
                );
            }
            for (script, shell) in scripts.iter().zip(shells) {
                let listed = script.contains(&shown) || script.contains(&format!("-l {long}"));
                assert!(listed, "{name:?} {shown} is not completed by {shell}");
            }
            if !matches!(long, "help" | "version") {
                let shown = examples(command, option);
                assert!(!shown.is_empty(), "{name:?} --{long} has no example");
                for example in shown {
                    parses(command, &name, &example);
                    for (text, place) in [(&help, "help"), (&page, "manual")] {
                        let text = words(text).join(" ");
                        assert!(
                            text.contains(&example),
                            "{example} is not in the {place}: {text}"
                        );
                    }
                }
            }
            options += 1;
        }
    }
    assert!(options > 50, "{options}");
    let page = tabwasm(&["man", "run"], b"").stdout;
    assert!(page.contains(".TH tabwasm-run 1"), "{page}");
    let output = tabwasm(&["man", "spec", "nothing"], b"");
    assert_eq!(output.code, Some(2));
    assert!(
        output
            .stderr
            .contains("`tabwasm spec` has no command `nothing`"),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("help: it has list, show"),
        "{}",
        output.stderr
    );
}
