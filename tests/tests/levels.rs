//! Levels of validation, row by row.
//!
//! For each rule of `spec/levels.toml` there is a module `levels/KEY.wat` that breaks it and no
//! rule before: the rule's level is the first that refuses it, by one of the rule's errors. Lines
//! `;; with: PROPOSAL` and `;; without: PROPOSAL` switch proposals on and off. All modules of the
//! official scripts show that a level refuses what the ones before it refuse, and only by errors
//! of its rules; the last one is the validation of the standard.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use tabwasm::profile::{Features, Std};
use tabwasm::reject::{Reject, Verdict};
use tabwasm::spec::{ErrorClass, Level, Proposal, Rule};
use tabwasm::validate::{Arena, Heap, check_at, validate, validate_at};
use tabwasm_tests::corpus::{Module, Random, modules};
use tabwasm_tests::workspace;

#[test]
fn each_rule_begins_with_its_level() {
    let mut wrong = Vec::new();
    for rule in Rule::ALL {
        let path = folder().join(format!("{}.wat", rule.name()));
        let Ok(text) = fs::read_to_string(&path) else {
            wrong.push(format!("no module breaks the rule `{}`", rule.name()));
            continue;
        };
        let wasm = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"));
        let features = features(&text);
        for level in Level::ALL {
            let result = check_at(level, &wasm, &features, Heap);
            let right = match &result {
                Ok(()) => level < rule.level(),
                Err(reject) => level >= rule.level() && rule.errors().contains(&reject.code()),
            };
            if !right {
                wrong.push(format!(
                    "{}, level {}: {result:?}",
                    rule.name(),
                    level.name()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_module_breaks_a_rule() {
    let rules: BTreeSet<String> = Rule::ALL.map(|rule| format!("{}.wat", rule.name())).into();
    let files = fs::read_dir(folder()).expect("the folder");
    let files: BTreeSet<String> = files
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|file| file.ends_with(".wat"))
        .collect();
    assert_eq!(files, rules);
}

#[test]
fn levels_agree_on_all_modules() {
    let modules = modules();
    let features = Features::of::<Std>();
    let mut wrong = Vec::new();
    let mut refused = [0; Level::ALL.len()];
    let mut compare = |name: &str, bytes: &[u8]| {
        let mut refused_before = false;
        for level in Level::ALL {
            let result = check_at(level, bytes, &features, Heap);
            refused[level as usize] += usize::from(result.is_err());
            match result {
                Ok(()) if refused_before => {
                    wrong.push(format!(
                        "{name}: `{}` accepts what a lower level refuses",
                        level.name()
                    ));
                }
                Err(reject) if !asked(level, &reject) => {
                    wrong.push(format!(
                        "{name}: `{}` has no rule for {reject}",
                        level.name()
                    ));
                }
                _ => {}
            }
            refused_before |= result.is_err();
        }
        let (full, standard) = (
            validate_at(Level::Full, bytes, &features, Heap),
            validate(bytes, &features, Heap),
        );
        if full != standard {
            wrong.push(format!("{name}: {standard}, but `full` says {full}"));
        }
    };
    for (number, Module { name, bytes, .. }) in modules.iter().enumerate() {
        compare(name, bytes);
        let mut random = Random::new(number as u64 + 1);
        for mutant in 0..4 {
            let mut bytes = bytes.clone();
            if let Some(byte) = bytes.len().checked_sub(8).filter(|body| *body > 0) {
                bytes[8 + random.below(byte)] = random.number() as u8;
            }
            compare(&format!("{name} mutant {mutant}"), &bytes);
        }
    }
    println!(
        "{} modules; refused by basic, standard and full: {refused:?}",
        modules.len() * 5
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(refused[0] > 300 && refused[0] < refused[1] && refused[1] < refused[2]);
}

#[test]
fn lower_levels_need_less_memory() {
    let path = workspace().join("tests/programs/sha256.wasm");
    let bytes = fs::read(path).expect("a program");
    let peak = |level| {
        let mut memory = vec![0; 1 << 16];
        let arena = Arena::new(&mut memory);
        let features = Features::of::<Std>();
        assert_eq!(
            validate_at(level, &bytes, &features, &arena),
            Verdict::Valid
        );
        arena.peak()
    };
    let [basic, standard, full] = Level::ALL.map(peak);
    assert!(basic == 0 && 0 < standard && 3 * standard < 2 * full);
    if cfg!(target_pointer_width = "64") {
        let size = bytes.len() / 1000;
        let said = format!("of {size} KB they take {basic} {standard} and {full} bytes of memory");
        let readme = fs::read_to_string(workspace().join("README.md")).expect("the README");
        let readme = readme.replace(',', "");
        assert!(readme.contains(&said), "the README does not say `{said}`");
    }
}

/// Whether a rule of this level, or of one before, refuses so.
fn asked(level: Level, reject: &Reject) -> bool {
    let asks = |rule: &Rule| rule.level() <= level && rule.errors().contains(&reject.code());
    matches!(reject.class(), ErrorClass::Unsupported | ErrorClass::Limit)
        || Rule::ALL.iter().any(asks)
}

fn features(text: &str) -> Features {
    let mut features = Features::of::<Std>();
    let named = |name: &str| {
        let found = Proposal::ALL
            .iter()
            .find(|proposal| proposal.name() == name);
        *found.unwrap_or_else(|| panic!("no proposal `{name}`"))
    };
    for line in text.lines() {
        if let Some(name) = line.strip_prefix(";; with: ") {
            features.proposals = features.proposals.with(named(name));
        }
        if let Some(name) = line.strip_prefix(";; without: ") {
            features.proposals = features.proposals.without(named(name));
        }
    }
    features
}

fn folder() -> PathBuf {
    workspace().join("tests/levels")
}
