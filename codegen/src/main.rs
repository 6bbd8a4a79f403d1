//! `cargo gen`: writes `generated/`, compares it, explains a row, or writes a whole runtime.
//!
//! This binary reads and writes the disk; everything between is a function of the library. It works
//! on the clone around the place where it runs, or, outside of one and for `vendor`, on the sources
//! that it carries.

mod arguments;
mod folder;

use arguments::{Action, Arguments, USAGE};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};
use tabwasm_codegen::fuse::Counts;
use tabwasm_codegen::model::Model;
use tabwasm_codegen::{Tree, diag, disk, emit, explain, fresh, generate, model, vendor};

fn main() -> ExitCode {
    match arguments::parse(env::args().skip(1)).and_then(|arguments| run(&arguments)) {
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

fn run(arguments: &Arguments) -> Result<String, String> {
    let clone = disk::workspace(env!("CARGO_PKG_NAME"));
    let to = match &arguments.to {
        Some(to) => PathBuf::from(to),
        None => clone.as_deref().unwrap_or(Path::new(".")).join("generated"),
    };
    match &arguments.action {
        Action::Help => Ok(USAGE.to_string()),
        Action::Vendor => {
            let (tree, model) = checked(embedded()?, arguments)?;
            folder::update(&to, &vendor::vendor(&tree, &model, disk::format)?)
        }
        Action::Fuse(files) => fuse(clone.as_deref(), arguments, files),
        Action::Check if arguments.overlay.is_some() && arguments.to.is_none() => {
            let (_, model) = checked(read(clone.as_deref())?, arguments)?;
            Ok(format!("{}\n", vendor::origin(&model)))
        }
        action => {
            let (tree, model) = checked(read(clone.as_deref())?, arguments)?;
            let files = match &clone {
                Some(clone) => generate(&model, clone)?,
                None => {
                    let config = tree.get("rustfmt.toml").unwrap_or_default();
                    disk::format(emit::emit(&model), config)?
                }
            };
            match action {
                Action::Explain(key) => explain::explain(&tree, &model, &files, key),
                Action::Check => match fresh::stale(&files, &folder::read(&to)?) {
                    None => Ok(format!("generated/: {} files, all fresh\n", files.len())),
                    Some(report) => Err(report),
                },
                _ if arguments.to.is_some() => folder::write(&to, &files),
                _ if clone.is_some() => folder::replace(&to, &files),
                _ => Err(format!(
                    "this is no clone of the project: say `--to FOLDER`\n\n{USAGE}"
                )),
            }
        }
    }
}

/// Writes the table of fused pairs.
fn fuse(clone: Option<&Path>, arguments: &Arguments, files: &[String]) -> Result<String, String> {
    let clone = clone.ok_or("this is no clone of the project")?;
    let (_, model) = checked(read(Some(clone))?, arguments)?;
    let mut texts = Vec::new();
    for name in files {
        let text = fs::read_to_string(name);
        let text = text.map_err(|error| format!("cannot read {name}: {error}"))?;
        texts.push((name, text));
    }
    let counts = texts.iter().map(|(name, text)| Counts { name, text });
    let counts: Vec<Counts<'_>> = counts.collect();
    let table = tabwasm_codegen::fuse::fuse(&model, &counts, arguments.pairs)?;
    let path = clone.join("spec/fusion.toml");
    fs::write(&path, &table)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    let rows = table.lines().filter(|line| line.contains(" = {")).count();
    Ok(format!("spec/fusion.toml: {rows} rows\n"))
}

/// The tables and sources that this program carries.
#[cfg(feature = "vendor")]
fn embedded() -> Result<Tree, String> {
    Ok(tabwasm_sources::files().into_iter().collect())
}

#[cfg(not(feature = "vendor"))]
fn embedded() -> Result<Tree, String> {
    Err("this build carries no sources: build it with the feature `vendor`".to_string())
}

/// The tables of the clone; those that this program carries, if there is none.
fn read(clone: Option<&Path>) -> Result<Tree, String> {
    let Some(clone) = clone else {
        return embedded();
    };
    Tree::read(clone).map_err(|error| format!("cannot read the tables: {error}"))
}

/// The tables with the overlay on top, and their model; or all that is wrong with them.
fn checked(mut tree: Tree, arguments: &Arguments) -> Result<(Tree, Model), String> {
    if let Some(overlay) = &arguments.overlay {
        tree.read_overlay(overlay)
            .map_err(|error| format!("cannot read {overlay}: {error}"))?;
    }
    let colours = io::stderr().is_terminal();
    match model(&tree) {
        Ok(model) => Ok((tree, model)),
        Err(report) => Err(diag::render(&tree, &report, colours)),
    }
}
