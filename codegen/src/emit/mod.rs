//! One emitter a file of `generated/`, all with the same signature.
//!
//! To add a file: write `emit/NAME.rs` with `pub fn emit(model: &Model) -> Source`, and add its
//! line to [`SHARED`] (or to [`TIERS`], with the tier as second argument). The `mod.rs` beside
//! it follows by itself.

pub mod format;
pub mod source;

pub mod module;

pub use source::Source;

use crate::model::{Model, Tier};
use std::collections::BTreeMap;

/// Files by path below `generated/`, with forward slashes.
pub type Files = BTreeMap<String, String>;

/// Files of `generated/shared/`, the same in every tier.
const SHARED: &[(&str, fn(&Model) -> Source)] = &[];

/// Files of `generated/<tier>/`, for the tiers that have them.
const TIERS: &[(&str, fn(&Model, &Tier) -> Option<Source>)] = &[];

/// All generated files, before formatting.
pub fn emit(model: &Model) -> Files {
    let mut files = Files::new();
    let shared: Vec<_> = SHARED
        .iter()
        .map(|(name, emit)| (*name, emit(model)))
        .collect();
    add(&mut files, "shared", module::shared(), shared);
    for tier in &model.tiers {
        let own = TIERS
            .iter()
            .filter_map(|(name, emit)| Some((*name, emit(model, tier)?)));
        add(
            &mut files,
            &tier.key,
            module::tier(model, tier),
            own.collect(),
        );
    }
    files
}

fn add(files: &mut Files, folder: &str, mut module: Source, children: Vec<(&str, Source)>) {
    for (name, source) in children {
        module.line(&format!("pub(crate) mod {name};"));
        files.insert(format!("{folder}/{name}.rs"), source.text().to_string());
    }
    files.insert(format!("{folder}/mod.rs"), module.text().to_string());
}
