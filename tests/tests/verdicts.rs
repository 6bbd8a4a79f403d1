//! The validator says the same in every tier, whatever holds its lists.
//!
//! Every module of the scripts, and 100,000 mutants, valid and invalid: in an arena the verdict is
//! that of growing vectors, error and offset included, or that the arena is too small. With a
//! large one it never is; and with more memory, an arena's verdict only changes from "too small"
//! to the verdict.

use tabwasm::compact;
use tabwasm::profile::{Features, NoAlloc, Std};
use tabwasm::reject::{Detail, Reject};
use tabwasm::spec::Limit;
use tabwasm::validate::{self, Arena, Heap};
use tabwasm_tests::corpus::{Random, modules, mutate};

/// Mutants of all modules together.
const MUTANTS: usize = 100_000;

/// Modules above this size are compared, but not mutated.
const MUTABLE: usize = 4_096;

/// Bytes of an arena that is large enough for all of them.
const LARGE: usize = 16 << 20;

/// Modules whose least arena is looked for.
const BISECTED: usize = 400;

/// Sizes below the least one that are tried.
const SIZES: usize = 64;

/// What the compact engine's table may not hold, though the validator takes it.
const OF_THE_TABLE: [Limit; 4] = [
    Limit::Branches,
    Limit::BranchOperands,
    Limit::OperandStack,
    Limit::Locals,
];

type Verdict = Result<(), Reject>;

#[test]
fn modules_of_the_scripts() {
    let mut tally = Tally::new();
    for module in modules() {
        tally.compare(&module.name, &module.bytes);
    }
    tally.finish();
}

#[test]
fn mutants() {
    let modules = modules();
    let mutable: Vec<_> = modules
        .iter()
        .filter(|module| module.bytes.len() <= MUTABLE)
        .collect();
    let mut tally = Tally::new();
    let mut random = Random::new(1);
    for number in 0..MUTANTS {
        let module = mutable[number % mutable.len()];
        let bytes = mutate(&modules, &module.bytes, &mut random);
        tally.compare(&format!("mutant {number} of {}", module.name), &bytes);
    }
    tally.finish();
}

#[test]
fn more_memory_never_changes_a_verdict() {
    let modules = modules();
    let mut arena = vec![0; LARGE];
    let mut random = Random::new(2);
    let step = modules.len().div_ceil(BISECTED);
    for module in modules.iter().step_by(step) {
        for way in WAYS {
            let verdict = |arena: &mut [u8]| (way.validate)(&module.bytes, &full(), arena);
            let expected = verdict(&mut arena);
            let least = bisect(LARGE, |size| {
                too_small(verdict(&mut arena[..size])).is_none()
            });
            for attempt in 0..SIZES.min(least) {
                // All sizes, or some of them and the two next to the least.
                let size = match attempt {
                    _ if least <= SIZES => attempt,
                    0 => least - 1,
                    _ => random.below(least),
                };
                let at_least = too_small(verdict(&mut arena[..size]));
                let told = at_least.is_some_and(|told| (size + 1..=least).contains(&told));
                let (name, way) = (&module.name, way.name);
                assert!(told, "{name}, {way}: {size} bytes of {least}: {at_least:?}");
            }
            for size in [least, least + 1, least + random.below(LARGE - least)] {
                assert_eq!(verdict(&mut arena[..size]), expected, "{}", module.name);
            }
        }
    }
}

/// The least number for which it holds, which it does for all larger ones.
fn bisect(most: usize, mut holds: impl FnMut(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// What a larger arena would have to have, if this one is too small.
fn too_small(verdict: Verdict) -> Option<usize> {
    match verdict.err().as_ref().and_then(limit) {
        Some((Limit::Arena, at_least)) => Some(at_least as usize),
        _ => None,
    }
}

fn limit(reject: &Reject) -> Option<(Limit, u64)> {
    match reject.detail() {
        Detail::Limit { limit, at_least } => Some((limit, at_least)),
        _ => None,
    }
}

/// A way of validating in an arena.
struct Way {
    name: &'static str,
    validate: fn(&[u8], &Features, &mut [u8]) -> Verdict,
}

const WAYS: [Way; 2] = [
    Way {
        name: "validate",
        validate: |wasm, gate, arena| {
            validate::module(wasm, gate, &Arena::new(arena), &mut ()).map(drop)
        },
    },
    Way {
        name: "compact::Module",
        validate: |wasm, gate, arena| compact::Module::new(wasm, gate, arena).map(drop),
    },
];

/// What the tier admits, with the largest limits: little is out of budget.
fn full() -> Features {
    Features {
        limits: Features::of::<Std>().limits,
        ..Features::of::<NoAlloc>()
    }
}

struct Tally {
    arena: Vec<u8>,
    valid: usize,
    rejected: usize,
    /// Of the modules, those that the tier's own limits rule out.
    out_of_budget: usize,
}

impl Tally {
    fn new() -> Self {
        Self {
            arena: vec![0; LARGE],
            valid: 0,
            rejected: 0,
            out_of_budget: 0,
        }
    }

    /// With large limits, and with those of the tier.
    fn compare(&mut self, name: &str, wasm: &[u8]) {
        let full = full();
        let expected = self.compare_with(name, wasm, &full);
        let tight = self.compare_with(name, wasm, &Features::of::<NoAlloc>());
        match expected {
            Ok(()) => self.valid += 1,
            Err(_) => self.rejected += 1,
        }
        if tight != expected {
            let limit = tight.err().as_ref().and_then(limit);
            assert!(limit.is_some(), "{name}: {expected:?}, but {tight:?}");
            self.out_of_budget += 1;
        }
    }

    fn compare_with(&mut self, name: &str, wasm: &[u8], gate: &Features) -> Verdict {
        let expected = validate::module(wasm, gate, Heap, &mut ()).map(drop);
        for way in WAYS {
            let found = (way.validate)(wasm, gate, &mut self.arena);
            let of_the_table = found.err().as_ref().and_then(limit);
            let of_the_table = of_the_table.is_some_and(|(limit, _)| OF_THE_TABLE.contains(&limit));
            assert!(
                found == expected || (of_the_table && way.name != "validate"),
                "{name}, {}: {found:?}, with vectors {expected:?}",
                way.name
            );
        }
        expected
    }

    fn finish(self) {
        let Self {
            valid,
            rejected,
            out_of_budget,
            ..
        } = self;
        println!(
            "{} modules: {valid} valid, {rejected} rejected, the same in every tier; \
             {out_of_budget} of them beyond limits of no_alloc",
            valid + rejected
        );
        assert!(valid > 500 && rejected > 1_000);
    }
}
