//! A whole runtime made from the tables and an overlay: the files of a crate.
//!
//! The hand-written sources of the runtime as they are, what the generator makes of the tables,
//! the Rust files that stand beside the overlay, tests of each row, and a list of all of
//! these, by which a later run knows what is its own.

mod manifest;
mod tests;

use crate::emit::{self, Files};
use crate::load::BASE;
use crate::model::{EditKind, Model};
use crate::tree::Tree;
use std::fmt::Write;
use toml::Table;

/// The file with the list of all others.
pub const LIST: &str = "VENDORED.toml";

/// What formats files by the text of a `rustfmt.toml`: [`crate::disk::format`].
pub type Formatter = fn(Files, &str) -> Result<Files, String>;

/// The files of the crate, by path within it.
///
/// # Errors
/// A message for people: a source is missing, or rustfmt.
pub fn vendor(tree: &Tree, model: &Model, format: Formatter) -> Result<Files, String> {
    let mut files = Files::new();
    for (path, text) in tree.matching("runtime/", "") {
        let path = path.trim_start_matches("runtime/");
        if !path.starts_with("src/generated/") {
            files.insert(path.to_string(), text.to_string());
        }
    }
    for module in model.overlays.modules(tree) {
        let folder = format!("src/{}", module.site.joins);
        let text = tree.get(&module.file).unwrap_or_default().to_string();
        files.insert(format!("{folder}/{}.rs", module.name), text);
        let parent = files.entry(format!("{folder}/mod.rs")).or_default();
        *parent = declaring(parent, &module.name);
    }
    let head = head(model);
    let comment: String = head.lines().map(|line| format!("# {line}\n")).collect();
    let manifest = manifest::resolve(
        source(tree, "runtime/Cargo.toml")?,
        source(tree, "Cargo.toml")?,
    )?;
    files.insert("Cargo.toml".to_string(), format!("{comment}\n{manifest}"));
    let library = files.entry("src/lib.rs".to_string()).or_default();
    let comment: String = head.lines().map(|line| format!("// {line}\n")).collect();
    *library = format!("{comment}\n{library}");

    let mut generated = emit::emit(model);
    // WASI is a package of its own.
    generated.retain(|path, _| path.split('/').next() != Some(emit::wasi::FOLDER));
    generated.insert("tests/mod.rs".to_string(), tests::emit(model));
    let generated = format(generated, source(tree, "rustfmt.toml")?)?;
    for (path, text) in generated {
        let path = match path.as_str() {
            "tests/mod.rs" => "tests/rows.rs".to_string(),
            _ => format!("src/generated/{path}"),
        };
        files.insert(path, text);
    }
    files.insert(LIST.to_string(), list(&files, &head));
    Ok(files)
}

/// What an earlier list names.
///
/// # Errors
/// A message for people, if it is no such list.
pub fn listed(list: &str) -> Result<Vec<String>, String> {
    let table: Table = list
        .parse()
        .map_err(|error| format!("{LIST} is not what an earlier run wrote: {error}"))?;
    let files = table.get("files").and_then(|files| files.as_array());
    let files = files.into_iter().flatten();
    Ok(files
        .filter_map(|file| file.as_str().map(str::to_string))
        .collect())
}

/// From what a model was made, in a line.
pub fn origin(model: &Model) -> String {
    let files = &model.overlays.files;
    let names = files
        .iter()
        .map(|file| file.rsplit('/').next().unwrap_or(file));
    let names: Vec<&str> = [BASE].into_iter().chain(names).collect();
    let mut line = names.join(" + ");
    for (kind, what) in [
        (EditKind::Added, "added"),
        (EditKind::Changed, "changed"),
        (EditKind::Removed, "removed"),
    ] {
        let edits = model.overlays.edits.iter();
        let count = edits.filter(|edit| edit.kind == kind).count();
        if count > 0 {
            let rows = if count == 1 { "row" } else { "rows" };
            let _ = write!(line, ", {count} {rows} {what}");
        }
    }
    line
}

/// What each run says at the top of its files.
fn head(model: &Model) -> String {
    format!(
        "Made by `tabwasm-codegen vendor` {} from {}.\n\
         Change the overlay and run it again, not the files that {LIST} lists; what else is\n\
         here stays as it is.\n",
        env!("CARGO_PKG_VERSION"),
        origin(model)
    )
}

fn list(files: &Files, head: &str) -> String {
    let mut text: String = head.lines().map(|line| format!("# {line}\n")).collect();
    text.push_str("\nfiles = [\n");
    for path in files.keys() {
        let _ = writeln!(text, "    '{path}',");
    }
    text + "]\n"
}

/// The text of a module with one more module below it.
fn declaring(parent: &str, module: &str) -> String {
    let line = format!("pub(crate) mod {module};\n");
    match parent.find("pub(crate) mod ") {
        Some(first) => format!("{}{line}{}", &parent[..first], &parent[first..]),
        None => format!("{parent}\n{line}"),
    }
}

fn source<'a>(tree: &'a Tree, path: &str) -> Result<&'a str, String> {
    tree.get(path)
        .ok_or_else(|| format!("{path} is not among the sources"))
}
