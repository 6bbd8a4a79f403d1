//! Tables by name: those of this program, an overlay over them, or a folder.
//!
//! All questions name tables in the same way, so this is the one place that finds, reads and checks
//! them, and shows what is wrong.

use std::io::IsTerminal;
use std::path::Path;

use tabwasm_codegen::load::BASE;
use tabwasm_codegen::model::Model;
use tabwasm_codegen::{Tree, diag, model};

use crate::diagnostic;
use crate::exit::ExitStatus;
use crate::output;

/// Tables and what they say.
#[derive(Debug)]
pub(super) struct Tables {
    pub(super) tree: Tree,
    pub(super) model: Model,
}

impl Tables {
    /// Reads and checks tables; says what is wrong with them.
    pub(super) fn read(name: &str) -> Result<Tables, ExitStatus> {
        let tree = tree(name).map_err(|message| {
            diagnostic::error(message);
            ExitStatus::Usage
        })?;
        match model(&tree) {
            Ok(model) => Ok(Tables { tree, model }),
            Err(report) => {
                let colours = std::io::stderr().is_terminal();
                output::message(format_args!(
                    "{}",
                    diag::render(&tree, &report, colours).trim_end_matches('\n')
                ));
                Err(ExitStatus::Failure)
            }
        }
    }
}

fn tree(name: &str) -> Result<Tree, String> {
    let failed = |error| format!("cannot read {name}: {error}");
    if Path::new(name).is_dir() {
        let tree = Tree::read(Path::new(name)).map_err(failed)?;
        let has_tables = tree.matching("spec/", ".toml").next().is_some();
        let lacking = || format!("there is no folder spec/ with tables in {name}");
        return has_tables.then_some(tree).ok_or_else(lacking);
    }
    let mut tree: Tree = tabwasm_sources::files().into_iter().collect();
    if name != BASE {
        tree.read_overlay(name).map_err(failed)?;
    }
    Ok(tree)
}
