//! Table mutation: changes one cell of the tables at a time, and looks for a test that notices.
//!
//! A mutant goes the whole way of a change by hand: other text in a table, the generator, generated
//! files. What the generator accepts is merged into one copy of the runtime that carries all
//! mutants and is built once; then each is tried on the tests of this workspace, those first that
//! name its row. A mutant that no test notices must stand in `survivors.txt`, with the reason why
//! it is none; one that stands there and is noticed must go.

mod alternative;
mod arguments;
mod cell;
mod classify;
mod copy;
mod expression;
mod form;
mod likeness;
mod merge;
mod patch;
mod report;
mod row;
mod select;
mod survivors;
mod trial;

use arguments::Arguments;
use cell::Mutant;
use classify::{Case, Fate, classify};
use copy::{Copy, LIBRARY, Refusals};
use report::End;
use select::{Scripts, Test, select};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};
use tabwasm_codegen::{Tree, diag, disk, emit, model};
use trial::{Court, Suspect};

/// Test programs that are tried on what no selected test notices, the quickest first. Of the official
/// suite only the scripts that name a row are tried: all of it would take minutes for each mutant.
const REST: &[&str] = &[
    "tables",
    "rows",
    "oracle",
    "layout_oracle",
    "api",
    "compact",
    LIBRARY,
];

/// Mutants that are merged into one runtime at most: what the compiler needs for a `match` grows with the
/// square of its guards.
const BATCH: usize = 1000;

fn main() -> ExitCode {
    match arguments::parse(env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<String, String> {
    let start = Instant::now();
    let package = env!("CARGO_PKG_NAME");
    let workspace = &disk::workspace(package).ok_or("here is no clone of the project")?;
    let tree = Tree::read(workspace).map_err(|error| format!("the tables: {error}"))?;
    let model = model(&tree).map_err(|report| diag::render(&tree, &report, false))?;
    let files = emit::emit(&model);
    let shared = shared(workspace);
    let mut mutants = cell::mutants(&tree, &model);
    if !shared.join("oracle").is_dir() {
        eprintln!("SKIPPED: layouts, which only `shared/oracle` can judge");
        mutants.retain(|mutant| mutant.kind != "layout");
    }
    let mutants = arguments.choose(mutants);
    eprintln!("{} mutants", mutants.len());
    let jobs = arguments.jobs;
    let mut fates = classify(&tree, &files, &mutants, jobs)?;
    fates.iter_mut().for_each(Fate::prune);
    eprintln!(
        "{} mutants made ({} s)",
        mutants.len(),
        start.elapsed().as_secs()
    );

    let copy = Copy::new(workspace, mutants.len());
    let mut trials = Trials {
        tree: &tree,
        scripts: Scripts::read(&shared, &model),
        court: Court {
            programs: BTreeMap::new(),
            folder: copy.folder.join("tests"),
            shared,
            failing: Mutex::default(),
        },
        tables: copy.folder.with_file_name("tables"),
        refusals: Refusals::new(),
    };
    let mut ends = BTreeMap::new();
    let batches = mutants.len().div_ceil(BATCH);
    for batch in 0..batches {
        // Neighbours are mutants of one row and one line: they are spread.
        let pairs = mutants.iter().zip(&fates);
        let these: Vec<Case<'_>> = pairs.skip(batch).step_by(batches).collect();
        trials.refusals = copy.make(&files, &these)?;
        trials.court.programs = copy.build(&[REST, &["suite"]].concat())?;
        ends.extend(trials.all(&these, jobs)?);
        eprintln!(
            "batch {} of {batches} tried ({} s)",
            batch + 1,
            start.elapsed().as_secs()
        );
    }
    let ends: Vec<End> = ends.into_values().collect();
    let file = workspace.join("target/mutation/report.tsv");
    fs::write(&file, report::lines(&mutants, &ends)).map_err(|error| error.to_string())?;
    let table = report::table(&mutants, &ends);
    let seconds = start.elapsed().as_secs();
    let text = format!("{table}{seconds} seconds; each mutant: {}", file.display());
    survivors::judge(&workspace.join("tests/mutation"), &mutants, &ends)
        .map_err(|message| format!("{text}\n{message}"))?;
    Ok(text)
}

fn shared(workspace: &Path) -> PathBuf {
    match env::var_os("TABWASM_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => workspace.parent().unwrap_or(workspace).join("shared"),
    }
}

struct Trials<'a> {
    tree: &'a Tree,
    scripts: Scripts,
    court: Court,
    /// Where mutated tables lie while a test reads them.
    tables: PathBuf,
    refusals: Refusals,
}

impl Trials<'_> {
    /// The ends of these mutants, by number.
    fn all(&self, cases: &[Case<'_>], jobs: usize) -> Result<BTreeMap<u32, End>, String> {
        let next = AtomicUsize::new(0);
        let ends = Mutex::new(BTreeMap::new());
        thread::scope(|scope| {
            for _ in 0..jobs {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some((mutant, fate)) = cases.get(at) else {
                            return;
                        };
                        let end = self.one(mutant, fate);
                        if matches!(end, Ok(End::Survives)) {
                            eprintln!("survives: {} {}", mutant.kind, mutant.name());
                        }
                        let mut ends = ends.lock().unwrap_or_else(|poison| poison.into_inner());
                        ends.insert(mutant.id, end);
                    }
                });
            }
        });
        let ends = ends
            .into_inner()
            .unwrap_or_else(|poison| poison.into_inner());
        ends.into_iter().map(|(id, end)| Ok((id, end?))).collect()
    }

    fn one(&self, mutant: &Mutant, fate: &Fate) -> Result<End, String> {
        if let Fate::Refused(message) = fate {
            return Ok(End::Generator(message.clone()));
        }
        if let Some(message) = self.refusals.get(&mutant.id) {
            return Ok(End::Compiler(message.clone()));
        }
        let tables = self.tables.join(mutant.id.to_string());
        for (path, text) in classify::mutated(self.tree, &mutant.edit) {
            let path = tables.join(path);
            let failed = |error| format!("{}: {error}", path.display());
            fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(failed)?;
            fs::write(&path, text).map_err(failed)?;
        }
        // Numbers of our own choice have no other source than the table, so tests expect its own.
        let own = matches!(mutant.kind, "limit" | "cost" | "trap")
            || (mutant.kind == "section" && mutant.column == "limit");
        let suspect = Suspect {
            id: mutant.id,
            tables: (!own).then_some(tables.as_path()),
        };
        let selected = select(mutant, fate, &self.scripts);
        let rest = REST.iter().map(|program| Test {
            program,
            name: None,
        });
        let rest = rest.filter(|test| !selected.contains(test));
        let mut end = End::Survives;
        for test in selected.iter().cloned().chain(rest) {
            if fate.needs_no_runtime(&test) {
                continue;
            }
            if let Some(name) = self.court.killer(&test, &suspect)? {
                end = End::Test(name);
                break;
            }
        }
        fs::remove_dir_all(&tables).map_err(|error| format!("{}: {error}", tables.display()))?;
        Ok(end)
    }
}
