//! The texts that the generator reads, by path.
//!
//! All paths are relative to the workspace and have forward slashes. A tree is a value: a test
//! lays a few changed files over the real ones and runs the same pipeline. [`crate::disk`] reads trees
//! from folders.

use std::collections::BTreeMap;

/// Texts by path.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
    /// The overlay that lies on top.
    overlay: Option<String>,
}

impl Tree {
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
