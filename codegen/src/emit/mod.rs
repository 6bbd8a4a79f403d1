//! One emitter a file of `generated/`, all with the same signature.
//!
//! Facts say what the tables say, and name nothing that is written by hand; woven files put rows and
//! hand-written functions together; `wasi/` has both, for a package of its own. To add a file: write
//! `emit/NAME.rs` with `pub fn emit(model: &Model) -> Source`, and add its line to `FACTS` or
//! `WOVEN`. The `mod.rs` beside it follows by itself.

pub mod arms;
pub mod component;
pub mod config;
pub mod constant;
pub mod decode;
pub mod dispatch;
pub mod enumeration;

pub mod error_code;
pub mod fusion;
pub mod heap_type;
pub mod index;
pub mod indices;
pub mod instruction;
pub mod level;
pub mod limits;
pub mod module;
pub mod opcode;
pub mod operation;
pub mod proposal;
pub mod rate;
pub mod regular;
pub mod section;
pub mod semantics;
pub mod source;
pub mod tier;
pub mod translate;
pub mod trap;
pub mod validate;
pub mod wasi;
pub mod wire;

pub use source::Source;

use crate::model::{Model, TierId};
use std::collections::BTreeMap;

/// Files by path below `generated/`, with forward slashes.
pub type Files = BTreeMap<String, String>;

type Emitter = fn(&Model) -> Source;
type EngineEmitter = fn(&Model) -> Option<Source>;

/// Files of `generated/facts/`.
#[rustfmt::skip]
const FACTS: &[(&str, Emitter)] = &[
    ("error_code",  error_code::emit),
    ("heap_type",   heap_type::emit),
    ("indices",     indices::emit),
    ("level",       level::emit),
    ("limits",      limits::emit),
    ("opcode",      opcode::emit),
    ("proposal",    proposal::emit),
    ("section",     section::emit),
    ("tier",        tier::emit),
    ("trap",        trap::emit),
    ("wire",        wire::emit),
];

/// Files of `generated/woven/`.
#[rustfmt::skip]
const WOVEN: &[(&str, Emitter)] = &[
    ("arms",        arms::emit),
    ("decode",      decode::emit),
    ("instruction", instruction::emit),
    ("rate",        rate::emit),
    ("regular",     regular::emit),
    ("semantics",   semantics::emit),
    ("validate",    validate::emit),
];

/// Those that builds with an allocator have.
#[rustfmt::skip]
const WITH_HEAP: &[(&str, Emitter)] = &[
    ("config",      config::emit),
    ("constant",    constant::emit),
];

/// Those of the fast engine, which are the same in each tier that has it.
const ENGINE: &[(&str, EngineEmitter)] = &[
    ("operations", dispatch::shared),
    ("translate", translate::emit),
];

/// The feature that brings an allocator.
const HEAP: &str = "feature = \"alloc\"";

/// All generated files, before formatting.
pub fn emit(model: &Model) -> Files {
    let mut facts = Folder::new("facts", module::facts());
    facts.extend(FACTS, model, None);
    for (id, tier) in model.tiers() {
        facts.add(&tier.key, module::tier(model, id), None);
    }
    let mut woven = Folder::new("woven", module::woven());
    woven.module.line("pub(crate) mod component;");
    woven.extend(WOVEN, model, None);
    woven.extend(WITH_HEAP, model, Some(HEAP));
    for (name, emit) in ENGINE {
        if let Some(source) = emit(model) {
            woven.add(name, source, Some(HEAP));
        }
    }
    for (id, tier) in model.tiers() {
        if let Some(source) = dispatch::emit(model, id) {
            woven.add(&tier.key, source, engine(model, id).as_deref());
        }
    }
    let mut component = Folder::new("woven/component", component::module());
    component.extend(component::FILES, model, None);
    let mut wasi = Folder::new(wasi::FOLDER, wasi::module());
    wasi.extend(wasi::FILES, model, None);
    let mut all = module::all();
    all.line("pub(crate) mod facts;\npub(crate) mod woven;");
    let mut files = Files::new();
    files.insert("mod.rs".to_string(), all.text().to_string());
    for folder in [facts, woven, component, wasi] {
        files.extend(folder.files());
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

/// A folder of modules.
struct Folder {
    path: &'static str,
    module: Source,
    files: Files,
}

impl Folder {
    fn new(path: &'static str, module: Source) -> Self {
        Folder {
            path,
            module,
            files: Files::new(),
        }
    }

    /// Adds a module, of builds that fulfil the condition.
    fn add(&mut self, name: &str, source: Source, condition: Option<&str>) {
        if let Some(condition) = condition {
            self.module.line(&format!("#[cfg({condition})]"));
        }
        self.module.line(&format!("pub(crate) mod {name};"));
        let path = format!("{}/{name}.rs", self.path);
        self.files.insert(path, source.text().to_string());
    }

    fn extend(&mut self, emitters: &[(&str, Emitter)], model: &Model, condition: Option<&str>) {
        for (name, emit) in emitters {
            self.add(name, emit(model), condition);
        }
    }

    fn files(mut self) -> Files {
        let module = self.module.text().to_string();
        self.files.insert(format!("{}/mod.rs", self.path), module);
        self.files
    }
}
