//! The verifier of translated code accepts what the translator makes of every module that we have.
//!
//! Builds with debug assertions (`cargo checked`), or with `--features tabwasm/verify`, verify each
//! translation; in others this shows only that all can be translated.
#![cfg(feature = "std")]

use std::fs;

use tabwasm::{CompilationMode, Config, Engine, InternalError, Module};
use tabwasm_tests::corpus::modules;
use tabwasm_tests::workspace;

#[test]
fn all_that_is_translated_is_right() {
    let engines = engines();
    let mut wrong = Vec::new();
    let (mut count, mut refused) = (0, 0);
    let scripts = modules().into_iter().filter(|module| module.valid);
    let scripts = scripts.map(|module| (module.name, module.bytes));
    for (name, bytes) in scripts.chain(programs()) {
        for engine in &engines {
            match Module::new(engine, &bytes) {
                Ok(_) => count += 1,
                Err(error) if error.is::<InternalError>() => wrong.push(format!("{name}: {error}")),
                Err(_) => refused += 1,
            }
        }
    }
    println!("{count} modules translated, {refused} of unsupported proposals");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Without the suite of Wasm 3.0 there are fewer.
    assert!(count > 1_500, "{count}");
}

/// Engines that translate at once: with nothing, and with all that changes the code.
fn engines() -> [Engine; 2] {
    [false, true].map(|polls| {
        let mut config = Config::new();
        config.compilation_mode(CompilationMode::Eager);
        config.consume_fuel(polls).epoch_interruption(polls);
        Engine::new(&config).unwrap()
    })
}

/// Programs that compilers made: the benchmarks' kernels among them.
fn programs() -> Vec<(String, Vec<u8>)> {
    let folder = workspace().join("tests");
    let mut programs = Vec::new();
    for name in [
        "bench/kernels",
        "bench/kernels/programs",
        "bench/kernels/memory64",
        "programs",
    ] {
        for entry in fs::read_dir(folder.join(name)).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "wasm")
            {
                programs.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    assert!(programs.len() >= 10);
    programs
}
