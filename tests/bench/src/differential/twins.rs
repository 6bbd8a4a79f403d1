//! Random modules on the two engines of Tabwasm.
//!
//! As many modules as there is time for, so they are small. Every fourth case is a pair of
//! [`Program`]s that are linked; of the modules alone, half are [`Program`]s, half `wasm-smith`'s.
//! What is compared, `tabwasm_differential` says.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use tabwasm_differential::{Tally, Twins};
use tabwasm_generator::{Program, Random, smith};

use super::shrink::shrink;
use super::{Finding, Options};
use crate::Error;

const THREADS: usize = 2;

/// Seeds that a thread takes at a time.
const PORTION: u64 = 64;

/// Of how many seeds one is for two modules that are linked.
const PAIRS: u64 = 4;

/// So many linked modules call each other, whatever the seeds are.
const MANY: u64 = 100;

/// Compares until the time is over, or all modules have been run; gives the number of mismatches.
pub fn compare(options: &Options) -> Result<usize, Error> {
    let next = AtomicU64::new(options.seeds.start);
    let totals = thread::scope(|scope| {
        let threads = [(); THREADS].map(|()| scope.spawn(|| work(options, &next)));
        threads.map(|thread| thread.join())
    });
    let (mut tally, mut mismatches) = (Tally::default(), 0);
    for total in totals {
        let (more, found) = total.map_err(|_| "a thread panicked")??;
        tally += more;
        mismatches += found;
    }
    println!("{tally}; {mismatches} mismatches");
    if tally.linked >= MANY && tally.crossings == 0 {
        return Err("modules are linked, and never call each other".into());
    }
    Ok(mismatches)
}

fn work(options: &Options, next: &AtomicU64) -> Result<(Tally, usize), Error> {
    let (begin, mut twins, mut mismatches) = (Instant::now(), Twins::default(), 0);
    // Enough for a growth by two pages, and for filling a page.
    twins.fuel = 10_000;
    while begin.elapsed() < options.budget {
        let first = next.fetch_add(PORTION, Ordering::Relaxed);
        let last = first.saturating_add(PORTION).min(options.seeds.end);
        if first >= last {
            break;
        }
        for seed in first..last {
            if let Some(finding) = examine(seed, &mut twins)? {
                mismatches += 1;
                finding.show(seed)?;
            }
        }
    }
    Ok((twins.tally, mismatches))
}

/// Tries the module of a seed, or two that are linked; what differs is made as small as possible.
fn examine(seed: u64, twins: &mut Twins) -> Result<Option<Finding>, Error> {
    let mut random = Random::new(seed);
    Ok(if seed.is_multiple_of(PAIRS) {
        programs(Program::pair(&mut random), twins, seed)
    } else if random.chance(2) {
        programs([Program::new(&mut random)], twins, seed)
    } else {
        let modules = vec![smith::module(&mut random, &smith::SMALL)?];
        let what = difference(&modules, twins, seed);
        what.map(|what| Finding { modules, what })
    })
}

fn programs<const N: usize>(
    programs: [Program; N],
    twins: &mut Twins,
    seed: u64,
) -> Option<Finding> {
    let encode = |programs: &[Program; N]| programs.each_ref().map(Program::encode);
    let what = difference(&encode(&programs), twins, seed)?;
    let mut others = Twins::default();
    others.fuel = twins.fuel;
    let differs = |programs: &_| difference(&encode(programs), &mut others, seed).is_some();
    let modules = encode(&shrink(programs, differs)).into();
    Some(Finding { modules, what })
}

fn difference(modules: &[Vec<u8>], twins: &mut Twins, seed: u64) -> Option<String> {
    let modules: Vec<&[u8]> = modules.iter().map(Vec::as_slice).collect();
    twins.compare_linked(&modules, seed).err()
}
