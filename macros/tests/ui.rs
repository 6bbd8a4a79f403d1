//! What the macros say about wrong input, word for word, and right input that must pass.
//!
//! The compiler reads each file of `tests/ui` beside the library and the macros that this test
//! itself was built with, so that nothing is built for it but the files. What is expected stands in
//! files `.stderr`: only messages of this package, so that another compiler does not change them,
//! and no numbers of lines. `UI=overwrite cargo test -p tabwasm-macros --test ui` writes them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};

#[test]
fn right_input_passes() {
    let compiler = Compiler::new();
    let ends = each("pass", |file| {
        let program = compiler.folder.join(file.file_stem().expect("a name"));
        let compiled = compiler.compile(file, &["--emit=link", "-o", path(&program)]);
        if !compiled.status.success() {
            return Some(said(&compiled));
        }
        let ran = Command::new(&program).output().expect("the program");
        (!ran.status.success()).then(|| String::from_utf8_lossy(&ran.stderr).into_owned())
    });
    assert!(ends.is_empty(), "{}", ends.join("\n\n"));
}

#[test]
fn wrong_input_has_these_messages() {
    let compiler = Compiler::new();
    let overwrite = env::var_os("UI").is_some_and(|how| how == "overwrite");
    let ends = each("fail", |file| {
        let compiled = compiler.compile(file, &["--emit=metadata"]);
        if compiled.status.success() {
            return Some("it compiles".to_string());
        }
        let found = without_numbers(&said(&compiled));
        let text = file.with_extension("stderr");
        if overwrite {
            fs::write(&text, &found).expect("its messages");
            return None;
        }
        let expected = without_numbers(&fs::read_to_string(&text).unwrap_or_default());
        (found != expected).then(|| format!("expected:\n{expected}\nfound:\n{found}"))
    });
    assert!(ends.is_empty(), "{}", ends.join("\n\n"));
}

/// The files of a folder, several at a time; what is wrong with which.
fn each(folder: &str, wrong: impl Fn(&Path) -> Option<String> + Sync) -> Vec<String> {
    let folder = workspace().join("tests/ui").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut ends = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            ends.extend(wrong(file).map(|end| format!("{}: {end}", file.display())));
        }
        ends
    };
    let count = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..count).map(|_| scope.spawn(work)).collect();
        let ends = workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("no panic"));
        ends.collect()
    })
}

/// The compiler, and what it needs to know.
struct Compiler {
    library: PathBuf,
    macros: PathBuf,
    dependencies: PathBuf,
    /// For programs.
    folder: PathBuf,
}

impl Compiler {
    fn new() -> Compiler {
        let program = env::current_exe().expect("this program");
        let dependencies = program.parent().expect("its folder").to_path_buf();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
        fs::create_dir_all(&folder).expect("a folder");
        let artifacts = artifacts(dependencies.parent().expect("a folder of a profile"));
        Compiler {
            library: artifact(&artifacts, "tabwasm", ".rlib"),
            macros: artifact(&artifacts, "tabwasm_macros", env::consts::DLL_SUFFIX),
            dependencies,
            folder,
        }
    }

    fn compile(&self, file: &Path, options: &[&str]) -> Output {
        let external = |name: &str, file: &Path| format!("--extern={name}={}", file.display());
        Command::new(env::var_os("RUSTC").unwrap_or("rustc".into()))
            .current_dir(workspace())
            .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
            .args(["--edition=2024", "--color=never", "--diagnostic-width=140"])
            .args(["--cap-lints=allow", "--out-dir", path(&self.folder)])
            .arg(external("tabwasm", &self.library))
            .arg(external("tabwasm_macros", &self.macros))
            .arg(format!("-Ldependency={}", self.dependencies.display()))
            .args(options)
            .arg(file)
            .output()
            .expect("the compiler")
    }
}

/// What cargo says of the macros and what they are built from: it has built them for this test.
fn artifacts(profile: &Path) -> Vec<serde_json::Value> {
    let name = profile.file_name().and_then(|name| name.to_str());
    let name = name.map_or("dev", |name| if name == "debug" { "dev" } else { name });
    let output = Command::new(env!("CARGO"))
        .args(["build", "--package", env!("CARGO_PKG_NAME"), "--lib"])
        .args([
            "--profile",
            name,
            "--message-format",
            "json",
            "--target-dir",
        ])
        .arg(profile.parent().expect("a target folder"))
        .current_dir(workspace())
        .output()
        .expect("cargo");
    assert!(output.status.success(), "{}", said(&output));
    let lines = String::from_utf8(output.stdout).expect("text");
    let messages = lines
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    messages.collect()
}

/// The file of a library that ends so.
fn artifact(artifacts: &[serde_json::Value], name: &str, end: &str) -> PathBuf {
    let own = artifacts
        .iter()
        .filter(|message| message["target"]["name"] == name);
    let files = own.flat_map(|message| message["filenames"].as_array().into_iter().flatten());
    let mut files = files.filter_map(|file| file.as_str());
    files
        .find(|file| file.ends_with(end))
        .expect("a library")
        .into()
}

/// What the compiler says, without its sums at the end.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let sums = [
        "error: aborting due to",
        "For more information about",
        "Some errors have",
    ];
    let parts = text.split("\n\n").map(str::trim_end);
    let parts =
        parts.filter(|part| !part.is_empty() && !sums.iter().any(|sum| part.starts_with(sum)));
    parts.collect::<Vec<_>>().join("\n\n") + "\n"
}

/// Without the numbers of lines and columns, whose width is that of the margin, and without the
/// folder of the workspace.
fn without_numbers(text: &str) -> String {
    let text = text.replace(path(&workspace()), "$WORKSPACE");
    let line = |line: &str| {
        let inner = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        if inner.starts_with("--> ") || inner.starts_with("::: ") {
            let place = |c: char| c.is_ascii_digit() || c == ':';
            return format!(" {}\n", inner.trim_end_matches(place));
        }
        match inner.starts_with('|') {
            true => format!("  {inner}\n"),
            false => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("a workspace").to_path_buf()
}
