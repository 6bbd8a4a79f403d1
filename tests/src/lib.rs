//! What the tests of the library share: official material, its modules, encoded scripts, sources.
//!
//! Each test file is a program of its own; this is the library between them.

pub mod corpus;
pub mod encode;
pub mod sources;
pub mod work;

use std::env;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tabwasm_codegen::model::Model;
use tabwasm_codegen::{Tree, diag, disk};

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The folder of the workspace.
///
/// # Panics
/// When a test does not run in it, as cargo would do.
pub fn workspace() -> &'static Path {
    static WORKSPACE: LazyLock<PathBuf> = LazyLock::new(|| {
        let found = disk::workspace(env!("CARGO_PKG_NAME"));
        found.expect("tests run in a clone of the project")
    });
    &WORKSPACE
}

/// A folder of official material that is no part of the project: of the folder that
/// `TABWASM_SHARED` names, or else of `shared` beside the workspace. `None` if it is absent.
pub fn shared(name: &str) -> Option<PathBuf> {
    let shared = match env::var_os("TABWASM_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => workspace().parent()?.join("shared"),
    };
    Some(shared.join(name)).filter(|folder| folder.is_dir())
}

/// The tables of the workspace; over them lie the files of the folder that `TABWASM_TABLES` names,
/// which is how `tabwasm-mutation` changes a cell.
///
/// # Panics
/// When they are wrong, with what the generator says about them.
pub fn tables() -> Model {
    let mut tree = Tree::read(workspace()).expect("the tables can be read");
    if let Some(folder) = env::var_os("TABWASM_TABLES") {
        tree = tree.overlaid(Tree::read_all(Path::new(&folder)).expect("the folder can be read"));
    }
    tabwasm_codegen::model(&tree)
        .unwrap_or_else(|report| panic!("{}", diag::render(&tree, &report, false)))
}
