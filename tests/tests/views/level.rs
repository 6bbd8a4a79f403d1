//! Levels of validation for components.
//!
//! For each rule of the table `component` of `spec/levels.toml` there is `levels/component/KEY.wat`,
//! which breaks it and no rule before. What the official suite calls valid, and real components,
//! pass all levels; what a level refuses wasmparser refuses, too. The full level is compared with it
//! in `component_validity.rs`.

use std::collections::BTreeSet;
use std::fs;

use tabwasm::profile::{Features, Profile, Std};
use tabwasm::reject::{Reject, Verdict};
use tabwasm::spec::{ComponentRule, ErrorClass, Level, Proposals};
use tabwasm::validate::{Heap, Scope, basic, check_component, check_component_at};
use tabwasm_tests::corpus::{Module, Random};
use tabwasm_tests::workspace;
use wasmparser::{Validator, WasmFeatures};

use crate::mutant::mutate;
use crate::{components, real_components};

/// Levels that only count.
const LEVELS: [Level; 2] = [Level::Basic, Level::Standard];

/// Scopes in these tests.
const SCOPES: usize = 100;

/// Mutants of each component.
const MUTANTS: usize = 32;

/// Components above this size are not mutated.
const MUTABLE: usize = 4_096;

fn check(level: Level, bytes: &[u8], scopes: usize) -> Result<(), Reject> {
    let gate = Features {
        proposals: Proposals::ALL,
        limits: Std::LIMITS,
    };
    if level == Level::Full {
        return check_component(bytes, &gate, Heap);
    }
    let mut scopes = vec![Scope::default(); scopes];
    check_component_at(level, bytes, &gate, &mut scopes, |module| {
        basic(module, &gate)
    })
}

#[test]
fn each_rule_begins_with_its_level() {
    let folder = workspace().join("tests/levels/component");
    let mut wrong = Vec::new();
    for rule in ComponentRule::ALL {
        let text = fs::read_to_string(folder.join(format!("{}.wat", rule.name())));
        let Ok(text) = text else {
            wrong.push(format!("no component breaks the rule `{}`", rule.name()));
            continue;
        };
        let bytes =
            wat::parse_str(&text).unwrap_or_else(|error| panic!("{}: {error}", rule.name()));
        for level in Level::ALL {
            let result = check(level, &bytes, SCOPES);
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
    let rules: BTreeSet<String> = ComponentRule::ALL
        .map(|rule| format!("{}.wat", rule.name()))
        .into();
    let files = fs::read_dir(folder).expect("the folder").flatten();
    let files: BTreeSet<String> = files
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(files, rules);
}

#[test]
fn valid_components_pass() {
    let mut components = components();
    components.retain(|component| component.valid);
    components.extend(real_components().into_iter().map(|(path, bytes)| Module {
        name: path.display().to_string(),
        bytes,
        valid: true,
    }));
    let (mut passed, mut unsupported, mut wrong) = (0, 0, Vec::new());
    for Module { name, bytes, .. } in &components {
        for level in Level::ALL {
            match check(level, bytes, SCOPES) {
                Ok(()) => passed += 1,
                Err(reject) if reject.class() == ErrorClass::Unsupported => unsupported += 1,
                // The script is older than some rules.
                Err(_) if peer(bytes).is_err() => {}
                Err(reject) => wrong.push(format!("{name}, {}: {reject}", level.name())),
            }
        }
    }
    println!("{passed} verdicts, {unsupported} of what is not supported");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_level_refuses_wasmparser_refuses() {
    let mut refused = [0; LEVELS.len()];
    let (mut valid, mut unknown, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for (number, Module { name, bytes, .. }) in components().iter().enumerate() {
        let mut random = Random::new(number as u64 + 1);
        let mutants = if bytes.len() > MUTABLE { 0 } else { MUTANTS };
        for mutant in 0..=mutants {
            let bytes = if mutant == 0 {
                bytes.clone()
            } else {
                mutate(bytes, &mut random)
            };
            let theirs = peer(&bytes);
            valid += usize::from(theirs.is_ok());
            let mut before = false;
            for level in LEVELS {
                let ours = check(level, &bytes, SCOPES);
                refused[level as usize] += usize::from(ours.is_err());
                match &ours {
                    Ok(()) if before => {
                        wrong.push(format!("{name}: {} accepts more", level.name()))
                    }
                    Err(reject) => {
                        if !asked(level, reject) {
                            unknown.insert(format!("{}: {reject}", level.name()));
                        }
                        let given =
                            matches!(reject.class(), ErrorClass::Unsupported | ErrorClass::Limit);
                        if theirs.is_ok() && !given {
                            wrong.push(format!(
                                "{name} mutant {mutant}, {}: {reject}",
                                level.name()
                            ));
                        }
                    }
                    Ok(()) => {}
                }
                before |= ours.is_err();
            }
        }
    }
    println!("{valid} valid for wasmparser; refused by basic and standard: {refused:?}");
    let shown: Vec<String> = wrong.iter().take(20).cloned().collect();
    assert!(
        wrong.is_empty(),
        "{} disagreements:\n{}",
        wrong.len(),
        shown.join("\n")
    );
    assert!(unknown.is_empty(), "no rule for {unknown:?}");
}

#[test]
fn fewer_scopes_are_another_budget_and_no_other_verdict() {
    for Module { name, bytes, .. } in components() {
        for level in LEVELS {
            let enough: Verdict = check(level, &bytes, SCOPES).into();
            let mut before = false;
            for scopes in 0..8 {
                let verdict: Verdict = check(level, &bytes, scopes).into();
                let out = matches!(verdict, Verdict::OutOfBudget { .. });
                assert!(
                    out || verdict == enough,
                    "{name}: {verdict} with {scopes} scopes"
                );
                assert!(
                    !(out && before),
                    "{name}: out of budget again with {scopes} scopes"
                );
                before = !out;
            }
        }
    }
}

/// Whether a rule of this level, or of one before, refuses so; core modules have rules of their
/// own.
fn asked(level: Level, reject: &Reject) -> bool {
    let asks =
        |rule: &ComponentRule| rule.level() <= level && rule.errors().contains(&reject.code());
    let of_modules = |rule: &tabwasm::spec::Rule| {
        rule.level() == Level::Basic && rule.errors().contains(&reject.code())
    };
    matches!(reject.class(), ErrorClass::Unsupported | ErrorClass::Limit)
        || ComponentRule::ALL.iter().any(asks)
        || tabwasm::spec::Rule::ALL.iter().any(of_modules)
}

fn peer(bytes: &[u8]) -> Result<(), String> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    validator
        .validate_all(bytes)
        .map(|_| ())
        .map_err(|error| error.to_string())
}
