//! Validation speed beside `wasmparser`: the same features, one thread, interleaved.
//!
//! Both get the same bytes in turns, so that what disturbs the machine disturbs both, and only the
//! ratio is reported.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use wasmparser::{Validator, WasmFeatures};

use crate::statistics::{geometric_mean, median};
use crate::{Error, synthetic};

/// What both validators admit.
const FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG)
    .union(WasmFeatures::BULK_MEMORY_OPT)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::GC_TYPES)
    .union(WasmFeatures::FLOATS);

/// Modules of this repository, from small to large.
const PROGRAMS: [(&str, &[u8]); 3] = [
    ("sudoku.wasm", include_bytes!("../../programs/sudoku.wasm")),
    ("sha256.wasm", include_bytes!("../../programs/sha256.wasm")),
    ("words.wasm", include_bytes!("../../programs/words.wasm")),
];

const ROUNDS: usize = 15;
const SAMPLE: Duration = Duration::from_millis(40);

/// Prints a line a module and the geometric mean of the ratios.
pub fn compare(files: &[String]) -> Result<(), Error> {
    println!(
        "{:<28}{:>12}{:>14}{:>14}{:>8}",
        "module", "bytes", "tabwasm", "wasmparser", "ratio"
    );
    let mut ratios = Vec::new();
    for (name, bytes) in PROGRAMS {
        ratios.push(line(name, bytes)?);
    }
    ratios.push(line("kernels joined, 50 times", &synthetic::module(50)?)?);
    for file in files {
        let bytes = fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        let name = file.rsplit('/').next().unwrap_or(file);
        ratios.push(line(name, &bytes).map_err(|error| format!("{file}: {error}"))?);
    }
    let mean = geometric_mean(&ratios).unwrap_or(f64::NAN);
    println!("validation geomean vs wasmparser: {mean:.2}");
    Ok(())
}

fn line(name: &str, bytes: &[u8]) -> Result<f64, Error> {
    ours(bytes)?;
    theirs(bytes)?;
    let (mut ours_seconds, mut theirs_seconds) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours_seconds.push(seconds(|| ours(bytes))?);
        theirs_seconds.push(seconds(|| theirs(bytes))?);
    }
    let paired = theirs_seconds.iter().zip(&ours_seconds);
    let ratio = median(paired.map(|(theirs, ours)| theirs / ours).collect()).unwrap_or(f64::NAN);
    let speed = |seconds| bytes.len() as f64 / median(seconds).unwrap_or(f64::NAN) / 1e6;
    println!(
        "{name:<28}{:>12}{:>9.1} MB/s{:>9.1} MB/s{ratio:>8.2}",
        bytes.len(),
        speed(ours_seconds),
        speed(theirs_seconds),
    );
    Ok(ratio)
}

/// Seconds of one validation, over as many as fill a sample.
fn seconds(mut validate: impl FnMut() -> Result<(), Error>) -> Result<f64, Error> {
    let (start, wall) = (ThreadTime::now(), Instant::now());
    let mut count = 0;
    while count == 0 || wall.elapsed() < SAMPLE {
        validate()?;
        count += 1;
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(count))
}

fn ours(bytes: &[u8]) -> Result<(), Error> {
    let engine = tabwasm::Engine::default();
    Ok(tabwasm::Module::validate(&engine, black_box(bytes))?)
}

fn theirs(bytes: &[u8]) -> Result<(), Error> {
    Validator::new_with_features(FEATURES).validate_all(black_box(bytes))?;
    Ok(())
}
