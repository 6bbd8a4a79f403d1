//! Makes components of WIT packages: `dummies OUT FOLDER...`.
//!
//! For each world of a package, and for each interface once as an import and once as an export, there
//! is a core module that imports and exports what the world says and does nothing, and the component
//! that `wit-component` makes of it, in each way of calling; and for each package the component that
//! is its binary form. `tests/corpus.sh` calls it, and `tests/tests/component_validity.rs` reads what
//! it writes. Packages that are wrong, as some test suites have them, are passed over.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, PackageId, Resolve, WorldId};

/// Ways in which core functions are called, and what they are called in the names of files.
const WAYS: [(&str, ManglingAndAbi); 3] = [
    ("sync", ManglingAndAbi::Legacy(LiftLowerAbi::Sync)),
    (
        "callback",
        ManglingAndAbi::Legacy(LiftLowerAbi::AsyncCallback),
    ),
    (
        "stackful",
        ManglingAndAbi::Legacy(LiftLowerAbi::AsyncStackful),
    ),
];

fn main() -> ExitCode {
    let mut folders = env::args_os().skip(1).map(PathBuf::from);
    let Some(out) = folders.next() else {
        eprintln!("usage: dummies OUT FOLDER...");
        return ExitCode::from(2);
    };
    // What a package makes the encoder panic at is passed over as well.
    panic::set_hook(Box::new(|_| {}));
    let mut corpus = Corpus::default();
    for folder in folders {
        for package in packages(&folder) {
            corpus.add(&package);
        }
    }
    let (packages, wrong) = (corpus.packages, corpus.wrong);
    match corpus.write(&out) {
        Ok(count) => {
            println!("{count} components of {packages} packages; {wrong} could not be made");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("dummies: {}: {error}", out.display());
            ExitCode::FAILURE
        }
    }
}

/// Files of packages, and folders with such files, in a folder and below it, sorted.
fn packages(folder: &Path) -> Vec<PathBuf> {
    let mut found = BTreeSet::new();
    let mut left = vec![folder.to_path_buf()];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                // Packages that are wrong on purpose.
                if path.file_name() != Some(OsStr::new("parse-fail")) {
                    left.push(path);
                }
            } else if path.extension() == Some(OsStr::new("wit")) {
                found.insert(folder.clone());
                found.insert(path);
            }
        }
    }
    found.into_iter().collect()
}

/// Components, each once.
#[derive(Default)]
struct Corpus {
    components: BTreeSet<(Vec<u8>, String)>,
    packages: usize,
    wrong: usize,
}

impl Corpus {
    fn add(&mut self, path: &Path) {
        let mut resolve = Resolve {
            all_features: true,
            ..Resolve::default()
        };
        let Some((package, _)) = caught(|| resolve.push_path(path).ok()) else {
            self.wrong += 1;
            return;
        };
        self.packages += 1;
        let name = resolve.packages[package].name.to_string();
        let binary = caught(|| wit_component::encode(&resolve, package, false).ok());
        self.take(format!("{name} in binary"), binary);
        for (world, id) in resolve.packages[package].worlds.clone() {
            self.world(&format!("{name} {world}"), &resolve, id);
        }
        for (interface, id) in resolve.packages[package].interfaces.clone() {
            let Some(full) = resolve.id_of(id) else {
                continue;
            };
            for keyword in ["import", "export"] {
                let mut resolve = resolve.clone();
                let text = format!("package made:made; world made {{ {keyword} {full}; }}");
                match caught(|| world_of(&mut resolve, &text)) {
                    Some(world) => {
                        self.world(&format!("{name} {keyword} {interface}"), &resolve, world);
                    }
                    None => self.wrong += 1,
                }
            }
        }
    }

    /// A world in all ways.
    fn world(&mut self, name: &str, resolve: &Resolve, world: WorldId) {
        for (way, mangling) in WAYS {
            let made = caught(|| component(resolve, world, mangling));
            self.take(format!("{name} {way}"), made);
        }
    }

    fn take(&mut self, name: String, made: Option<Vec<u8>>) {
        match made {
            Some(bytes) => {
                self.components.insert((bytes, name));
            }
            None => self.wrong += 1,
        }
    }

    fn write(self, out: &Path) -> io::Result<usize> {
        fs::create_dir_all(out)?;
        let mut count = 0;
        let mut last = Vec::new();
        for (bytes, name) in self.components {
            if bytes == last {
                continue;
            }
            let name = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
            fs::write(out.join(format!("{name}-{count}.wasm")), &bytes)?;
            (last, count) = (bytes, count + 1);
        }
        Ok(count)
    }
}

/// The world of a package in text that has one.
fn world_of(resolve: &mut Resolve, text: &str) -> Option<WorldId> {
    let package: PackageId = resolve.push_str("made.wit", text).ok()?;
    resolve.packages[package].worlds.values().next().copied()
}

fn component(resolve: &Resolve, world: WorldId, mangling: ManglingAndAbi) -> Option<Vec<u8>> {
    let mut module = dummy_module(resolve, world, mangling);
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8, false).ok()?;
    // Whether it is valid is what the tests ask.
    let mut encoder = ComponentEncoder::default();
    encoder.validate(false);
    encoder.module(&module).ok()?.encode().ok()
}

/// What is made, unless it cannot be.
fn caught<T>(make: impl FnOnce() -> Option<T>) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(make)).ok().flatten()
}
