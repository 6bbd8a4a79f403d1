//! No program by which speed is measured is among those in which pairs of instructions are counted.
//!
//! What is fused is chosen by statistics of `tests/training`. Were a program of the benchmarks in them,
//! its speed would say nothing about other programs. Names are compared, modules byte by byte, and
//! sources line by line, so that a copy under another name is found, too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use tabwasm_tests::workspace;
use toml::{Table, Value};

/// Where programs stand whose speed is quoted.
const MEASURED: &[&str] = &[
    "tests/bench/kernels",
    "tests/bench/kernels/simd",
    "tests/bench/kernels/programs",
    "tests/bench/kernels/memory64",
];
/// Programs of `tests/programs` whose speed is quoted, by a part of their name.
const QUOTED: &[&str] = &["clang", "python", "sqlite", "dprint"];

/// Where sources of the corpus stand, which is also their section of the table, and how their names end.
const LANGUAGES: &[(&str, &str)] = &[("c", "c"), ("as", "ts"), ("rust", "rs"), ("zig", "zig")];

/// The most lines, in percent, that a source may have in common with a measured one, and how many of
/// them may follow each other: all kernels begin `run` in the same way.
const COMMON: (usize, usize) = (30, 4);

#[test]
fn names_differ() {
    let table = table();
    let sections = names(&table["own"]);
    assert_eq!(
        sections,
        LANGUAGES.iter().map(|language| language.0.into()).collect()
    );
    let mut own = BTreeSet::new();
    for (language, extension) in LANGUAGES {
        let names = names(&table["own"][language]);
        assert_eq!(names, stems(&training().join(language), extension));
        // Their modules are in one folder.
        let twice: Vec<_> = own.intersection(&names).collect();
        assert!(twice.is_empty(), "in two languages: {twice:?}");
        own.extend(names);
    }
    let foreign = names(&table["foreign"]);
    assert!(own.len() >= 36 && foreign.len() >= 6, "{foreign:?}");
    let both: Vec<_> = own.intersection(&foreign).collect();
    assert!(both.is_empty(), "foreign, too: {both:?}");

    let measured: BTreeSet<String> = MEASURED
        .iter()
        .flat_map(|folder| stems(&workspace().join(folder), "wasm"))
        .collect();
    assert!(measured.len() >= 37, "{measured:?}");
    let both = own.union(&foreign).filter(|name| measured.contains(*name));
    let both: Vec<_> = both.collect();
    assert!(both.is_empty(), "measured, too: {both:?}");
    for (name, row) in table["foreign"].as_table().expect("rows") {
        let file = row["file"].as_str().expect("a file");
        for quoted in QUOTED {
            assert!(!file.contains(quoted), "the speed of {name} is quoted");
        }
    }
}

#[test]
fn sources_differ() {
    let measured: Vec<(PathBuf, String)> = MEASURED
        .iter()
        .flat_map(|folder| texts(&workspace().join(folder)))
        .collect();
    assert!(measured.len() >= 37);
    let mut alike = Vec::new();
    let ours = LANGUAGES
        .iter()
        .flat_map(|language| texts(&training().join(language.0)));
    for (path, text) in ours {
        for (other, theirs) in &measured {
            let (percent, run) = common(&text, theirs);
            if percent >= COMMON.0 || run > COMMON.1 {
                let (path, other) = (path.display(), other.display());
                alike.push(format!("{path}, {other}: {percent} %, {run} in a row"));
            }
        }
    }
    assert!(alike.is_empty(), "{}", alike.join("\n"));
}

#[test]
fn copies_are_found() {
    let kernel = "int a;\nint b;\nint c;\n\nint d() {\n  return b;\n}\nint e;\nint f;\n";
    assert_eq!(common(kernel, kernel), (100, 8));
    let function = "long x;\nlong y;\nint d() {\n    return b;\n}\nlong z;\nlong w;\n";
    assert_eq!(common(function, kernel), (33, 3));
    assert_eq!(
        common("// One.\nlong x;\n}\n", "// One.\nint x;\n}\n"),
        (0, 1)
    );
    assert_eq!(common("", kernel), (0, 0));
}

/// Those that `tests/training/build.sh` and `fetch.sh` have made, if they were here.
#[test]
fn modules_differ() {
    let folder = env::var_os("TABWASM_TRAINING")
        .map_or_else(|| workspace().join("target/training"), PathBuf::from);
    let mut measured = BTreeSet::new();
    for name in MEASURED {
        for path in files(&workspace().join(name), "wasm") {
            measured.insert(fs::read(path).expect("it can be read"));
        }
    }
    let table = table();
    let foreign = table["foreign"].as_table().expect("rows").values();
    let foreign = foreign.map(|row| folder.join(row["file"].as_str().expect("a file")));
    let mut count = 0;
    for path in files(&folder.join("own"), "wasm")
        .into_iter()
        .chain(foreign)
    {
        let Ok(module) = fs::read(&path) else {
            continue;
        };
        assert!(
            !measured.contains(&module),
            "{} is measured",
            path.display()
        );
        count += 1;
    }
    if count == 0 {
        let folder = folder.display();
        eprintln!(
            "SKIPPED: no modules in {folder}: tests/training/build.sh and fetch.sh make them"
        );
    }
}

/// How many lines of a source another one has, in percent, and how many one after the other. Blank
/// lines, comments and directives do not count; brackets alone do only as parts of a row.
fn common(text: &str, other: &str) -> (usize, usize) {
    let (text, other) = (lines(text), lines(other));
    let telling = |line: &&&str| line.contains(char::is_alphanumeric);
    let shared = text
        .iter()
        .filter(telling)
        .filter(|line| other.contains(line));
    let all = text.iter().filter(telling).count();
    let percent = shared.count() * 100 / all.max(1);

    let (mut longest, mut before) = (0, vec![0; other.len() + 1]);
    for line in &text {
        let mut runs = vec![0; other.len() + 1];
        for (at, theirs) in other.iter().enumerate() {
            if line == theirs {
                runs[at + 1] = before[at] + 1;
                longest = longest.max(runs[at + 1]);
            }
        }
        before = runs;
    }
    (percent, longest)
}

fn lines(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with('#'))
        .collect()
}

fn training() -> PathBuf {
    workspace().join("tests/training")
}

fn table() -> Table {
    let path = training().join("programs.toml");
    let text = fs::read_to_string(path).expect("the table can be read");
    text.parse().expect("it is TOML")
}

fn names(section: &Value) -> BTreeSet<String> {
    section.as_table().expect("rows").keys().cloned().collect()
}

fn stems(folder: &Path, extension: &str) -> BTreeSet<String> {
    let stem = |path: PathBuf| path.file_stem().expect("a name").display().to_string();
    files(folder, extension).into_iter().map(stem).collect()
}

/// The sources of a folder, whatever their language.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let paths = ["c", "rs", "zig", "ts"]
        .iter()
        .flat_map(|extension| files(folder, extension));
    paths
        .map(|path| {
            (
                path.clone(),
                fs::read_to_string(path).expect("it can be read"),
            )
        })
        .collect()
}

/// The files of a folder whose names end like this; none if there is no such folder.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect()
}
