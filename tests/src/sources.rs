//! The sources of the project, parsed, for tests of what holds everywhere in them.
//!
//! Rules such as "no number of a table is typed by hand" are checked by reading the code, since no
//! single run of it could show them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace;

/// A file of Rust.
pub struct Source {
    /// Its path in the workspace.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Its syntax.
    pub syntax: syn::File,
}

/// All files of Rust in these folders of the workspace, and in the folders within.
///
/// # Panics
/// If one cannot be read or parsed.
pub fn sources(folders: &[&str]) -> Vec<Source> {
    let folders = folders.iter().map(|folder| workspace().join(folder));
    let files = folders.flat_map(|folder| files(&folder, &[]));
    files.map(|file| parsed(&file)).collect()
}

/// Whether an item is compiled for tests only.
pub fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            condition.contains("test") && !condition.contains("not")
        }
        _ => false,
    })
}

/// The files of Rust in a folder and in the folders within, but for folders whose path ends in one of
/// these.
///
/// # Panics
/// If a folder cannot be read.
pub fn files(folder: &Path, skipped: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if !skipped.iter().any(|end| path.ends_with(end)) {
                files.extend(self::files(&path, skipped));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn parsed(path: &Path) -> Source {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let path = path.strip_prefix(workspace()).unwrap_or(path).to_owned();
    Source { path, text, syntax }
}
