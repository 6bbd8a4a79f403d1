//! What becomes of each mutant: the generator refuses it, or it makes other files.
//!
//! This needs no compiler, so it comes first; only what makes other files has to be built and
//! tried.

use crate::cell::{Edit, Mutant};
use crate::patch::{Parsed, Patch, Patches, patch, range};
use crate::select::Test;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use syn::Block;
use syn::visit::Visit;
use tabwasm_codegen::emit::{self, Files};
use tabwasm_codegen::model::Model;
use tabwasm_codegen::{Tree, diag::Diagnostic, model};

/// What becomes of a mutant.
pub(crate) enum Fate {
    /// The generator refuses the tables, with this message.
    Refused(String),
    /// No generated file differs.
    Nothing,
    /// These files differ, and so.
    Changed(BTreeMap<String, Patches>),
}

/// A mutant, and what becomes of it.
pub(crate) type Case<'a> = (&'a Mutant, &'a Fate);

/// The fate of each mutant, in their order.
pub(crate) fn classify(
    tree: &Tree,
    files: &Files,
    mutants: &[Mutant],
    jobs: usize,
) -> Result<Vec<Fate>, String> {
    let order: Vec<String> = model(tree)
        .map_err(|_| "the tables are wrong".to_string())?
        .ops
        .into_iter()
        .map(|op| op.key)
        .collect();
    let tree = &without_bodies(tree);
    let next = AtomicUsize::new(0);
    let fates = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(mutant) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // Places of tokens are numbered per thread, and there are not endlessly many.
                    proc_macro2::extra::invalidate_current_thread_spans();
                    let fate = fate(tree, files, &order, mutant);
                    let mut fates = fates.lock().unwrap_or_else(|poison| poison.into_inner());
                    fates.insert(mutant.id, fate);
                }
            });
        }
    });
    let fates = fates
        .into_inner()
        .unwrap_or_else(|poison| poison.into_inner());
    fates.into_values().collect()
}

/// The texts of the tables that a mutant changes.
pub(crate) fn mutated(tree: &Tree, edit: &Edit) -> Vec<(String, String)> {
    let text = tree.get(&edit.file).unwrap_or_default();
    let Edit { range, with, .. } = edit;
    let text = format!("{}{with}{}", &text[..range.start], &text[range.end..]);
    let mut texts = vec![(edit.file.clone(), text)];
    texts.extend(edit.more.clone());
    texts
}

/// Tables name functions, and what these do is no matter of theirs: to parse it for each mutant
/// would take most of the time.
fn without_bodies(tree: &Tree) -> Tree {
    let sources = tree.matching("", ".rs");
    let blank = |(path, text): (&str, &str)| {
        let mut bodies = Bodies(Vec::new());
        bodies.visit_file(&syn::parse_file(text).ok()?);
        let mut bytes = text.as_bytes().to_vec();
        for body in bodies.0 {
            bytes[body].fill(b' ');
        }
        Some((path.to_string(), String::from_utf8(bytes).ok()?))
    };
    let blank = sources.into_iter().filter_map(blank).collect();
    tree.clone().overlaid(blank)
}

/// Places of what stands in the braces of functions.
struct Bodies(Vec<Range<usize>>);

impl Visit<'_> for Bodies {
    fn visit_block(&mut self, block: &Block) {
        let braces = block.brace_token.span;
        self.0
            .push(range(braces.open()).end..range(braces.close()).start);
    }
}

fn fate(tree: &Tree, files: &Files, order: &[String], mutant: &Mutant) -> Result<Fate, String> {
    let tree = tree
        .clone()
        .overlaid(mutated(tree, &mutant.edit).into_iter().collect());
    let mut model = match model(&tree) {
        Ok(model) => model,
        Err(report) => return Ok(refused(&report)),
    };
    in_order(&mut model, order);
    changed(mutant.id, files, &emit::emit(&model))
}

fn refused(report: &[Diagnostic]) -> Fate {
    Fate::Refused(
        report
            .first()
            .map(|first| first.message().to_string())
            .unwrap_or_default(),
    )
}

/// Rows stand where they stood, so that a moved opcode changes its own lines only.
fn in_order(model: &mut Model, order: &[String]) {
    let place = |key: &str| order.iter().position(|other| other == key);
    model.ops.sort_by_key(|op| place(&op.key));
}

/// Files that no patch reaches.
const RIGID: [&str; 4] = [
    "woven/operations.rs",
    "woven/alloc.rs",
    "woven/std.rs",
    "woven/regular.rs",
];

fn changed(id: u32, before: &Files, after: &Files) -> Result<Fate, String> {
    let mut files = BTreeMap::new();
    for (path, text) in after {
        let old = before.get(path).map(String::as_str).unwrap_or_default();
        if text == old {
            continue;
        }
        let patches = if RIGID.contains(&path.as_str()) {
            // Macros and statics, which no patch reaches, or which only builds for size read; to
            // parse the handlers would take most of the time.
            Patches {
                all: Vec::new(),
                rigid: vec!["handlers".to_string()],
            }
        } else if path.split('/').next() == Some(emit::wasi::FOLDER) {
            // No part of the library: what reads the tables judges it.
            Patches::default()
        } else if path.ends_with(".rs") {
            patch(id, &Parsed::new(path, old)?, &Parsed::new(path, text)?)
        } else {
            Patches::default()
        };
        files.insert(path.clone(), patches);
    }
    Ok(if files.is_empty() {
        Fate::Nothing
    } else {
        Fate::Changed(files)
    })
}

impl Fate {
    /// Leaves out what would stand for a mutant that was not made whole.
    ///
    /// Where the fields of instructions differ, nothing fits together any more: only the tables
    /// can be judged. Where the type of a meaning differs, the compiler judges the function, and
    /// decoder and validator have the mutant, but no engine. Constants are as they were, but for
    /// limits, for which the copy asks at run time.
    pub(crate) fn prune(&mut self) {
        let Fate::Changed(files) = self else {
            return;
        };
        for (path, patches) in files.iter_mut() {
            patches.all.retain(|patch| match patch {
                Patch::Constant { name, .. } => name == "LIMITS" || path == "facts/limits.rs",
                _ => true,
            });
        }
        if rigid(files, "woven/instruction.rs") {
            files.values_mut().for_each(|patches| patches.all.clear());
        } else if rigid(files, "woven/semantics.rs") {
            let judged = ["woven/decode.rs", "woven/semantics.rs", "woven/validate.rs"];
            for (path, patches) in files {
                if !judged.contains(&path.as_str()) {
                    patches.all.clear();
                }
            }
        }
    }

    /// Whether the runtime is as it was, so that only a test that reads the tables can notice.
    pub(crate) fn needs_no_runtime(&self, test: &Test) -> bool {
        const READERS: &[&str] = &["oracle", "component_oracle", "rows", "tables"];
        let patched = match self {
            Fate::Changed(files) => files.values().any(|patches| !patches.all.is_empty()),
            Fate::Refused(_) | Fate::Nothing => false,
        };
        !patched && !READERS.contains(&test.program)
    }
}

fn rigid(files: &BTreeMap<String, Patches>, path: &str) -> bool {
    files
        .get(path)
        .is_some_and(|patches| !patches.rigid.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell;
    use std::path::Path;

    #[test]
    fn forms_that_are_relied_on_are_demanded() {
        let tree = Tree::read(Path::new("../..")).unwrap();
        let mut mutants = cell::mutants(&tree, &model(&tree).unwrap());
        mutants.retain(|mutant| mutant.kind == "form");
        for wrong in [
            "forms/class/compare std: 'SAPQ SAPQI -> WAJL' → 'SAPQ SAPQI -> WAL'",
            "forms/engine/call_ref std: 'SA' → 'A'",
        ] {
            let is = |mutant: &Mutant| mutant.name() == wrong;
            assert!(mutants.iter().any(is), "{wrong}");
        }
        let blank = without_bodies(&tree);
        let accepted: Vec<String> = mutants
            .iter()
            .filter(|mutant| {
                let mutated = mutated(&blank, &mutant.edit).into_iter().collect();
                model(&blank.clone().overlaid(mutated)).is_ok()
            })
            .map(Mutant::name)
            .collect();
        assert!(accepted.is_empty(), "{}", accepted.join("\n"));
        println!("{} forms, each demanded", mutants.len());
    }
}
