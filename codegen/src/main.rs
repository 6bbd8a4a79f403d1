//! `cargo gen`: writes `generated/`, compares it, or explains a row.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};
use tabwasm_codegen::emit::Files;
use tabwasm_codegen::model::Model;
use tabwasm_codegen::{Tree, diag, explain, fresh, generate, model};

const USAGE: &str = "usage: cargo gen [--check | explain MNEMONIC]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."));
    let generated = workspace.join("generated");
    let done = match arguments[..] {
        [] => run(workspace, |_, _, files| write(&generated, files)),
        ["--check"] => run(workspace, |_, _, files| compare(&generated, files)),
        ["explain", key] => run(workspace, |tree, model, files| {
            explain::explain(tree, model, files, key)
        }),
        _ => Err(USAGE.to_string()),
    };
    match done {
        Ok(text) => {
            anstream::print!("{text}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            anstream::eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

/// Makes the files, and gives them to what the arguments ask for.
fn run(
    workspace: &Path,
    then: impl FnOnce(&Tree, &Model, &Files) -> Result<String, String>,
) -> Result<String, String> {
    let tree = Tree::read(workspace).map_err(|error| format!("cannot read the tables: {error}"))?;
    let colours = io::stderr().is_terminal();
    let model = model(&tree).map_err(|report| diag::render(&tree, &report, colours))?;
    then(&tree, &model, &generate(&model, workspace)?)
}

/// Writes what differs, and deletes what no emitter makes.
fn write(folder: &Path, files: &Files) -> Result<String, String> {
    let failed =
        |path: &Path, error: io::Error| format!("cannot write {}: {error}", path.display());
    let found = on_disk(folder)?;
    let mut written = 0;
    for (path, text) in files
        .iter()
        .filter(|(path, text)| found.get(*path) != Some(*text))
    {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))
            .map_err(|error| failed(&path, error))?;
        fs::write(&path, text).map_err(|error| failed(&path, error))?;
        written += 1;
    }
    for path in found.keys().filter(|path| !files.contains_key(*path)) {
        let path = folder.join(path);
        fs::remove_file(&path).map_err(|error| failed(&path, error))?;
    }
    Ok(format!(
        "generated/: {} files, {written} written\n",
        files.len()
    ))
}

fn compare(folder: &Path, files: &Files) -> Result<String, String> {
    match fresh::stale(files, &on_disk(folder)?) {
        None => Ok(format!("generated/: {} files, all fresh\n", files.len())),
        Some(report) => Err(report),
    }
}

fn on_disk(folder: &Path) -> Result<Files, String> {
    let tree = Tree::read_all(folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    Ok(tree
        .matching("", "")
        .map(|(path, text)| (path.to_string(), text.to_string()))
        .collect())
}
