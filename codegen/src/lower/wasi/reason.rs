//! Why functions fail: rows that functions name in their column `errno`.
//!
//! `errno` is one value of the type that says why a function failed, or several with commas, if what
//! stands below a function says which. Whether there are such values is for `check::wasi`.

use super::function::parts;
use crate::diag::Diagnostic;
use crate::load::Document;
use crate::lower::keys::Keys;
use crate::lower::row::Row;
use crate::model::Overlays;
use crate::model::wasi::{Errno, Reason, ReasonId};

/// The keys of reasons.
pub(super) fn keys<'a>(document: &Document, overlays: &'a Overlays) -> Keys<'a, ReasonId> {
    Keys::new(&[Some(document)], "reason", ReasonId, overlays)
}

pub(super) fn lower(document: &Document, report: &mut Vec<Diagnostic>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for entry in document.rows("reason") {
        let Some(mut row) = Row::new(&entry, &["errno", "doc"], report) else {
            continue;
        };
        let errnos = row.required_text("errno").map(|cell| parts(&cell));
        let errnos = errnos.into_iter().flatten().map(|part| Errno {
            key: part.text,
            origin: part.origin,
        });
        reasons.push(Reason {
            key: row.key.to_string(),
            errnos: errnos.collect(),
            doc: row.required("doc"),
            origin: entry.origin.clone(),
        });
    }
    reasons
}
