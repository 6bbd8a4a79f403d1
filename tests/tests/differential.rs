//! The compact engine against the fast one, on all modules of the scripts and on mutants.
//!
//! Two engines that share the meaning of rows but neither translation nor memory must agree in
//! everything that a host can see. Generated modules: `tabwasm-bench differential --twins`.

#![cfg(feature = "std")]

use tabwasm_differential::Twins;
use tabwasm_tests::corpus::{Random, modules, mutate};
use tabwasm_tests::work::{LARGE, bulk, moving};

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

#[test]
fn modules_that_do_much_at_once() {
    let mut texts: Vec<String> = [0, 3, 7, 8, 9, 15, 16, 17, 64, 200].map(moving).into();
    texts.push(bulk(LARGE));
    let mut twins = Twins::default();
    twins.fuel = 300_000;
    for (text, seed) in texts.iter().zip((0..).step_by(40)) {
        let wasm = wat::parse_str(text).expect("text");
        for seed in seed..seed + 40 {
            if let Err(difference) = twins.compare(&wasm, seed) {
                panic!("{difference}, seed {seed} of {text}");
            }
        }
    }
    let tally = twins.tally;
    println!("{tally}");
    assert!(
        tally.refused == 0 && tally.left_out == 0 && tally.cut_short == 0,
        "{tally}"
    );
}
