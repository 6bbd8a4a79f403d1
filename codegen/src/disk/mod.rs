//! Trees from folders, and files formatted by rustfmt: all that touches the disk.
//!
//! It stands around `load → lower → check → emit`, which are functions from values to values and
//! name nothing of it. The binary calls it, and so do the command line and the tests, so that all
//! of them read the same files.

mod format;
mod workspace;

pub use format::format;
pub use workspace::workspace;

use crate::emit::{self, Files};
use crate::load;
use crate::model::{HAND, Model, NUM, beside};
use crate::tree::Tree;
use std::path::Path;
use std::{fs, io};

/// What `generated/` must hold, formatted by the workspace's `rustfmt.toml`.
///
/// # Errors
/// A message for people, when that file cannot be read, or when rustfmt is absent or refuses a file.
pub fn generate(model: &Model, workspace: &Path) -> Result<Files, String> {
    let config = workspace.join("rustfmt.toml");
    let config = fs::read_to_string(&config)
        .map_err(|error| format!("cannot read {}: {error}", config.display()))?;
    format(emit::emit(model), &config)
}

impl Tree {
    /// Reads what the generator needs of a workspace: the tables, and the hand-written sources of
    /// the runtime, whose functions rows name.
    ///
    /// # Errors
    /// When a folder cannot be read. A missing folder is empty.
    pub fn read(workspace: &Path) -> io::Result<Tree> {
        let mut tree = Tree::default();
        for folder in ["spec", "runtime/src"] {
            add(&mut tree, workspace, folder)?;
        }
        Ok(tree)
    }

    /// Reads everything below a folder, with paths relative to it.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn read_all(folder: &Path) -> io::Result<Tree> {
        let mut tree = Tree::default();
        add(&mut tree, folder, "")?;
        Ok(tree)
    }

    /// Reads an overlay, those that it extends, and the Rust files that they bring; their paths are
    /// the given one and relatives of it.
    ///
    /// # Errors
    /// When the overlay, or a folder, cannot be read.
    pub fn read_overlay(&mut self, file: &str) -> io::Result<()> {
        self.insert(file, fs::read_to_string(file)?);
        self.set_overlay(file);
        let mut next = Some(file.to_string());
        while let Some(file) = next {
            for site in [HAND, NUM] {
                add(self, Path::new(""), &beside(&file, site.beside))?;
            }
            next = self.get(&file).and_then(|text| load::base_of(&file, text));
            if let Some(below) = &next {
                match fs::read_to_string(below) {
                    Ok(text) if self.get(below).is_none() => self.insert(below.as_str(), text),
                    // What is missing, or extends itself, is for the loader to tell.
                    _ => break,
                }
            }
        }
        Ok(())
    }
}

/// Adds the texts below a folder of `root`, if it is there, by their paths from `root`.
fn add(tree: &mut Tree, root: &Path, folder: &str) -> io::Result<()> {
    let entries = match fs::read_dir(root.join(folder)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if folder.is_empty() {
            name
        } else {
            format!("{folder}/{name}")
        };
        if entry.file_type()?.is_dir() {
            add(tree, root, &path)?;
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            tree.insert(path, text);
        }
    }
    Ok(())
}
