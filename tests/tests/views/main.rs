//! Views against the decoder of the runtime and against wasmparser.
//!
//! Each side writes down what it reads, line by line; the lines must be the same. Modules are
//! those of all scripts, components those of the official suite of the Component Model, and real
//! ones of more than a megabyte, which `tests/components.sh` makes.

mod bomb;
mod component;
mod decoder;
mod level;
mod module;
mod mutant;
mod peer_component;
mod peer_module;
mod text;

use std::io::Write;
use std::path::PathBuf;
use std::{env, fs, io};

use tabwasm::reject::Reject;
use tabwasm::spec::ErrorClass;
use tabwasm_tests::corpus::{self, Module};
use tabwasm_tests::{shared, workspace};

/// Disagreements that are shown.
const SHOWN: usize = 10;

/// The least number of real components, and the least size of each.
const REAL: (usize, usize) = (5, 1 << 20);

/// What one side reads.
type Lines<E> = Result<Vec<String>, E>;

/// How many were compared, and what was wrong.
#[derive(Default)]
struct Report {
    agreed: usize,
    lines: usize,
    unsupported: usize,
    refused: usize,
    wrong: Vec<String>,
}

impl Report {
    /// Compares what both sides read. What wasmparser does not read a view may read or not; what
    /// it reads and finds valid a view reads, too, unless a proposal is missing.
    fn compare(&mut self, name: &str, valid: bool, ours: Lines<Reject>, theirs: Lines<String>) {
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                let place =
                    (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at));
                match place {
                    None => {
                        self.agreed += 1;
                        self.lines += ours.len();
                    }
                    // Where bytes are malformed each may go on as it likes.
                    Some(_) if !valid => self.refused += 1,
                    Some(at) => self.wrong.push(format!(
                        "{name}: line {at}: view {:?}, other {:?}",
                        ours.get(at),
                        theirs.get(at)
                    )),
                }
            }
            (Err(reject), Ok(_)) if valid => match reject.class() {
                ErrorClass::Unsupported | ErrorClass::Limit => self.unsupported += 1,
                _ => self.wrong.push(format!("{name}: {reject}")),
            },
            _ => self.refused += 1,
        }
    }

    fn finish(self, what: &str, at_least: usize) {
        let Self {
            agreed,
            lines,
            unsupported,
            refused,
            wrong,
        } = self;
        println!(
            "{what}: {agreed} agree in {lines} lines, {unsupported} need what is not supported, \
             {refused} are refused"
        );
        let shown = wrong
            .iter()
            .take(SHOWN)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n");
        assert!(wrong.is_empty(), "{} disagreements:\n{shown}", wrong.len());
        assert!(agreed >= at_least, "only {agreed} compared");
    }
}

#[test]
fn modules_agree_with_wasmparser() {
    let mut report = Report::default();
    for Module { name, bytes, valid } in corpus::modules() {
        report.compare(
            &name,
            valid,
            module::lines(&bytes),
            peer_module::lines(&bytes),
        );
    }
    report.finish("modules and wasmparser", 1_000);
}

#[test]
fn modules_agree_with_the_decoder() {
    let mut report = Report::default();
    for Module { name, bytes, .. } in corpus::modules() {
        if let Some(theirs) = decoder::lines(&bytes) {
            report.compare(&name, true, decoder::view(&bytes), Ok(theirs));
        }
    }
    report.finish("modules and the decoder", 500);
}

#[test]
fn components_agree_with_wasmparser() {
    let mut report = Report::default();
    for Module { name, bytes, valid } in components() {
        report.compare(
            &name,
            valid,
            component::lines(&bytes),
            peer_component::lines(&bytes),
        );
    }
    if shared("component-model-tests").is_some() {
        report.finish("components and wasmparser", 350);
    }
}

#[test]
fn real_components_agree_with_wasmparser() {
    let mut report = Report::default();
    for (path, bytes) in real_components() {
        let name = path.display().to_string();
        report.compare(
            &name,
            true,
            component::lines(&bytes),
            peer_component::lines(&bytes),
        );
    }
    if report.agreed + report.unsupported + report.wrong.len() > 0 {
        report.finish("real components and wasmparser", REAL.0);
    }
}

/// The components of the official suite, unless it is absent.
fn components() -> Vec<Module> {
    let Some(folder) = shared("component-model-tests") else {
        println!(
            "SKIPPED: the suite of the Component Model is not here (shared/component-model-tests)"
        );
        return Vec::new();
    };
    let mut components = corpus::modules_in(&folder);
    components.retain(|module| component::is_component(&module.bytes));
    components
}

/// Components of the folder `TABWASM_COMPONENTS`, or else of `target/components`.
fn real_components() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = match env::var_os("TABWASM_COMPONENTS") {
        Some(folder) => PathBuf::from(folder),
        None => workspace().join("target/components"),
    };
    let files = fs::read_dir(&folder).into_iter().flatten().flatten();
    let mut found: Vec<(PathBuf, Vec<u8>)> = files
        .map(|file| file.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "wasm")
        })
        .filter_map(|path| fs::read(&path).ok().map(|bytes| (path, bytes)))
        .filter(|(_, bytes)| bytes.len() >= REAL.1)
        .collect();
    found.sort();
    if found.is_empty() {
        // To the stream itself, which the test harness does not hold back.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: no real components in {}: `.ci/extended` makes them (tests/components.sh)",
            folder.display()
        );
    }
    found
}
