//! Whether the runtime can do without the rows that overlays remove.
//!
//! The hand-written sources name rows by their Rust names, such as `Trap::Interrupt`; a row that
//! one of them names cannot be removed.

use super::{Context, place};
use crate::diag::Diagnostic;
use crate::model::Origin;
use crate::names::{constant, variant};

/// Tables, and how the runtime names their rows.
type Name = fn(&str) -> String;

const NAMES: &[(&str, Name)] = &[
    ("op", |key| format!("Instruction::{}", variant(key))),
    ("op", |key| format!("Opcode::{}", variant(key))),
    ("proposal", |key| format!("Proposal::{}", variant(key))),
    ("trap", |key| format!("Trap::{}", variant(key))),
    ("error", |key| format!("ErrorCode::{}", variant(key))),
    ("section", |key| format!("SectionId::{}", variant(key))),
    ("limit", |key| format!("Limit::{}", variant(key))),
    ("limit", |key| format!("limits.{key}")),
    ("limit", |key| format!("limits().{key}")),
    ("limit", |key| format!("LIMITS.{key}")),
    ("limit", |key| format!("MAX_{}", constant(key))),
    ("tier", |key| format!("woven::{key}")),
    ("tier", |key| format!("Tier::{}", variant(key))),
];

const GENERATED: &str = "runtime/src/generated/";

pub(super) fn check(context: &mut Context<'_>) {
    for edit in &context.model.overlays.edits {
        let gone = context.model.overlays.removal(&edit.table, &edit.key);
        let names = NAMES.iter().filter(|(table, _)| *table == edit.table);
        let mut places = names.filter_map(|(_, name)| named(context, &name(&edit.key)));
        if gone.is_some_and(|removal| removal.at == edit.at)
            && let Some(at) = places.next()
        {
            let message = format!("the runtime needs the {} `{}`", edit.table, edit.key);
            let error = Diagnostic::error(message).at(&edit.at, "removed here");
            context.report.push(error.with(&at, "named here"));
        }
    }
}

/// The first place where the sources of the runtime hold a name.
fn named(context: &Context<'_>, name: &str) -> Option<Origin> {
    let files = context.tree.matching("runtime/src/", ".rs");
    let mut files = files.filter(|(file, _)| !file.starts_with(GENERATED));
    files.find_map(|(file, text)| {
        let start = place::find(text, name)?;
        Some(Origin {
            file: file.to_string(),
            start,
            end: start + name.len(),
        })
    })
}
