//! The corpus of the fuzz targets, `tests/fuzz/corpus/TARGET/NAME`: small inputs made of modules,
//! components and tables of this project.
//!
//! `BLESS=1 cargo test -p tabwasm-tests --test fuzz_corpus` writes it again. It need not be the
//! newest: a seed is where a fuzzer begins.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use tabwasm_codegen::Tree;
use tabwasm_tests::corpus::Random;
use tabwasm_tests::workspace;

/// The first byte of inputs that become modules (`tests/fuzz/src/lib.rs`): the module follows, or
/// numbers for one of the two generators.
const MODULE: u8 = 0;
const GENERATORS: [u8; 2] = [1, 2];
/// The same where two modules can be linked.
const PAIR: u8 = 3;

/// Inputs of numbers, and bytes of each.
const NUMBERS: (u64, usize) = (6, 400);

/// Inputs by target and name.
type Corpus = BTreeMap<PathBuf, Vec<u8>>;

/// The least number of inputs of a target, and the most bytes of one.
const BOUNDS: (usize, usize) = (6, 8_192);

#[test]
fn each_target_has_its_corpus() {
    let fuzz = workspace().join("tests/fuzz");
    let folder = fuzz.join("corpus");
    if env::var_os("BLESS").is_some() {
        drop(fs::remove_dir_all(&folder));
        for (path, bytes) in make() {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
            fs::write(path, bytes).expect("it can be written");
        }
    }
    let corpus = read(&folder);
    let mut targets = BTreeMap::<String, usize>::new();
    for (path, bytes) in &corpus {
        assert!(bytes.len() <= BOUNDS.1, "{}", path.display());
        let target = path.parent().expect("a target").display().to_string();
        *targets.entry(target).or_default() += 1;
    }
    assert!(
        targets.values().all(|inputs| *inputs >= BOUNDS.0),
        "{targets:?}"
    );
    let programs = fs::read_dir(fuzz.join("src/bin"))
        .expect("a folder")
        .flatten();
    let programs: BTreeSet<String> = programs.map(|file| stem(&file.path())).collect();
    assert!(
        programs.iter().eq(targets.keys()),
        "{programs:?}, {targets:?}"
    );
    let script = fs::read_to_string(fuzz.join("run.sh")).expect("the script");
    let list = script
        .lines()
        .find_map(|line| line.strip_prefix("targets=("));
    let run: BTreeSet<String> = list
        .expect("a list of targets")
        .trim_end_matches(')')
        .split(' ')
        .map(String::from)
        .collect();
    assert_eq!(run, programs);
}

fn make() -> Corpus {
    let mut corpus = Corpus::new();
    let mut add = |target: &str, name: &str, bytes: Vec<u8>| {
        corpus.insert(Path::new(target).join(name), bytes);
    };
    let tests = workspace().join("tests");
    for (name, wasm) in texts(&tests.join("levels")) {
        for target in ["validate", "views"] {
            add(target, &name, wasm.clone());
        }
        for target in ["translate", "differential"] {
            add(target, &name, [&[MODULE], wasm.as_slice()].concat());
        }
    }
    for (name, wasm) in texts(&tests.join("levels/component")) {
        add("components", &name, wasm);
    }
    for seed in 0..NUMBERS.0 {
        let mut random = Random::new(seed + 1);
        let bytes: Vec<u8> = (0..NUMBERS.1).map(|_| random.number() as u8).collect();
        for generator in GENERATORS {
            for target in ["translate", "differential"] {
                let name = format!("numbers-{generator}-{seed}");
                add(target, &name, [&[generator], bytes.as_slice()].concat());
            }
        }
        let pair = [&[PAIR], bytes.as_slice()].concat();
        add("differential", &format!("numbers-{PAIR}-{seed}"), pair);
        // The larger a number, the fewer calls take it for anything.
        let small = bytes.iter().map(|byte| byte % 32).collect();
        add("wasi", &format!("numbers-{seed}"), small);
    }
    tables(&tests.join("spec_errors"), &mut add);
    corpus
}

/// The modules or components of a folder of texts.
fn texts(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder).expect("a folder").flatten();
    let files = files.map(|file| file.path());
    let texts = files.filter(|path| path.extension().is_some_and(|extension| extension == "wat"));
    texts
        .map(|path| (stem(&path), wat::parse_file(&path).expect("a text")))
        .collect()
}

/// Wrong tables: the files that differ from the base, behind their number, and the overlays.
fn tables(folder: &Path, add: &mut impl FnMut(&str, &str, Vec<u8>)) {
    let base = Tree::read_all(&folder.join("base")).expect("the base");
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let case = Tree::read_all(&entry.path()).expect("a case");
        let files = base.matching("spec/", ".toml").map(|(file, _)| file);
        for (number, file) in (0..).zip(files.chain(["overlay.toml"])) {
            if let Some(text) = case.get(file) {
                let name = format!("{}-{number}", stem(&entry.path()));
                add("tables", &name, [&[number], text.as_bytes()].concat());
            }
        }
    }
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// What stands in a folder of folders.
fn read(folder: &Path) -> Corpus {
    let mut corpus = Corpus::new();
    for target in fs::read_dir(folder).into_iter().flatten().flatten() {
        for input in fs::read_dir(target.path()).into_iter().flatten().flatten() {
            let path = Path::new(&target.file_name()).join(input.file_name());
            corpus.insert(path, fs::read(input.path()).expect("an input"));
        }
    }
    corpus
}
