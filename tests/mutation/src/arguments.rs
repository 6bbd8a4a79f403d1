//! The command line of `cargo mutate`: which mutants, how many, and how many at a time.
//!
//! A run of all mutants takes hours, so that a sample, always the same for a seed, is the usual
//! one.

use crate::cell::Mutant;
use std::thread;

const USAGE: &str = "\
Usage: cargo mutate [--sample N] [--seed N] [--only WORDS] [--jobs N]

Changes one cell of the tables at a time, and looks for a test that notices.

  --sample N    this many mutants of each kind
  --seed N      which ones (default: 1)
  --only WORDS  those whose kind or cell contains the words
  --jobs N      processes at a time (default: as many as there are cores)
";

/// What to do.
pub(crate) struct Arguments {
    sample: Option<usize>,
    seed: u64,
    only: Option<String>,
    /// Processes at a time.
    pub(crate) jobs: usize,
}

/// Reads them.
pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut words = words;
    let mut arguments = Arguments {
        sample: None,
        seed: 1,
        only: None,
        jobs: thread::available_parallelism().map_or(1, usize::from),
    };
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .ok_or(format!("{word} needs a value\n\n{USAGE}"))
        };
        match word.as_str() {
            "--sample" => arguments.sample = Some(number(&value()?)?),
            "--seed" => arguments.seed = number(&value()?)?,
            "--only" => arguments.only = Some(value()?),
            "--jobs" => arguments.jobs = number(&value()?)?,
            _ => return Err(format!("unknown argument `{word}`\n\n{USAGE}")),
        }
    }
    Ok(arguments)
}

fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse()
        .map_err(|_| format!("`{word}` is no number\n\n{USAGE}"))
}

impl Arguments {
    /// The mutants that are asked for, in their order.
    pub(crate) fn choose(&self, mut mutants: Vec<Mutant>) -> Vec<Mutant> {
        if let Some(words) = &self.only {
            mutants.retain(|mutant| format!("{} {}", mutant.kind, mutant.name()).contains(words));
        }
        let Some(sample) = self.sample else {
            return mutants;
        };
        let mut kinds: Vec<&str> = mutants.iter().map(|mutant| mutant.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let mut state = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut chosen = Vec::new();
        for kind in kinds {
            let mut of_kind: Vec<&Mutant> = mutants.iter().filter(|one| one.kind == kind).collect();
            for _ in 0..sample.min(of_kind.len()) {
                // xorshift64: the same sample for the same seed, everywhere.
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                chosen.push(
                    of_kind
                        .swap_remove((state % of_kind.len() as u64) as usize)
                        .clone(),
                );
            }
        }
        chosen.sort_by_key(|mutant| mutant.id);
        chosen
    }
}
