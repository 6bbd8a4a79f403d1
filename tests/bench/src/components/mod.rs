//! How fast components are called, loaded and instantiated, beside wasmtime with its support of
//! concurrency off and on.
//!
//! Calls go from the host to a component and back, and from one component to another. Real
//! components, which `tests/components.sh` makes, are loaded and instantiated only. Engines take turns
//! in each round, and what counts is the ratio within a round.

mod engines;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use cpu_time::ThreadTime;

use crate::Error;
use crate::statistics::median;
use engines::{Run, Task};

const HOST: &str = include_str!("../../components/host.wat");
const GUESTS: &str = include_str!("../../components/guests.wat");

/// Components without imports, of the folder `TABWASM_COMPONENTS` or else `target/components`.
const REAL: [&str; 3] = ["stubbed.wasm", "starling-pure.wasm", "python.wasm"];

/// A line of the table: what, of which component, and how many times at once.
const CASES: [(&str, &str, Task, u32); 11] = [
    ("host to guest, add(u32, u32)", HOST, Task::Add, 10_000),
    (
        "guest to host, next(u32)",
        HOST,
        Task::Loop("next"),
        100_000,
    ),
    ("guest to guest, nop()", GUESTS, Task::Loop("nop"), 100_000),
    (
        "guest to guest, add(u32, u32)",
        GUESTS,
        Task::Loop("add"),
        100_000,
    ),
    ("list<u8> of 64 KiB", GUESTS, Task::Loop("bytes"), 100),
    ("string of 4 KiB", GUESTS, Task::Loop("text"), 1000),
    (
        "list<string> of 4096, 16 B each",
        GUESTS,
        Task::Loop("strings"),
        4,
    ),
    (
        "list<record> of 4096, 12 B each",
        GUESTS,
        Task::Loop("records"),
        100,
    ),
    ("load", GUESTS, Task::Load, 1),
    ("instantiate, one instance", HOST, Task::Instantiate, 100),
    ("instantiate, two instances", GUESTS, Task::Instantiate, 100),
];

const ROUNDS: usize = 21;
/// A compiler takes a minute for some of them.
const ROUNDS_OF_REAL: usize = 3;
const SAMPLE: Duration = Duration::from_millis(10);

/// An engine, configured in one way.
struct Way {
    title: &'static str,
    load: fn(&[u8]) -> Result<Loaded, Error>,
}

/// Makes what does a task with a component that is loaded.
type Loaded = Box<dyn Fn(Task) -> Result<Run, Error>>;

/// The first is what the others are compared with.
const WAYS: &[Way] = &[
    Way {
        title: "tabwasm",
        load: |wasm| {
            let loaded = engines::tabwasm::Loaded::new(&tabwasm::Config::new(), wasm)?;
            Ok(Box::new(move |task| loaded.run(task)))
        },
    },
    #[cfg(feature = "wasmtime")]
    Way {
        title: "wasmtime",
        load: |wasm| wasmtime(wasm, false),
    },
    #[cfg(feature = "wasmtime")]
    Way {
        title: "concurrent",
        load: |wasm| wasmtime(wasm, true),
    },
];

#[cfg(feature = "wasmtime")]
fn wasmtime(wasm: &[u8], concurrent: bool) -> Result<Loaded, Error> {
    let mut config = wasmtime::Config::new();
    config.concurrency_support(concurrent);
    let loaded = engines::wasmtime::Loaded::new(&config, wasm)?;
    Ok(Box::new(move |task| loaded.run(task)))
}

/// Prints a line a case: seconds of each engine, and how many times faster Tabwasm is.
pub fn compare() -> Result<(), Error> {
    print!("{:<34}", "component");
    for way in WAYS {
        print!("{:>12}{:8}", way.title, "");
    }
    println!();
    for (title, text, task, times) in CASES {
        let wasm = wat::parse_str(text)?;
        line(title, &ways(&wasm)?, task, times, ROUNDS)?;
    }
    let folder = folder();
    for name in REAL {
        let Ok(wasm) = fs::read(folder.join(name)) else {
            println!(
                "SKIPPED: {name} is not in {} (tests/components.sh)",
                folder.display()
            );
            continue;
        };
        let ways = ways(&wasm)?;
        line(
            &format!("load {name}"),
            &ways,
            Task::Load,
            1,
            ROUNDS_OF_REAL,
        )?;
        line(
            &format!("instantiate {name}"),
            &ways,
            Task::Instantiate,
            1,
            ROUNDS,
        )?;
    }
    Ok(())
}

fn ways(wasm: &[u8]) -> Result<Vec<Loaded>, Error> {
    WAYS.iter().map(|way| (way.load)(wasm)).collect()
}

fn line(title: &str, ways: &[Loaded], task: Task, times: u32, rounds: usize) -> Result<(), Error> {
    let runs: Result<Vec<_>, _> = ways.iter().map(|way| way(task)).collect();
    let mut runs = runs?;
    let mut seconds = vec![Vec::new(); runs.len()];
    for _ in 0..rounds {
        for (run, seconds) in runs.iter_mut().zip(&mut seconds) {
            seconds.push(measure(run, times)?);
        }
    }
    print!("{title:<34}");
    for (place, way) in seconds.iter().enumerate() {
        let time = duration(median(way.clone()).unwrap_or(f64::NAN));
        let ratios = seconds[0].iter().zip(way).map(|(ours, this)| this / ours);
        let ratio = median(ratios.collect()).unwrap_or(f64::NAN);
        let ratio = if place == 0 {
            String::new()
        } else {
            format!("{ratio:.2}x")
        };
        print!("{time:>12} {ratio:<7}");
    }
    println!();
    Ok(())
}

/// Seconds for one time.
fn measure(run: &mut Run, times: u32) -> Result<f64, Error> {
    let (start, mut count) = (ThreadTime::now(), 0);
    while count == 0 || start.elapsed() < SAMPLE {
        run(times)?;
        count += times;
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(count))
}

fn duration(seconds: f64) -> String {
    let (number, unit) = match seconds {
        seconds if seconds < 1e-6 => (seconds * 1e9, "ns"),
        seconds if seconds < 1e-3 => (seconds * 1e6, "µs"),
        seconds if seconds < 1.0 => (seconds * 1e3, "ms"),
        seconds => (seconds, "s"),
    };
    let decimals = if number < 10.0 {
        2
    } else {
        usize::from(number < 100.0)
    };
    format!("{number:.decimals$} {unit}")
}

fn folder() -> PathBuf {
    match std::env::var_os("TABWASM_COMPONENTS") {
        Some(folder) => folder.into(),
        None => PathBuf::from("target/components"),
    }
}
