//! Full validation of components against wasmparser, and in every tier.
//!
//! Components of the official suite of the Component Model, and mutants of them: with the same
//! features both say the same, and in an arena the verdict is that of growing vectors or that the
//! arena is too small. Whatever is refused, a rule of `spec/levels.toml` refuses it.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tabwasm::profile::{Features, Profile, Std};
use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::{ComponentRule, ErrorClass, ErrorCode, Limit, Proposal, Proposals, Rule};
use tabwasm::validate::{Arena, Heap, check_component};
use tabwasm_tests::corpus::{self, Module, Random, mutate};
use tabwasm_tests::{shared, workspace};
use wasmparser::{Validator, WasmFeatures};

/// Mutants of all components together.
const MUTANTS: usize = 20_000;

/// The same where there is more time.
const MORE_MUTANTS: usize = 100_000;

/// Components above this size are compared, but not mutated.
const MUTABLE: usize = 4_096;

/// Of those that foreign tools made, so many bytes at most have all but those with engines in them.
const SMALL: usize = 64 << 10;

/// Mutants of these together.
const MUTANTS_OF_LARGE: usize = 2_000;

/// Bytes of an arena that is large enough for all of them.
const LARGE: usize = 4 << 20;

/// Disagreements that are shown.
const SHOWN: usize = 20;

/// Assertions of the suite that do not hold here, and why not.
const UNMET: [(&str, &str); 7] = [
    (
        "official/binary/binary.wast:892",
        "garbage collection is not there",
    ),
    (
        "official/binary/binary.wast:974",
        "cm#716: no built-in function is `cancellable`",
    ),
    ("official/linking/tags.wast:7", "exceptions are not there"),
    ("official/linking/tags.wast:36", "exceptions are not there"),
    ("official/linking/tags.wast:64", "exceptions are not there"),
    ("official/linking/tags.wast:93", "exceptions are not there"),
    (
        "official/validation/kebab.wast:4",
        "cm#704: hyphens make no difference",
    ),
];

/// What is on for both: all that the other side reads in the same form.
fn features() -> (Features, WasmFeatures) {
    let mut ours = Features {
        proposals: Std::PROPOSALS.union(Proposals::COMPONENTS),
        limits: Std::LIMITS,
    };
    for proposal in [
        Proposal::ComponentModelAsyncStackful,
        Proposal::ComponentModelMoreAsyncBuiltins,
        Proposal::ComponentModelThreading,
        Proposal::ComponentModelErrorContext,
        Proposal::ComponentModelFixedLengthLists,
        Proposal::ComponentModelCanonicalNames,
        Proposal::ComponentModelNestedNames,
        Proposal::ComponentModelForward,
        Proposal::ComponentModelMemory64,
        Proposal::ComponentModelAccessors,
    ] {
        ours.proposals = ours.proposals.with(proposal);
    }
    let mut theirs = WasmFeatures::all();
    for off in [
        WasmFeatures::THREADS,
        WasmFeatures::SHARED_EVERYTHING_THREADS,
        WasmFeatures::EXCEPTIONS,
        WasmFeatures::LEGACY_EXCEPTIONS,
        WasmFeatures::GC,
        WasmFeatures::MEMORY_CONTROL,
        WasmFeatures::STACK_SWITCHING,
        WasmFeatures::CM_VALUES,
        WasmFeatures::CM_GC,
        WasmFeatures::CUSTOM_DESCRIPTORS,
        WasmFeatures::COMPACT_IMPORTS,
        WasmFeatures::ACQUIRE_RELEASE_ATOMICS,
        WasmFeatures::MULTIBYTE_ARRAY_ACCESS,
    ] {
        theirs.remove(off);
    }
    (ours, theirs)
}

fn components() -> Vec<Module> {
    let Some(folder) = shared("component-model-tests") else {
        println!(
            "SKIPPED: the suite of the Component Model is not here (shared/component-model-tests)"
        );
        return Vec::new();
    };
    let mut components = corpus::modules_in(&folder);
    components.retain(|module| is_component(&module.bytes));
    components
}

fn is_component(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"\x0d\0\x01\0")
}

fn ours(bytes: &[u8]) -> Result<(), Reject> {
    check_component(bytes, &features().0, Heap)
}

fn theirs(bytes: &[u8]) -> Result<(), String> {
    let mut validator = Validator::new_with_features(features().1);
    let validated = validator.validate_all(bytes).map(drop);
    validated.map_err(|error| error.to_string())
}

/// Whether a rule of components or of the modules in them refuses so.
fn has_rule(reject: &Reject) -> bool {
    let code = reject.code();
    matches!(reject.class(), ErrorClass::Unsupported | ErrorClass::Limit)
        || ComponentRule::ALL
            .iter()
            .any(|rule| rule.errors().contains(&code))
        || Rule::ALL.iter().any(|rule| rule.errors().contains(&code))
}

/// What all say.
struct Tally {
    memory: Vec<u8>,
    valid: usize,
    invalid: usize,
    given: usize,
    /// Arenas that valid components take.
    peaks: Vec<usize>,
    wrong: Vec<String>,
}

impl Tally {
    fn new() -> Self {
        Self {
            memory: vec![0; LARGE],
            valid: 0,
            invalid: 0,
            given: 0,
            peaks: Vec::new(),
            wrong: Vec::new(),
        }
    }

    fn compare(&mut self, name: &str, bytes: &[u8]) {
        let verdict = ours(bytes);
        let arena = Arena::new(&mut self.memory);
        let in_arena = check_component(bytes, &features().0, &arena);
        if in_arena != verdict {
            let wrong = format!("{name}: {verdict:?}, in an arena {in_arena:?}");
            self.wrong.push(wrong);
        }
        let peak = arena.peak();
        match (verdict, theirs(bytes)) {
            (Ok(()), Ok(())) => {
                self.valid += 1;
                self.peaks.push(peak);
            }
            (Err(reject), Err(_)) if has_rule(&reject) => self.invalid += 1,
            (Err(reject), Ok(())) if reject.class() == ErrorClass::Limit => self.given += 1,
            (ours, theirs) => self.wrong.push(format!("{name}: {ours:?}, but {theirs:?}")),
        }
    }

    fn finish(mut self) {
        self.peaks.sort_unstable();
        let peak = |part: usize| self.peaks.get(self.peaks.len() * part / 100).copied();
        println!(
            "{} valid, {} invalid, {} beyond a limit; arena: median {:?}, of 99 % {:?}",
            self.valid,
            self.invalid,
            self.given,
            peak(50),
            peak(99)
        );
        let shown: Vec<_> = self.wrong.iter().take(SHOWN).map(String::as_str).collect();
        let (wrong, shown) = (self.wrong.len(), shown.join("\n"));
        assert!(wrong == 0, "{wrong} disagreements:\n{shown}");
    }
}

#[test]
fn the_suite_agrees_with_wasmparser() {
    let mut tally = Tally::new();
    for Module { name, bytes, .. } in components() {
        tally.compare(&name, &bytes);
    }
    tally.finish();
}

#[test]
fn made_components_agree_with_wasmparser() {
    for folder in MADE {
        let mut tally = Tally::new();
        let made = made_in(folder);
        for Module { name, bytes, .. } in &made {
            tally.compare(name, bytes);
        }
        print!("{} components of {folder}: ", made.len());
        tally.finish();
    }
}

/// Folders of components that foreign tools made: `tests/components.sh` and `tests/corpus.sh`.
const MADE: [&str; 2] = ["components", "component-corpus"];

/// The components in one of these folders.
fn made_in(folder: &str) -> Vec<Module> {
    let folder = workspace().join("target").join(folder);
    let read = |file: PathBuf| Module {
        name: file.display().to_string(),
        bytes: fs::read(&file).expect("it was listed"),
        // No script says anything of them.
        valid: true,
    };
    let mut made: Vec<Module> = files(&folder).into_iter().map(read).collect();
    made.retain(|module| is_component(&module.bytes));
    if made.is_empty() {
        // To the stream itself, which the test harness does not hold back.
        let _ = writeln!(
            io::stderr(),
            "SKIPPED: no components in {}: `.ci/extended` makes them (tests/components.sh, tests/corpus.sh)",
            folder.display()
        );
    }
    made
}

/// Files of components in a folder and in the folders for kinds of them.
fn files(folder: &Path) -> Vec<PathBuf> {
    let below = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let all = below(folder);
    let nested: Vec<_> = all.iter().flat_map(|path| below(path)).collect();
    let mut files: Vec<_> = all.into_iter().chain(nested).collect();
    files.retain(|path| path.extension() == Some(OsStr::new("wasm")));
    files.sort();
    files
}

#[test]
fn scripts_of_the_suite_hold() {
    let mut seen = Vec::new();
    let mut wrong = Vec::new();
    let mut held = 0;
    for Module { name, bytes, valid } in components() {
        let mut gate = features().0;
        gate.proposals = gate.proposals.without(Proposal::ComponentModelNestedNames);
        let verdict = check_component(&bytes, &gate, Heap);
        if verdict.is_ok() == valid {
            held += 1;
            continue;
        }
        match UNMET.iter().find(|(script, _)| *script == name) {
            Some((script, _)) => seen.push(*script),
            None => wrong.push(format!("{name}: {verdict:?}")),
        }
    }
    println!("{held} assertions hold");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    if held > 0 {
        assert_eq!(
            seen,
            UNMET.map(|(script, _)| script),
            "the list is too long"
        );
    }
}

#[test]
fn mutants_agree_with_wasmparser() {
    compare_mutants(&components(), MUTABLE, MUTANTS, 1);
}

#[test]
#[ignore = "takes minutes; `.ci/extended` runs it"]
fn many_mutants_agree_with_wasmparser() {
    compare_mutants(&components(), MUTABLE, MORE_MUTANTS, 2);
}

/// Of all that foreign tools made, those with engines in them as well.
#[test]
#[ignore = "takes minutes; `.ci/extended` runs it"]
fn mutants_of_made_components_agree_with_wasmparser() {
    let made: Vec<Module> = MADE.iter().flat_map(|folder| made_in(folder)).collect();
    let (small, large): (Vec<_>, Vec<_>) = made
        .into_iter()
        .partition(|component| component.bytes.len() <= SMALL);
    compare_mutants(&small, SMALL, MORE_MUTANTS, 3);
    compare_mutants(&large, usize::MAX, MUTANTS_OF_LARGE, 4);
}

/// Compares mutants of those components that have at most so many bytes.
fn compare_mutants(components: &[Module], most: usize, count: usize, seed: u64) {
    let mutable: Vec<_> = components
        .iter()
        .filter(|component| component.bytes.len() <= most)
        .collect();
    let mut tally = Tally::new();
    let mut random = Random::new(seed);
    for number in 0..if mutable.is_empty() { 0 } else { count } {
        let component = mutable[number % mutable.len()];
        let bytes = mutate(components, &component.bytes, &mut random);
        if is_component(&bytes) {
            tally.compare(&format!("mutant {number} of {}", component.name), &bytes);
        }
    }
    tally.finish();
}

/// With less memory a component is out of budget and nothing else, and what is told suffices at last.
#[test]
fn smaller_arenas_are_another_budget_and_no_other_verdict() {
    let mut memory = vec![0; LARGE];
    let mut least = Vec::new();
    for Module { name, bytes, .. } in components().iter().step_by(7) {
        let verdict = ours(bytes);
        let mut size = 0;
        loop {
            let found = check_component(bytes, &features().0, &Arena::new(&mut memory[..size]));
            match found.map_err(|reject| reject.detail()) {
                Err(Detail::Limit {
                    limit: Limit::Arena,
                    at_least,
                }) => {
                    assert!(at_least as usize > size, "{name}: {at_least} of {size}");
                    size = at_least as usize;
                }
                found => {
                    assert_eq!(found, verdict.map_err(|reject| reject.detail()), "{name}");
                    break;
                }
            }
        }
        least.push(size);
    }
    println!("largest arena: {:?}", least.iter().max());
}

/// What is wrong with a component that has a value of a type, which it does not use.
fn refusal(ty: &[u8], content: &[u8]) -> ErrorCode {
    let section = |id: u8, body: &[u8]| {
        let mut section = vec![id, body.len() as u8 + 1, 1];
        section.extend(body);
        section
    };
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend(section(7, ty));
    let mut value = vec![0, content.len() as u8];
    value.extend(content);
    bytes.extend(section(12, &value));
    let gate = Features {
        proposals: Proposals::ALL,
        limits: Std::LIMITS,
    };
    let refused = check_component(&bytes, &gate, Heap).expect_err("the value is not used");
    refused.code()
}

/// The standard's section "Value Definitions" of `Binary.md`; wasmparser does not read these.
#[test]
fn values_are_of_their_type() {
    use ErrorCode::{LengthOutOfBounds, SectionSize, UnexpectedEnd, UnusedValue, ValueContent};
    let cases: [(&str, &[u8], &[u8], ErrorCode); 27] = [
        ("bool", b"\x7f", b"\x01", UnusedValue),
        ("bool", b"\x7f", b"\x02", ValueContent),
        ("bool", b"\x7f", b"\x01\0", SectionSize),
        ("bool", b"\x7f", b"", UnexpectedEnd),
        ("s16", b"\x7c", b"\xff\xff\x01", UnusedValue),
        ("s16", b"\x7c", b"\x80\x80\x02", ValueContent),
        ("u16", b"\x7b", b"\xff\xff\x03", UnusedValue),
        ("u16", b"\x7b", b"\x80\x80\x04", ValueContent),
        ("f32", b"\x76", b"\0\0\xc0\x7f", UnusedValue),
        ("f32", b"\x76", b"\x01\0\xc0\x7f", ValueContent),
        ("char", b"\x74", "é".as_bytes(), UnusedValue),
        ("char", b"\x74", b"\xed\xa0\x80", ValueContent),
        ("string", b"\x73", b"\x02hi", UnusedValue),
        ("list of u8", b"\x70\x7d", b"\x03abc", UnusedValue),
        ("list of u8", b"\x70\x7d", b"\x03ab", UnexpectedEnd),
        ("fixed list", b"\x67\x7d\x02", b"ab", UnusedValue),
        ("tuple", b"\x6f\x02\x7f\x73", b"\0\x01a", UnusedValue),
        (
            "tuple",
            b"\x6f\x02\x7f\x73",
            b"\x01\x02a",
            LengthOutOfBounds,
        ),
        ("flags", b"\x6e\x02\x01a\x01b", b"\x03", UnusedValue),
        ("flags", b"\x6e\x02\x01a\x01b", b"\x04", ValueContent),
        ("enum", b"\x6d\x02\x01a\x01b", b"\x02", ValueContent),
        (
            "variant",
            b"\x71\x02\x01a\0\0\x01b\x01\x7f\0",
            b"\x01\x01",
            UnusedValue,
        ),
        (
            "variant",
            b"\x71\x02\x01a\0\0\x01b\x01\x7f\0",
            b"\0\x01",
            SectionSize,
        ),
        ("option", b"\x6b\x7f", b"\x01\x01", UnusedValue),
        ("result", b"\x6a\0\x01\x73", b"\x01\x01a", UnusedValue),
        ("map", b"\x63\x7f\x73", b"\x02\0\x01a\x01\x01b", UnusedValue),
        ("future", b"\x65\0", b"\0", ValueContent),
    ];
    for (what, ty, content, expected) in cases {
        assert_eq!(refusal(ty, content), expected, "{what}: {content:?}");
    }
}
