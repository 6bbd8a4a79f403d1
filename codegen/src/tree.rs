//! The texts that the generator reads, by path.
//!
//! All paths are relative to the workspace and have forward slashes. A tree is a value: a test
//! lays a few changed files over the real ones and runs the same pipeline.

use crate::load;
use crate::model::{HAND, NUM, beside};
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Texts by path.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
    /// The overlay that lies on top.
    overlay: Option<String>,
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

    /// Reads an overlay, those that it extends, and the Rust files that they bring; their paths are
    /// the given one and relatives of it.
    ///
    /// # Errors
    /// When the overlay, or a folder, cannot be read.
    pub fn read_overlay(&mut self, file: &str) -> io::Result<()> {
        self.insert(file, fs::read_to_string(file)?);
        self.overlay = Some(file.to_string());
        let mut next = Some(file.to_string());
        while let Some(file) = next {
            for plot in [HAND, NUM] {
                self.add(Path::new(""), &beside(&file, plot.beside))?;
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

    /// Lays an overlay that is among the texts on top of the tables.
    pub fn set_overlay(&mut self, file: impl Into<String>) {
        self.overlay = Some(file.into());
    }

    /// The overlay on top of the tables.
    pub fn overlay(&self) -> Option<&str> {
        self.overlay.as_deref()
    }

    /// These texts with those of another tree laid over them.
    pub fn overlaid(mut self, over: Tree) -> Tree {
        self.files.extend(over.files);
        self.overlay = over.overlay.or(self.overlay);
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

impl<P: Into<String>, T: Into<String>> FromIterator<(P, T)> for Tree {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.insert(path, text);
        }
        tree
    }
}
