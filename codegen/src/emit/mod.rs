//! One emitter a file of `generated/`, all with the same signature.
//!
//! To add a file: write `emit/NAME.rs` with `pub fn emit(model: &Model) -> Source`, and add its
//! line to `SHARED` (or to `TIERS`, with the tier as second argument). The `mod.rs` beside
//! it follows by itself.

pub mod arms;
pub mod component;
pub mod config;
pub mod constant;
pub mod decode;
pub mod dispatch;
pub mod enumeration;
pub mod error_code;
pub mod index;
pub mod indices;
pub mod instruction;
pub mod level;
pub mod limits;
pub mod module;
pub mod opcode;
pub mod operation;
pub mod plain;
pub mod proposal;
pub mod section;
pub mod semantics;
pub mod source;
pub mod tier;
pub mod translate;
pub mod trap;
pub mod validate;
pub mod wire;

pub use source::Source;

use crate::model::{Model, TierId};
use std::collections::BTreeMap;

/// Files by path below `generated/`, with forward slashes.
pub type Files = BTreeMap<String, String>;

type SharedEmitter = fn(&Model) -> Source;
type TierEmitter = fn(&Model, TierId) -> Option<Source>;

/// Files of `generated/shared/`, the same in every tier.
#[rustfmt::skip]
const SHARED: &[(&str, SharedEmitter)] = &[
    ("config",      config::emit),
    ("constant",    constant::emit),
    ("decode",      decode::emit),
    ("error_code",  error_code::emit),
    ("indices",     indices::emit),
    ("instruction", instruction::emit),
    ("level",       level::emit),
    ("limits",      limits::emit),
    ("opcode",      opcode::emit),
    ("plain",       plain::emit),
    ("proposal",    proposal::emit),
    ("section",     section::emit),
    ("semantics",   semantics::emit),
    ("tier",        tier::emit),
    ("trap",        trap::emit),
    ("validate",    validate::emit),
    ("wire",        wire::emit),
];

/// Those of the shared files that only an engine uses; builds without one leave them out.
const EXECUTION: &[&str] = &["config", "constant"];

/// Files of `generated/<tier>/`, for the tiers that have them.
#[rustfmt::skip]
const TIERS: &[(&str, TierEmitter)] = &[
    ("arms",      arms::emit),
    ("dispatch",  dispatch::emit),
    ("translate", translate::emit),
];

/// All generated files, before formatting.
pub fn emit(model: &Model) -> Files {
    let mut files = Files::new();
    let shared: Vec<_> = SHARED
        .iter()
        .map(|(name, emit)| (*name, emit(model)))
        .collect();
    let mut module = module::shared();
    module.line("pub(crate) mod component;");
    let execution = |name: &str| {
        EXECUTION
            .contains(&name)
            .then(|| "feature = \"alloc\"".to_string())
    };
    add(&mut files, "shared", module, shared, execution);
    let component = component::FILES
        .iter()
        .map(|(name, emit)| (*name, emit(model)));
    add(
        &mut files,
        "shared/component",
        component::module(),
        component.collect(),
        |_| None,
    );
    for (id, tier) in model.tiers() {
        let own = TIERS
            .iter()
            .filter_map(|(name, emit)| Some((*name, emit(model, id)?)));
        add(
            &mut files,
            &tier.key,
            module::tier(model, id),
            own.collect(),
            |_| engine(model, id),
        );
    }
    files.insert("opcodes.tsv".to_string(), index::tsv(model));
    files.insert("index.md".to_string(), index::markdown(model));
    files.insert("README.md".to_string(), index::readme(model));
    files
}

/// When a build has the engine of a tier: where that is its tier.
fn engine(model: &Model, tier: TierId) -> Option<String> {
    let own = format!("feature = \"{}\"", model.tier(tier).feature.as_ref()?);
    let above = model
        .tiers
        .iter()
        .filter(|other| other.extends == Some(tier))
        .filter_map(|other| other.feature.as_ref())
        .map(|feature| format!(", not(feature = \"{feature}\")"))
        .collect::<String>();
    Some(match &*above {
        "" => own,
        above => format!("all({own}{above})"),
    })
}

/// Adds the files of a folder; `condition` says on which one depends.
fn add(
    files: &mut Files,
    folder: &str,
    mut module: Source,
    children: Vec<(&str, Source)>,
    condition: impl Fn(&str) -> Option<String>,
) {
    for (name, source) in children {
        if let Some(condition) = condition(name) {
            module.line(&format!("#[cfg({condition})]"));
        }
        module.line(&format!("pub(crate) mod {name};"));
        files.insert(format!("{folder}/{name}.rs"), source.text().to_string());
    }
    files.insert(format!("{folder}/mod.rs"), module.text().to_string());
}
