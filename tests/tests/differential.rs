//! The compact engine against the fast one, on all modules of the scripts and on mutants.
//!
//! Two engines that share the meaning of rows but neither translation nor memory must agree in
//! everything that a host can see. Generated modules, alone and linked: `tabwasm-bench differential
//! --twins`.

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

#[test]
fn modules_that_call_each_other() {
    let texts = [
        linked(
            FIRST,
            &[
                "call_indirect (type $f) (local.get $x) (i32.rem_u (local.get $x) (i32.const 3))",
                BY_REFERENCE,
            ],
        ),
        linked(
            SECOND,
            &[
                "call $theirs (local.get $x)",
                "call_indirect (type $f) (local.get $x) (i32.const 3)",
                BY_REFERENCE,
            ],
        ),
    ];
    let modules = texts
        .each_ref()
        .map(|text| wat::parse_str(text).expect("text"));
    let modules = modules.each_ref().map(Vec::as_slice);
    let mut twins = Twins::default();
    let seeds = 40;
    for seed in 0..seeds {
        if let Err(difference) = twins.compare_linked(&modules, seed) {
            panic!("{difference}, seed {seed} of {}", texts.join("\n"));
        }
    }
    let tally = twins.tally;
    println!("{tally}");
    assert!(
        tally.linked == seeds && tally.traps + tally.cut_short == 0,
        "{tally}"
    );
    // Five calls and five tail calls, each of them made twice.
    assert_eq!(tally.crossings, 20 * seeds);
    assert!(tally.moves > 20 * seeds, "{tally}");
}

const BY_REFERENCE: &str = "call_ref $f (local.get $x) (global.get $reference)";

/// What the first module has, and shares.
const FIRST: &str = r#"
    (memory $shared (export "memory") 1)
    (global $shared (export "global") (mut i32) (i32.const 1))
    (global $reference (export "reference") (mut (ref null $f)) (ref.null $f))
    (table (export "table") 4 funcref)
    (elem (i32.const 3) func $callee)"#;

/// What the second imports, and where it puts its function.
const SECOND: &str = r#"
    (import "0" "callee" (func $theirs (type $f)))
    (import "0" "memory" (memory $shared 1))
    (import "0" "global" (global $shared (mut i32)))
    (import "0" "reference" (global $theirs (mut (ref null $f))))
    (import "0" "table" (table 4 funcref))
    (global $reference (ref null $f) (ref.func $theirs))
    (elem (i32.const 0) func $callee)
    (elem $passive func $callee)
    (func $start
        (table.init $passive (i32.const 1) (i32.const 0) (i32.const 1))
        (table.set (i32.const 2) (ref.func $callee))
        (global.set $theirs (ref.func $callee)))
    (start $start)"#;

/// One of two modules, with functions that call the other one and change what is its own and what
/// is shared, before and after. What is called has as many locals as are paid for.
fn linked(shares: &str, calls: &[&str]) -> String {
    let mut callers = String::new();
    for call in calls
        .iter()
        .flat_map(|call| [call.to_string(), format!("return_{call}")])
    {
        let name = call.split(' ').next().unwrap_or_default();
        callers += &format!(
            r#"
    (func (export "{name}") (param $x i32) (result i32)
        (call $touch)
        ({call})
        (call $touch))"#
        );
    }
    let results = "(result i64 i64 i64 i64 i64 i64 i64 i64)";
    format!(
        r#"(module
    (type $f (func (param i32) (result i32)))
    (import "host" "note" (func $note (param i32)))
    (import "host" "give" (func $give {results}))
    {shares}
    (memory $own (export "own memory") 1)
    (global $own (export "own global") (mut i32) (i32.const {}))
    (func $touch
        (global.set $own (i32.mul (global.get $own) (i32.const 3)))
        (global.set $shared (i32.add (global.get $shared) (global.get $own)))
        (i32.store $own (i32.const 8) (global.get $own))
        (i32.store $shared (i32.const 8) (global.get $shared)))
    (func $callee (export "callee") (type $f) (local i64 i64 i64 i64 i64 i64 i64 i64)
        (call $touch)
        (call $note (local.get 0))
        (i32.add (global.get $own) (i32.load $own (i32.const 8))))
    (func (export "give") {results} (return_call $give)){callers})"#,
        shares.len()
    )
}
