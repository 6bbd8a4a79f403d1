//! What overlays did to the rows of the tables that they extend.
//!
//! The merged tables do not show it. Checks need it to blame the overlay and not the base,
//! `explain` shows both rows, and a vendored runtime finds the modules beside each overlay by it.

use super::Origin;
use crate::tree::Tree;

/// The overlays of a model.
#[derive(Clone, Debug, Default)]
pub struct Overlays {
    /// Their files, each below the one that extends it.
    pub files: Vec<String>,
    /// What they did, in that order.
    pub edits: Vec<Edit>,
}

/// One row that an overlay adds, changes or removes.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Which of these.
    pub kind: EditKind,
    /// The table, such as `op`.
    pub table: String,
    /// Key of the row.
    pub key: String,
    /// The key's place in the overlay.
    pub at: Origin,
    /// The whole row in the overlay.
    pub row: Origin,
    /// The row that was there before: the whole of it, and its key's place.
    pub base: Option<(Origin, Origin)>,
}

/// What an overlay does to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditKind {
    /// It was not there.
    Added,
    /// Some of its cells are others.
    Changed,
    /// It is gone.
    Removed,
}

impl Overlays {
    /// The last removal of a row that is not there any more.
    pub fn removal(&self, table: &str, key: &str) -> Option<&Edit> {
        let mut edits = self.edits.iter().rev();
        let last = edits.find(|edit| edit.table == table && edit.key == key)?;
        (last.kind == EditKind::Removed).then_some(last)
    }

    /// The changes of a row, in order.
    pub fn changes(&self, table: &str, key: &str) -> impl Iterator<Item = &Edit> {
        self.edits.iter().filter(move |edit| {
            edit.kind == EditKind::Changed && edit.table == table && edit.key == key
        })
    }

    /// The place of a file in the stack: 0 for the tables below all overlays.
    pub fn rank(&self, file: &str) -> usize {
        let place = self.files.iter().position(|overlay| overlay == file);
        place.map_or(0, |place| place + 1)
    }

    /// The file of a module that a row names: of the runtime, or beside an overlay.
    pub fn file(&self, tree: &Tree, site: HandSite, module: &str) -> Option<String> {
        let of_runtime = site.of_runtime(module);
        if tree.get(&of_runtime).is_some() {
            return Some(of_runtime);
        }
        let mut own = self.modules(tree).into_iter();
        let own = own.find(|own| own.site == site && own.name == module);
        own.map(|own| own.file)
    }

    /// The Rust files that stand beside the overlays.
    pub fn modules(&self, tree: &Tree) -> Vec<OwnModule> {
        let mut modules: Vec<OwnModule> = Vec::new();
        for (overlay, site) in self
            .files
            .iter()
            .flat_map(|file| [(file, HAND), (file, NUM)])
        {
            let start = beside(overlay, site.beside) + "/";
            for (file, _) in tree.matching(&start, ".rs") {
                let name = file[start.len()..].trim_end_matches(".rs").to_string();
                if !name.contains('/') && !modules.iter().any(|known| known.file == file) {
                    let file = file.to_string();
                    modules.push(OwnModule { site, name, file });
                }
            }
        }
        modules
    }
}

/// A place for modules of an overlay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandSite {
    /// The folder beside the overlay.
    pub beside: &'static str,
    /// The module of the runtime that they join.
    pub joins: &'static str,
}

impl HandSite {
    /// The file of a module of the runtime.
    pub fn of_runtime(self, module: &str) -> String {
        format!("runtime/src/{}/{module}.rs", self.joins)
    }
}

/// Where each engine does what the column `control` names.
pub const CONTROL: [&str; 2] = [
    "runtime/src/compact/control.rs",
    "runtime/src/fast/translate/control.rs",
];

/// Functions that `hand` cells name.
pub const HAND: HandSite = HandSite {
    beside: "hand",
    joins: "exec",
};

/// Primitives that `do` cells name.
pub const NUM: HandSite = HandSite {
    beside: "num",
    joins: "num",
};

/// A module of an overlay's own.
#[derive(Clone, Debug)]
pub struct OwnModule {
    /// Where it stands, and what it joins.
    pub site: HandSite,
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
}

/// The path of something in the folder of a file.
pub fn beside(file: &str, name: &str) -> String {
    match file.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{name}"),
        None => name.to_string(),
    }
}
