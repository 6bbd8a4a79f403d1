//! How long modules take to load, beside wasmi in the same mode, and how much code becomes of them.
//!
//! Loading is `Module::new`: with all work done at once, with translation left to the first call of each
//! function, and with validation left to it as well. The way to the first call of the host begins with
//! the bytes: the module is loaded with all work left, gets functions that fail, and its `_start` is
//! called, if it has one. Engines take turns, and what counts is the ratio within a round: of the time
//! of one thread; where ours may use as many as there are processors, of the time that passes.

use std::fs;
use std::time::Duration;

use crate::Error;
use crate::statistics::{geometric_mean, median};

/// Modules of this repository.
const PROGRAMS: [(&str, &[u8]); 3] = [
    ("sudoku.wasm", include_bytes!("../../programs/sudoku.wasm")),
    ("sha256.wasm", include_bytes!("../../programs/sha256.wasm")),
    ("words.wasm", include_bytes!("../../programs/words.wasm")),
];

const ROUNDS: usize = 9;
const SAMPLE: Duration = Duration::from_millis(40);

/// The time of one way to load these bytes; nothing if the module has no such way.
type Load = fn(&[u8]) -> Result<Option<Duration>, Error>;

/// A way to load, with both engines.
struct Way {
    title: &'static str,
    ours: Load,
    theirs: Load,
}

const WAYS: &[Way] = &[
    #[cfg(feature = "wasmi")]
    Way {
        title: "eager",
        ours: tabwasm::eager,
        theirs: wasmi::eager,
    },
    #[cfg(feature = "wasmi")]
    Way {
        title: "lazy translation",
        ours: tabwasm::lazy_translation,
        theirs: wasmi::lazy_translation,
    },
    #[cfg(feature = "wasmi")]
    Way {
        title: "eager, threads",
        ours: tabwasm::eager_in_threads,
        theirs: wasmi::eager_in_threads,
    },
    #[cfg(feature = "wasmi")]
    Way {
        title: "lazy tr., threads",
        ours: tabwasm::lazy_translation_in_threads,
        theirs: wasmi::lazy_translation_in_threads,
    },
    #[cfg(feature = "wasmi")]
    Way {
        title: "lazy",
        ours: tabwasm::lazy,
        theirs: wasmi::lazy,
    },
    #[cfg(feature = "wasmi")]
    Way {
        title: "first call",
        ours: tabwasm::first_call,
        theirs: wasmi::first_call,
    },
];

/// Prints, for each module, how long it takes and how many times as long with wasmi, then bytes of
/// code for each byte of its functions.
pub fn compare(files: &[String]) -> Result<(), Error> {
    print!("{:<18}{:>11}", "module", "bytes");
    for way in WAYS {
        print!("{:>19}", way.title);
    }
    println!("{:>7}{:>7}", "code", "all");
    let (mut ratios, mut factors) = (vec![Vec::new(); WAYS.len()], Vec::new());
    for (name, bytes) in PROGRAMS {
        line(name, bytes, &mut ratios, &mut factors)?;
    }
    for file in files {
        let bytes = fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        let name = file.rsplit('/').next().unwrap_or(file);
        line(name, &bytes, &mut ratios, &mut factors)
            .map_err(|error| format!("{file}: {error}"))?;
    }
    for (way, ratios) in WAYS.iter().zip(&ratios) {
        let mean = geometric_mean(ratios).unwrap_or(f64::NAN);
        println!("{} geomean vs wasmi: {mean:.2}", way.title);
    }
    let factor = median(factors).unwrap_or(f64::NAN);
    println!("code for a byte of a function, median of modules: {factor:.2}");
    Ok(())
}

fn line(
    name: &str,
    bytes: &[u8],
    ratios: &mut [Vec<f64>],
    factors: &mut Vec<f64>,
) -> Result<(), Error> {
    print!("{name:<18}{:>11}", bytes.len());
    for (way, ratios) in WAYS.iter().zip(ratios) {
        let (mut times, mut quotients) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            if let (Some(ours), Some(theirs)) =
                (seconds(way.ours, bytes)?, seconds(way.theirs, bytes)?)
            {
                times.push(ours * 1e3);
                quotients.push(theirs / ours);
            }
        }
        match (median(times), median(quotients)) {
            (Some(time), Some(ratio)) => {
                print!("{time:>9.2} ms {ratio:>6.2}");
                ratios.push(ratio);
            }
            _ => print!("{:>19}", "-"),
        }
    }
    let (factor, all) = code(bytes)?;
    println!("{factor:>7.2}{all:>7.2}");
    factors.push(factor);
    Ok(())
}

/// Seconds of one time, over as many as fill a sample.
fn seconds(load: Load, bytes: &[u8]) -> Result<Option<f64>, Error> {
    let (mut sum, mut count) = (Duration::ZERO, 0);
    while count == 0 || sum < SAMPLE {
        let Some(time) = load(bytes)? else {
            return Ok(None);
        };
        sum += time;
        count += 1;
    }
    Ok(Some(sum.as_secs_f64() / f64::from(count)))
}

/// Bytes of code for each byte of a function: the median of functions, and of all together.
fn code(bytes: &[u8]) -> Result<(f64, f64), Error> {
    let mut config = ::tabwasm::Config::new();
    config.compilation_mode(::tabwasm::CompilationMode::Eager);
    let module = ::tabwasm::Module::new(&::tabwasm::Engine::new(&config)?, bytes)?;
    let (mut factors, mut sums) = (Vec::new(), [0.0, 0.0]);
    for func in module.functions() {
        let sizes = [func.code.unwrap_or(0) as f64, func.body as f64];
        factors.push(sizes[0] / sizes[1]);
        sums = [sums[0] + sizes[0], sums[1] + sizes[1]];
    }
    Ok((median(factors).unwrap_or(f64::NAN), sums[0] / sums[1]))
}

/// The ways to load with an engine; both have the same names for all that this takes.
#[cfg(feature = "wasmi")]
macro_rules! ways {
    ($engine:ident, $new:expr, $threads:expr) => {
        mod $engine {
            use std::hint::black_box;
            use std::time::{Duration, Instant};

            use ::$engine::{
                CompilationMode, Config, Engine, Error as Failure, Linker, Module, Store,
            };
            use cpu_time::ThreadTime;

            use crate::Error;

            pub(super) fn eager(wasm: &[u8]) -> Result<Option<Duration>, Error> {
                load(wasm, CompilationMode::Eager)
            }

            pub(super) fn lazy_translation(wasm: &[u8]) -> Result<Option<Duration>, Error> {
                load(wasm, CompilationMode::LazyTranslation)
            }

            pub(super) fn lazy(wasm: &[u8]) -> Result<Option<Duration>, Error> {
                load(wasm, CompilationMode::Lazy)
            }

            pub(super) fn eager_in_threads(wasm: &[u8]) -> Result<Option<Duration>, Error> {
                load_in_threads(wasm, CompilationMode::Eager)
            }

            pub(super) fn lazy_translation_in_threads(
                wasm: &[u8],
            ) -> Result<Option<Duration>, Error> {
                load_in_threads(wasm, CompilationMode::LazyTranslation)
            }

            fn load_in_threads(
                wasm: &[u8],
                mode: CompilationMode,
            ) -> Result<Option<Duration>, Error> {
                let engine = engine(mode, true)?;
                let start = Instant::now();
                let module = black_box(Module::new(&engine, black_box(wasm))?);
                let elapsed = start.elapsed();
                drop(module);
                Ok(Some(elapsed))
            }

            fn load(wasm: &[u8], mode: CompilationMode) -> Result<Option<Duration>, Error> {
                let engine = engine(mode, false)?;
                let start = ThreadTime::now();
                let module = black_box(Module::new(&engine, black_box(wasm))?);
                let elapsed = start.elapsed();
                drop(module);
                Ok(Some(elapsed))
            }

            pub(super) fn first_call(wasm: &[u8]) -> Result<Option<Duration>, Error> {
                let engine = engine(CompilationMode::Lazy, false)?;
                let start = ThreadTime::now();
                let module = Module::new(&engine, wasm)?;
                if module.get_export("_start").is_none() {
                    return Ok(None);
                }
                let mut linker = <Linker<()>>::new(&engine);
                for import in module.imports() {
                    let ty = import
                        .ty()
                        .func()
                        .cloned()
                        .ok_or("an import is no function")?;
                    linker.func_new(import.module(), import.name(), ty, |_, _, _| {
                        Err(Failure::i32_exit(0))
                    })?;
                }
                let mut store = Store::new(&engine, ());
                let instance = linker.instantiate_and_start(&mut store, &module)?;
                let func = instance.get_typed_func::<(), ()>(&store, "_start")?;
                // It ends where the host is called, unless there is nothing to ask.
                let _ = black_box(func.call(&mut store, ()));
                Ok(Some(start.elapsed()))
            }

            /// For one thread, or as many as there are processors if it can use them.
            fn engine(mode: CompilationMode, threads: bool) -> Result<Engine, Error> {
                let mut config = Config::default();
                config.compilation_mode(mode);
                let set: fn(&mut Config, bool) = $threads;
                set(&mut config, threads);
                let new: fn(&Config) -> Result<Engine, Error> = $new;
                new(&config)
            }
        }
    };
}

#[cfg(feature = "wasmi")]
ways!(
    tabwasm,
    |config| Ok(Engine::new(config)?),
    |config, threads| _ = config.parallel_compilation(threads)
);
#[cfg(feature = "wasmi")]
ways!(wasmi, |config| Ok(Engine::new(config)), |_, _| ());
