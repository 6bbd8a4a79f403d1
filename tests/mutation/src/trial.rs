//! Running a test with a mutant: each in a process of its own, which may crash or hang.
//!
//! A mutant can make a loop endless or the machine's memory full, so each process has a time after
//! which it counts as noticed.

use crate::select::Test;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

/// After this long a test hangs, whose longest peer takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same for all tests of a program.
const PATIENCE_OF_PROGRAM: Duration = Duration::from_secs(240);

/// The test programs of the copy.
pub(crate) struct Court {
    /// By name.
    pub(crate) programs: BTreeMap<String, PathBuf>,
    /// Where they run.
    pub(crate) folder: PathBuf,
    /// Official material.
    pub(crate) shared: PathBuf,
    /// Tests that fail without a mutant, since they look at the sources that the copy changes.
    pub(crate) failing: Mutex<BTreeMap<&'static str, BTreeSet<String>>>,
}

/// A mutant as a process sees it.
pub(crate) struct Suspect<'a> {
    /// Its number.
    pub(crate) id: u32,
    /// The tables that tests read, if not those of the workspace.
    pub(crate) tables: Option<&'a Path>,
}

impl Court {
    /// Which tests of a program fail without a mutant; found out once.
    fn failing(&self, program: &'static str) -> Result<BTreeSet<String>, String> {
        let mut failing = self
            .failing
            .lock()
            .unwrap_or_else(|poison| poison.into_inner());
        if let Some(known) = failing.get(program) {
            return Ok(known.clone());
        }
        let suspect = Suspect {
            id: 0,
            tables: None,
        };
        let (status, text) = self.run(
            &Test {
                program,
                name: None,
            },
            &suspect,
        )?;
        if status.is_none() {
            return Err(format!("{program} does not end, without a mutant"));
        }
        let failed: BTreeSet<String> = failed(&text).into_iter().collect();
        for name in &failed {
            eprintln!("{program}: {name} fails without a mutant, and is left out");
        }
        failing.insert(program, failed.clone());
        Ok(failed)
    }

    /// The name of a test that notices the mutant.
    pub(crate) fn killer(
        &self,
        test: &Test,
        suspect: &Suspect<'_>,
    ) -> Result<Option<String>, String> {
        let (status, text) = self.run(test, suspect)?;
        let name = |of: &str| format!("{}: {of}", test.program);
        let Some(status) = status else {
            let Some(of) = &test.name else {
                // That all tests take long says nothing of the mutant.
                eprintln!(
                    "{}: no verdict within {PATIENCE_OF_PROGRAM:?}",
                    test.program
                );
                return Ok(None);
            };
            return Ok(Some(name(&format!("{of} (timeout)"))));
        };
        if let (Some(of), true) = (&test.name, text.contains("running 0 tests")) {
            return Err(format!("{} has no test `{of}`", test.program));
        }
        if status.success() {
            return Ok(None);
        }
        let mut failed = failed(&text);
        if test.name.is_none() {
            let known = self.failing(test.program)?;
            failed.retain(|failed| !known.contains(failed));
        }
        if let Some(first) = failed.first() {
            return Ok(Some(name(first)));
        }
        if text.contains("test result:") {
            return Ok(None);
        }
        let of = test.name.as_deref().unwrap_or("all tests");
        Ok(Some(name(&format!("{of} ({status})"))))
    }

    /// Exit status, none if it hangs, and what it prints.
    fn run(
        &self,
        test: &Test,
        suspect: &Suspect<'_>,
    ) -> Result<(Option<ExitStatus>, String), String> {
        let failed = |error: io::Error| format!("{}: {error}", test.program);
        let program = self
            .programs
            .get(test.program)
            .ok_or(format!("there is no test program `{}`", test.program))?;
        let path = env::temp_dir().join(format!(
            "tabwasm-mutation-{}-{:?}",
            std::process::id(),
            thread::current().id()
        ));
        let output = File::create(&path).map_err(failed)?;
        let errors = output.try_clone().map_err(failed)?;
        let mut command = Command::new(program);
        command
            .current_dir(&self.folder)
            .env("TABWASM_MUTANT", suspect.id.to_string())
            .env("TABWASM_SHARED", &self.shared)
            .env("RUST_BACKTRACE", "0")
            .env_remove("TABWASM_TABLES")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors);
        if let Some(tables) = suspect.tables {
            command.env("TABWASM_TABLES", tables);
        }
        let patience = match &test.name {
            Some(name) => {
                command.args(["--exact", name]);
                PATIENCE
            }
            None => PATIENCE_OF_PROGRAM,
        };
        let mut child = command.spawn().map_err(failed)?;
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().map_err(failed)? {
                break Some(status);
            }
            if start.elapsed() > patience {
                child.kill().map_err(failed)?;
                child.wait().map_err(failed)?;
                break None;
            }
            let pause = start.elapsed().as_millis().clamp(2, 50);
            thread::sleep(Duration::from_millis(pause as u64));
        };
        let mut bytes = Vec::new();
        let mut output = File::open(&path).map_err(failed)?;
        output.rewind().map_err(failed)?;
        output.read_to_end(&mut bytes).map_err(failed)?;
        fs::remove_file(&path).map_err(failed)?;
        Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
    }
}

/// The tests that a program says failed.
fn failed(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            line.strip_prefix("test ")?
                .trim_end()
                .strip_suffix("FAILED")
        })
        .filter_map(|line| Some(line.rsplit_once("...")?.0.trim().to_string()))
        .collect()
}
