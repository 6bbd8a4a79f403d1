//! The texts that the generator reads, by path.
//!
//! All paths are relative to the workspace and have forward slashes. A tree is a value: a test
//! lays a few changed files over the real ones and runs the same pipeline.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Texts by path.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
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
            tree.add(workspace, folder)?;
        }
        Ok(tree)
    }

    /// Reads everything below a folder, with paths relative to it.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn read_all(folder: &Path) -> io::Result<Tree> {
        let mut tree = Tree::default();
        tree.add(folder, "")?;
        Ok(tree)
    }

    /// These texts with those of another tree laid over them.
    pub fn overlaid(mut self, over: Tree) -> Tree {
        self.files.extend(over.files);
        self
    }

    /// Adds or replaces a text.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }

    /// Takes a text out.
    pub fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// The text at a path.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// All texts whose path begins and ends so, sorted by path.
    pub fn matching<'a>(
        &'a self,
        start: &'a str,
        end: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        let texts = self
            .files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        texts.filter(move |(path, _)| path.starts_with(start) && path.ends_with(end))
    }

    fn add(&mut self, root: &Path, folder: &str) -> io::Result<()> {
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
                self.add(root, &path)?;
            } else if let Ok(text) = fs::read_to_string(entry.path()) {
                self.insert(path, text);
            }
        }
        Ok(())
    }
}
