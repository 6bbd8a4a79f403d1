//! Random modules on our engine and on a peer: every difference is a bug of one of them.
//!
//! `tabwasm-generator` makes the modules. Each module runs on the [`Peer`] once, then on our engine
//! in each of its [`run::VARIANTS`]; results, kinds of traps, memories, globals and sizes of tables
//! must agree after every call. Or the two engines of ours are compared with each other: [`twins`].

mod plan;
pub mod run;
mod shrink;
mod twins;

use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use self::plan::Plan;
use self::run::{Outcome, VARIANTS, Variant};
pub use self::run::{PEERS, Peer};
use tabwasm_generator::{Program, Random, smith};

use crate::Error;

/// What to try, and for how long.
pub struct Options {
    /// What our fast engine is compared with.
    pub against: Against,
    /// Time to spend.
    pub budget: Duration,
    /// Seeds of the modules.
    pub seeds: Range<u64>,
}

/// What our fast engine is compared with.
pub enum Against {
    /// Our compact engine.
    Twin,
    /// Another runtime.
    Peer(Peer),
}

/// Runs modules until the time is over, or all have been run; gives the number of mismatches.
pub fn compare(options: &Options) -> Result<usize, Error> {
    let peer = match options.against {
        Against::Twin => return twins::compare(options),
        Against::Peer(peer) => peer,
    };
    let (begin, mut totals) = (Instant::now(), Totals::default());
    for seed in options.seeds.clone() {
        if begin.elapsed() >= options.budget {
            break;
        }
        if let Some(finding) = examine(seed, peer, &mut totals)? {
            totals.mismatches += 1;
            finding.show(seed)?;
        }
    }
    let Totals {
        modules,
        calls,
        mismatches,
    } = totals;
    println!("{modules} modules, {calls} calls, {mismatches} mismatches");
    Ok(mismatches)
}

#[derive(Default)]
struct Totals {
    modules: usize,
    calls: usize,
    mismatches: usize,
}

/// Modules on which the engines differ.
struct Finding {
    modules: Vec<Vec<u8>>,
    what: String,
}

impl Finding {
    /// Prints it, and writes the modules to files.
    fn show(&self, seed: u64) -> Result<(), Error> {
        let folder = std::env::temp_dir().join("tabwasm-differential");
        std::fs::create_dir_all(&folder)?;
        for (number, wasm) in self.modules.iter().enumerate() {
            let path: PathBuf = folder.join(format!("{seed}-{number}.wasm"));
            std::fs::write(&path, wasm)?;
            println!("seed {seed}: {} ({})", path.display(), self.what);
        }
        Ok(())
    }
}

/// Tries the module of a seed; what differs is made as small as possible.
fn examine(seed: u64, peer: Peer, totals: &mut Totals) -> Result<Option<Finding>, Error> {
    let mut random = Random::new(seed);
    let program = random.chance(2).then(|| Program::new(&mut random));
    let wasm = match &program {
        Some(program) => program.encode(),
        None => smith::module(&mut random, &smith::LARGE)?,
    };
    let plan = Plan::new(&wasm, seed)?;
    let expected = match &program {
        Some(program) => peer.reference(&peer.module(program), &plan),
        None => peer.reference(&wasm, &plan),
    };
    totals.modules += 1;
    totals.calls += expected.len();
    for variant in &VARIANTS {
        let Some(what) = difference(&wasm, &plan, &expected, variant) else {
            continue;
        };
        let differs = |[program]: &[Program; 1]| {
            let expected = peer.reference(&peer.module(program), &plan);
            difference(&program.encode(), &plan, &expected, variant).is_some()
        };
        let wasm = match program {
            Some(program) => shrink::shrink([program], differs)[0].encode(),
            None => wasm,
        };
        let modules = vec![wasm];
        return Ok(Some(Finding { modules, what }));
    }
    Ok(None)
}

/// What differs in a variant of our engine, if something does.
fn difference(wasm: &[u8], plan: &Plan, expected: &[Outcome], variant: &Variant) -> Option<String> {
    // Where the peer gave up, there is nothing to compare with.
    if expected.is_empty() {
        return None;
    }
    // No more calls than those that end, on the peer and with fuel on ours.
    let calls = run::ours(wasm, plan, &VARIANTS[0], expected.len()).len();
    let ours = run::ours(wasm, plan, variant, calls);
    let mut pairs = expected.iter().zip(&ours).enumerate();
    let (at, (theirs, ours)) = pairs.find(|(_, (theirs, ours))| theirs != ours)?;
    let name = match at.checked_sub(1) {
        None => "instantiation",
        Some(call) => &plan.calls[call].name,
    };
    Some(format!(
        "{}, {name}: expected {theirs:?}, found {ours:?}",
        variant.name
    ))
}
