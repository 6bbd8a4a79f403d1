//! Whether the runtime can do without the rows that overlays remove.
//!
//! The hand-written sources name rows by their Rust names, such as `Trap::Interrupt`; a row that
//! one of them names cannot be removed. Their comments and tests do not count.

use super::{Context, product};
use crate::diag::removal;
use crate::model::{Edit, Origin};
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
        let names = names
            .map(|(_, name)| name(&edit.key))
            .chain(wire_code(context, edit));
        let mut places = names.filter_map(|name| named(context, &name));
        if gone.is_some_and(|removal| removal.at == edit.at)
            && let Some(at) = places.next()
        {
            context.report.push(removal::named_by_runtime(edit, &at));
        }
    }
}

/// How the runtime names a row of a table of wire codes, each of which is an enum.
fn wire_code(context: &Context<'_>, edit: &Edit) -> Option<String> {
    let mut groups = context.model.wire.groups.iter();
    groups.find(|group| group.key == edit.table)?;
    Some(format!("{}::{}", variant(&edit.table), variant(&edit.key)))
}

/// The first place where the sources of the runtime hold a name.
fn named(context: &Context<'_>, name: &str) -> Option<Origin> {
    let files = context.tree.matching("runtime/src/", ".rs");
    let mut files = files.filter(|(file, _)| !file.starts_with(GENERATED));
    files.find_map(|(file, _)| {
        let start = product::find(context.tree, file, name)?;
        Some(Origin {
            file: file.to_string(),
            start,
            end: start + name.len(),
        })
    })
}
