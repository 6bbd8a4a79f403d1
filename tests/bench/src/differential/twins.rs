//! Random modules on the two engines of Tabwasm.
//!
//! As many modules as there is time for, so they are small: half of them [`Program`]s, half
//! `wasm-smith`'s. What is compared, `tabwasm_differential` says.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use tabwasm_differential::{Tally, Twins};
use tabwasm_generator::{Program, Random, smith};

use super::{Finding, Options};
use crate::Error;

const THREADS: usize = 2;

/// Seeds that a thread takes at a time.
const PORTION: u64 = 64;

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
            let mut random = Random::new(seed);
            let wasm = match random.chance(2) {
                true => Program::new(&mut random).encode(),
                false => smith::module(&mut random, &smith::SMALL)?,
            };
            if let Err(what) = twins.compare(&wasm, seed) {
                mismatches += 1;
                Finding { wasm, what }.show(seed)?;
            }
        }
    }
    Ok((twins.tally, mismatches))
}
