//! Interleaved rounds: every engine on every kernel, again and again.
//!
//! Each sample runs in an instance of its own, so that no engine keeps a lucky placement of its
//! memory and code over all rounds. Compilation and one short call stand before the clock, which
//! counts the processor time of this thread, so that a busy neighbour costs less.

use std::hint::black_box;
use std::time::Instant;

use cpu_time::ThreadTime;

use crate::Error;
use crate::engines::{Engine, Program};
use crate::kernels::Kernel;
use crate::options::Plan;
use crate::statistics::{geometric_mean, median};

/// All samples of one comparison.
pub struct Results {
    /// One a kernel.
    pub rows: Vec<Row>,
    /// One a column of each row.
    pub engines: Vec<&'static Engine>,
    /// Complete rounds.
    pub rounds: usize,
}

/// The samples of one kernel.
pub struct Row {
    /// What ran.
    pub kernel: &'static Kernel,
    /// One an engine.
    pub cells: Vec<Cell>,
}

/// Two columns: one of ours, and another.
#[derive(Clone, Copy)]
pub struct Comparison {
    /// The column of ours.
    pub ours: usize,
    /// The other one.
    pub theirs: usize,
}

/// The samples of one engine on one kernel.
#[derive(Default)]
pub struct Cell {
    /// Seconds, one a round.
    pub seconds: Vec<f64>,
    /// Why there are no more.
    pub failure: Option<Error>,
}

/// Carries a plan out.
pub fn execute(plan: &Plan) -> Result<Results, Error> {
    let mut results = Results {
        rows: plan
            .kernels
            .iter()
            .map(|kernel| Row::new(kernel, plan.engines.len()))
            .collect(),
        engines: plan.engines.clone(),
        rounds: 0,
    };
    let start = Instant::now();
    while results.rounds < plan.rounds {
        let round = results.rounds;
        for row in &mut results.rows {
            // Nobody always comes first, or after the same neighbour's caches.
            for turn in 0..plan.engines.len() {
                let column = (turn + round) % plan.engines.len();
                row.sample(column, plan.engines[column]);
            }
        }
        results.rounds += 1;
        let expected = start.elapsed() * (results.rounds as u32 + 1) / results.rounds as u32;
        if plan.budget.is_some_and(|budget| expected > budget) {
            break;
        }
    }
    Ok(results)
}

impl Row {
    fn new(kernel: &'static Kernel, engines: usize) -> Row {
        Row {
            kernel,
            cells: (0..engines).map(|_| Cell::default()).collect(),
        }
    }

    /// How many times faster we are: the median of the ratios in each round.
    pub fn speedup(&self, compared: Comparison) -> Option<f64> {
        let (ours, theirs) = (&self.cells[compared.ours], &self.cells[compared.theirs]);
        let ratios = theirs.seconds.iter().zip(&ours.seconds);
        median(ratios.map(|(theirs, ours)| theirs / ours).collect())
    }

    fn sample(&mut self, column: usize, engine: &Engine) {
        let cell = &mut self.cells[column];
        if engine.has(self.kernel.need) && cell.failure.is_none() {
            match seconds(self.kernel, engine) {
                Ok(seconds) => cell.seconds.push(seconds),
                Err(error) => cell.failure = Some(error),
            }
        }
    }
}

fn seconds(kernel: &Kernel, engine: &Engine) -> Result<f64, Error> {
    let mut program: Box<dyn Program> = (engine.load)(kernel.wasm)?;
    program.run(1)?;
    let start = ThreadTime::now();
    let sum = black_box(program.run(black_box(kernel.n))?);
    let seconds = start.elapsed().as_secs_f64();
    if sum != kernel.checksum {
        let wanted = kernel.checksum;
        return Err(format!("checksum {sum:#x} instead of {wanted:#x}").into());
    }
    Ok(seconds)
}

impl Cell {
    /// The middle sample.
    pub fn median(&self) -> Option<f64> {
        median(self.seconds.clone())
    }
}

impl Results {
    /// What is compared: each column of ours with each of the others.
    pub fn comparisons(&self) -> Vec<Comparison> {
        let columns = 0..self.engines.len();
        let (ours, theirs): (Vec<_>, Vec<_>) =
            columns.partition(|&column| self.engines[column].is_ours());
        let pair = |ours| move |&theirs| Comparison { ours, theirs };
        ours.into_iter()
            .flat_map(|ours| theirs.iter().map(pair(ours)))
            .collect()
    }

    /// The geometric mean of our speed-ups, over what does not stand apart.
    pub fn mean_speedup(&self, compared: Comparison) -> Option<f64> {
        let rows = self.rows.iter().filter(|row| !row.kernel.stands_apart());
        let ratios: Vec<f64> = rows.filter_map(|row| row.speedup(compared)).collect();
        geometric_mean(&ratios)
    }

    /// How many cells failed.
    pub fn failures(&self) -> usize {
        self.rows
            .iter()
            .flat_map(|row| &row.cells)
            .filter(|cell| cell.failure.is_some())
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::{METERED, UNFUSED};
    use crate::kernels::{KERNELS, MEMORY64};

    fn results(engines: &'static [Engine], kernels: [&'static Kernel; 2]) -> Results {
        let engines: Vec<&Engine> = engines.iter().collect();
        let mut rows: Vec<Row> = kernels
            .iter()
            .map(|kernel| Row::new(kernel, engines.len()))
            .collect();
        // The second kernel takes all others ten times as long, the first one twice.
        for (row, factor) in rows.iter_mut().zip([2.0, 10.0]) {
            for (cell, engine) in row.cells.iter_mut().zip(&engines) {
                let seconds = if engine.is_ours() { 1.0 } else { factor };
                cell.seconds = vec![seconds; 3];
            }
        }
        Results {
            rows,
            engines,
            rounds: 3,
        }
    }

    #[test]
    fn what_stands_apart_has_a_ratio_and_no_part_in_the_mean() {
        for engines in [METERED, UNFUSED] {
            let results = results(engines, [&KERNELS[0], &MEMORY64[0]]);
            let peers = engines.iter().filter(|engine| !engine.is_ours()).count();
            assert_eq!(results.comparisons().len(), 2 * peers);
            for both in results.comparisons() {
                assert_eq!(results.rows[1].speedup(both), Some(10.0));
                let mean = results.mean_speedup(both).unwrap();
                assert!((mean - 2.0).abs() < 1e-9, "{mean}");
            }
        }
    }
}
