//! What is said of an overlay that removes a row which is needed.
//!
//! Lowering and checks find such rows; the words, and what to do instead, stand here once.

use super::Diagnostic;
use crate::model::{Edit, Origin};

/// Other rows name it; the caller shows which.
pub(crate) fn named_by_rows(what: &str, removal: &Edit) -> Diagnostic {
    let message = format!("the {what} `{}` is removed, but rows name it", removal.key);
    let error = Diagnostic::error(message).at(&removal.at, "removed here");
    let others = "change or remove the rows that name it, too";
    error.help(match tiers(removal) {
        Some(instead) => format!("{others}; or {instead}"),
        None => others.to_string(),
    })
}

/// The sources of the runtime name it at this place.
pub(crate) fn named_by_runtime(removal: &Edit, at: &Origin) -> Diagnostic {
    let Edit { table, key, .. } = removal;
    let error = Diagnostic::error(format!("the runtime needs the {table} `{key}`"));
    let error = error.at(&removal.at, "removed here").with(at, "named here");
    let instead = tiers(removal);
    error.help(
        instead
            .unwrap_or_else(|| "keep the row: a vendored runtime has this source, too".to_string()),
    )
}

/// How to do without a proposal that has to stay in its table.
fn tiers(removal: &Edit) -> Option<String> {
    let key = &removal.key;
    (removal.table == "proposal").then(|| {
        format!(
            "keep it and leave it out of the tiers: under `[change.tier]`, \
             `TIER = {{ proposals = […] }}` lists what a tier has, without `{key}` and what requires it"
        )
    })
}
