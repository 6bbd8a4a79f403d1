//! The command line of the benchmark: what to compare, on which kernels, for how long.
//!
//! Parsed by hand, since the words are few; what is wrong with them is said with the usage.

use std::time::Duration;

use crate::Error;
#[cfg(feature = "differential")]
use crate::differential::{self, Against, PEERS};
use crate::engines::{self, ENGINES, Engine, METERED, UNFUSED};
use crate::kernels::{KERNELS, Kernel, MEMORY64, PROGRAMS, SIMD};
#[cfg(all(feature = "differential", feature = "wasmtime"))]
use crate::rows;

/// What `--help` says.
pub const USAGE: &str = "\
Tabwasm and its peers on the same kernels

Usage: tabwasm-bench [OPTIONS]
       tabwasm-bench validate [FILE.wasm]...
       tabwasm-bench loading [FILE.wasm]...
       tabwasm-bench format FILE.wasm
       tabwasm-bench fuel
       tabwasm-bench instances
       tabwasm-bench components
       tabwasm-bench differential [--twins | --against PEER] [--seconds N] [--modules N] [--seed S]
       tabwasm-bench rows [--row NAME]... [--operands N] [--seed S]

Options:
  --quick          stop after 30 seconds and at most 9 rounds
  --rounds N       rounds over all kernels [default: 15]
  --kernel NAME    only this kernel; may be repeated
  --simd           the kernels of vectors instead
  --programs       programs of other kinds instead, by compilers of four languages
  --metered        engines that can be stopped instead: ours by fuel and by epochs, wasmi by fuel
  --unfused        ours without pairs of instructions that are done as one instead, ours, and wasmi
  --engine NAME    only this engine; may be repeated
  --library        also build the library, and a program with it: how long it takes, how large it is
  --json           one JSON object instead of a table
  --help           this text

`loading` shows how long modules take to load, in each mode of compilation and with wasmi, and how
many bytes of code become of a byte of a function.

`format` shows how long a plugin of dprint takes to format a long text: `tests/programs/fetch.sh` fetches one.

`fuel` shows, for every row that can do more than constant work, how long it works for a unit
of fuel, and how many units of a loop that is; more than 20 is a failure.

`instances` shows how many instances a second come and go, on demand and from pools.

`components` shows how long calls of components take, and to load and instantiate them; real
ones, too, if `tests/components.sh` has made them.

`differential` (in builds with that feature) runs random modules on tabwasm, in several
configurations, and on a peer. Each mismatch is printed with its seed and a file to
reproduce it; a seed gives the same module every time.
  --against PEER   wasmi, or wasmtime in builds with that feature [default: wasmi]
  --twins          instead: the fast engine, fused and unfused, and the compact one, in portions of fuel
                   and across snapshots; every fourth seed is two modules; two threads
  --seconds N      begin no module later than this [default: 60]
  --modules N      no more modules than this
  --seed S         seed of the first module; the next ones follow [default: 0]

`rows` (in builds with the features `differential` and `wasmtime`) applies every instruction that
computes to all pairs of edge values and to random operands, on both engines of tabwasm and on
wasmtime. The first mismatches of each row are printed with their operands, all are counted; a
seed gives the same operands every time.
  --row NAME       only this row of the tables; may be repeated
  --operands N     random operands of each row [default: 100000]
  --seed S         seed of the random operands [default: 0]";

/// What the user wants.
pub enum Command {
    /// Compare execution.
    Execute(Plan),
    /// Compare what a unit of fuel buys.
    Fuel,
    /// Compare how fast instances come and go.
    #[cfg(feature = "std")]
    Instances,
    /// Compare calls of components, loading and instantiation.
    Components,
    /// Compare validation, also on these files.
    Validate(Vec<String>),
    /// Compare how long modules take to load, also these files.
    Loading(Vec<String>),
    /// Compare how long a formatter in this file takes.
    #[cfg(feature = "wasmi")]
    Format(String),
    /// Compare the results of random modules.
    #[cfg(feature = "differential")]
    Differential(differential::Options),
    /// Compare what each instruction computes.
    #[cfg(all(feature = "differential", feature = "wasmtime"))]
    Rows(rows::Options),
    /// Show the usage.
    Help,
}

/// What to measure, and for how long.
pub struct Plan {
    /// In the order of the report.
    pub kernels: Vec<&'static Kernel>,
    /// In the order of the report.
    pub engines: Vec<&'static Engine>,
    /// Rounds at most.
    pub rounds: usize,
    /// No new round begins that would probably end later than this.
    pub budget: Option<Duration>,
    /// Also build the library and a minimal program.
    pub library: bool,
    /// Machine-readable output.
    pub json: bool,
}

/// Reads the arguments that follow the program's name.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, Error> {
    let mut arguments = arguments.peekable();
    if arguments.next_if(|first| first == "validate").is_some() {
        return Ok(Command::Validate(arguments.collect()));
    }
    if arguments.next_if(|first| first == "loading").is_some() {
        return Ok(Command::Loading(arguments.collect()));
    }
    #[cfg(feature = "wasmi")]
    if arguments.next_if(|first| first == "format").is_some() {
        let file = arguments.next().ok_or("format needs a file")?;
        return Ok(Command::Format(file));
    }
    if arguments.next_if(|first| first == "fuel").is_some() {
        return Ok(Command::Fuel);
    }
    #[cfg(feature = "std")]
    if arguments.next_if(|first| first == "instances").is_some() {
        return Ok(Command::Instances);
    }
    if arguments.next_if(|first| first == "components").is_some() {
        return Ok(Command::Components);
    }
    #[cfg(feature = "differential")]
    if arguments.next_if(|first| first == "differential").is_some() {
        return Ok(Command::Differential(random_modules(arguments)?));
    }
    #[cfg(all(feature = "differential", feature = "wasmtime"))]
    if arguments.next_if(|first| first == "rows").is_some() {
        return Ok(Command::Rows(all_rows(arguments)?));
    }
    let (mut kernels, mut engines) = (Vec::new(), Vec::new());
    let (mut rounds, mut quick, mut json, mut library) = (None, false, false, false);
    let (mut lists, mut set) = (vec![KERNELS, MEMORY64], ENGINES);
    while let Some(flag) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{flag} needs a value"))
        };
        match flag.as_str() {
            "--quick" => quick = true,
            "--json" => json = true,
            "--library" => library = true,
            "--simd" => lists = vec![SIMD],
            "--programs" => lists = vec![PROGRAMS],
            "--metered" => set = METERED,
            "--unfused" => set = UNFUSED,
            "--rounds" => rounds = Some(value()?.parse()?),
            "--kernel" => kernels.push(kernel(&value()?)?),
            "--engine" => engines.push(named(engines::all(), |e| e.name, "engine", &value()?)?),
            "--help" | "-h" => return Ok(Command::Help),
            other => return Err(format!("unknown argument {other}\n\n{USAGE}").into()),
        }
    }
    if kernels.is_empty() {
        kernels.extend(lists.into_iter().flatten());
    }
    if engines.is_empty() {
        let able = |engine: &&Engine| kernels.iter().any(|kernel| engine.has(kernel.need));
        engines.extend(set.iter().filter(able));
    }
    Ok(Command::Execute(Plan {
        kernels,
        engines,
        rounds: rounds.unwrap_or(if quick { 9 } else { 15 }).max(1),
        budget: quick.then_some(Duration::from_secs(30)),
        library,
        json,
    }))
}

#[cfg(feature = "differential")]
fn random_modules(
    mut arguments: impl Iterator<Item = String>,
) -> Result<differential::Options, Error> {
    let (mut against, mut seconds, mut modules, mut seed) = (None, 60, u64::MAX, 0);
    while let Some(flag) = arguments.next() {
        if flag == "--twins" {
            against = Some(Against::Twin);
            continue;
        }
        let value = arguments
            .next()
            .ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--against" => {
                let peer = named(PEERS, |peer| peer.name, "peer", &value)?;
                against = Some(Against::Peer(*peer));
            }
            "--seconds" => seconds = value.parse()?,
            "--modules" => modules = value.parse()?,
            "--seed" => seed = value.parse()?,
            other => return Err(format!("unknown argument {other}\n\n{USAGE}").into()),
        }
    }
    Ok(differential::Options {
        against: against.unwrap_or(Against::Peer(PEERS[0])),
        budget: Duration::from_secs(seconds),
        seeds: seed..seed.saturating_add(modules),
    })
}

#[cfg(all(feature = "differential", feature = "wasmtime"))]
fn all_rows(mut arguments: impl Iterator<Item = String>) -> Result<rows::Options, Error> {
    let mut options = rows::Options {
        rows: Vec::new(),
        operands: 100_000,
        seed: 0,
    };
    while let Some(flag) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--row" => options.rows.push(value),
            "--operands" => options.operands = value.parse()?,
            "--seed" => options.seed = value.parse()?,
            other => return Err(format!("unknown argument {other}\n\n{USAGE}").into()),
        }
    }
    Ok(options)
}

/// The kernel with a name, of any list.
fn kernel(wanted: &str) -> Result<&'static Kernel, Error> {
    let lists = [KERNELS, MEMORY64, SIMD, PROGRAMS];
    named(lists.into_iter().flatten(), |k| k.name, "kernel", wanted)
}

fn named<T>(
    all: impl IntoIterator<Item = &'static T>,
    name: impl Fn(&T) -> &'static str,
    kind: &str,
    wanted: &str,
) -> Result<&'static T, Error> {
    let mut names = Vec::new();
    for one in all {
        if name(one) == wanted {
            return Ok(one);
        }
        names.push(name(one));
    }
    Err(format!("no {kind} {wanted}; there are: {}", names.join(" ")).into())
}
