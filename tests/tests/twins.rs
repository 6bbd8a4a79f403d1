//! The compact engine against the fast one, on all modules of the scripts and on mutants.
//!
//! Generated modules: `tabwasm-bench differential --twins`.
#![cfg(feature = "std")]

use tabwasm_tests::corpus::{Random, modules, mutate};
use tabwasm_twins::Twins;

/// Mutants of each valid module. Few of them are valid.
const MUTANTS: usize = 4;

/// Modules above this size are compared, but not mutated.
const MUTABLE: usize = 4_096;

#[test]
fn modules_of_the_scripts() {
    let modules = modules();
    let mut twins = Twins::default();
    let mut differences = Vec::new();
    for (seed, module) in (0..).zip(&modules).filter(|(_, module)| module.valid) {
        let mut compare = |name: &str, wasm: &[u8]| {
            if let Err(difference) = twins.compare(wasm, seed) {
                differences.push(format!("{name}: {difference}"));
            }
        };
        compare(&module.name, &module.bytes);
        if module.bytes.len() <= MUTABLE {
            let mut random = Random::new(seed);
            for _ in 0..MUTANTS {
                let mutant = mutate(&modules, &module.bytes, &mut random);
                compare(&format!("mutant of {}", module.name), &mutant);
            }
        }
    }
    println!("{}", twins.tally);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(twins.tally.calls > 5_000 && twins.tally.moves > 500);
}
