//! Validity, compared with the official scripts and with `wasmparser`.
//!
//! Every module of the scripts, as it is and with small mutations, gets a verdict of this library
//! and one of `wasmparser` with the same features. Any disagreement is a failure, except that a
//! module may be out of this library's budget.

#![cfg(feature = "std")]

use tabwasm::profile::{Features, Std};
use tabwasm::reject::Verdict;
use tabwasm::spec::ErrorClass;
use tabwasm::validate::{Heap, validate};
use tabwasm_differential::validity::difference;
use tabwasm_tests::corpus::{Random, modules, mutate};

/// Mutants of each module.
const MUTANTS: usize = 48;

/// Modules above this size are compared, but not mutated.
const MUTABLE: usize = 4_096;

/// Disagreements that are shown.
const SHOWN: usize = 20;

#[test]
fn modules_of_the_scripts() {
    let modules = modules();
    assert!(
        modules.len() > 1_000,
        "only {} modules found",
        modules.len()
    );
    let mut report = Report::default();
    for module in &modules {
        report.compare(&module.name, &module.bytes);
        let verdict = verdict(&module.bytes);
        match (module.valid, verdict) {
            (true, Verdict::Invalid { rule, .. }) if rule.class() != ErrorClass::Unsupported => {
                report.differ(format!("{} is valid; here {verdict}", module.name));
            }
            (false, Verdict::Valid) => report.differ(format!("{} is not valid", module.name)),
            _ => {}
        }
    }
    report.finish();
}

#[test]
fn mutants() {
    let modules = modules();
    let mut report = Report::default();
    for (number, module) in modules.iter().enumerate() {
        if module.bytes.len() > MUTABLE {
            continue;
        }
        let mut random = Random::new(number as u64 + 1);
        for mutant in 0..MUTANTS {
            let bytes = mutate(&modules, &module.bytes, &mut random);
            report.compare(&format!("{} mutant {mutant}", module.name), &bytes);
        }
    }
    report.finish();
}

fn verdict(bytes: &[u8]) -> Verdict {
    validate(bytes, &Features::of::<Std>(), Heap)
}

#[derive(Default)]
struct Report {
    valid: usize,
    invalid: usize,
    out_of_budget: usize,
    differences: Vec<String>,
}

impl Report {
    fn compare(&mut self, name: &str, bytes: &[u8]) {
        let verdict = verdict(bytes);
        if let Some(difference) = difference(bytes, &verdict) {
            self.differ(format!("{name}: {difference}"));
        }
        match verdict {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid { .. } => self.invalid += 1,
            Verdict::OutOfBudget { .. } => self.out_of_budget += 1,
        }
    }

    fn differ(&mut self, difference: String) {
        self.differences.push(difference);
    }

    fn finish(self) {
        let Self {
            valid,
            invalid,
            out_of_budget,
            differences,
        } = self;
        println!("{valid} valid, {invalid} invalid, {out_of_budget} out of budget");
        assert!(valid > 0 && invalid > 0);
        let shown = differences
            .iter()
            .take(SHOWN)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n");
        assert!(
            differences.is_empty(),
            "{} disagreements:\n{shown}",
            differences.len()
        );
    }
}
