//! The library that was measured: its features, its handlers, and what it takes to build.
//!
//! The generator counts the handlers, as it does for their budget. What building takes is measured by
//! doing it, in a folder that is empty before: the library as its users build it, and a program that does
//! nothing but run a module (`examples/minimal.rs`), whose code is what `size` calls `.text`.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::time::Instant;
use std::{env, fs};

use crate::Error;

/// The feature of this build that chooses the tier.
const TIER: &str = if cfg!(feature = "std") {
    "std"
} else {
    "alloc"
};

/// What is known of the library.
pub struct Library {
    handlers: Option<Handlers>,
    built: Option<Built>,
}

/// What the fast engine is made of, in the tier of this build.
struct Handlers {
    /// All of them.
    all: usize,
    /// Those that do two instructions.
    fused: usize,
    /// The rows that these come from.
    rows: usize,
}

/// What it takes to build.
struct Built {
    /// Seconds until the library is there, and those of all processors.
    wall: f64,
    processors: f64,
    /// Bytes of code of the minimal program.
    text: u64,
}

impl Library {
    /// What is known without building it, or all.
    pub fn look(build: bool) -> Result<Library, Error> {
        Ok(Library {
            handlers: handlers()?,
            built: build.then(Built::measure).transpose()?,
        })
    }

    /// One object.
    pub fn json(&self) -> String {
        let dispatch = if cfg!(feature = "dispatch-loop") {
            "loop"
        } else {
            "target"
        };
        let mut object = format!("{{\"tier\":\"{TIER}\",\"dispatch\":\"{dispatch}\"");
        if let Some(Handlers { all, fused, rows }) = &self.handlers {
            object += &format!(",\"handlers\":{all},\"fused\":{fused},\"fused_rows\":{rows}");
        }
        if let Some(Built {
            wall,
            processors,
            text,
        }) = &self.built
        {
            object += &format!(",\"text_bytes\":{text}");
            object +=
                &format!(",\"build_seconds\":{wall:.1},\"build_cpu_seconds\":{processors:.1}");
        }
        object + "}"
    }
}

impl Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dispatch = if cfg!(feature = "dispatch-loop") {
            "by a loop"
        } else {
            "as the target can"
        };
        writeln!(f, "library: tier {TIER}, dispatch {dispatch}")?;
        if let Some(Handlers { all, fused, rows }) = &self.handlers {
            writeln!(
                f,
                "handlers: {all}, {fused} of them for {rows} rows of fused pairs"
            )?;
        }
        if let Some(Built {
            wall,
            processors,
            text,
        }) = &self.built
        {
            writeln!(
                f,
                "release build of the library: {wall:.0} s, {processors:.0} CPU seconds"
            )?;
            writeln!(f, "code of a minimal program: {text} bytes")?;
        }
        Ok(())
    }
}

#[cfg(feature = "tables")]
fn handlers() -> Result<Option<Handlers>, Error> {
    use tabwasm_codegen::emit::{fusion, operation};
    use tabwasm_codegen::{Tree, diag};

    let tree = Tree::read(&workspace()?)?;
    let model = tabwasm_codegen::model(&tree)
        .map_err(|report| diag::render(&tree, &report, false).to_string())?;
    let mut tiers = model.forms.budgets.iter().map(|(tier, ..)| *tier);
    let tier = tiers
        .find(|tier| model.tier(*tier).key == TIER)
        .ok_or("the tables have no such tier")?;
    let operations = operation::operations(&model, tier);
    let pairs = fusion::pairs(&model, tier, &operations);
    Ok(Some(Handlers {
        all: operation::handlers(&model, tier),
        fused: pairs.iter().map(fusion::Pairs::count).sum(),
        rows: pairs.len(),
    }))
}

#[cfg(not(feature = "tables"))]
fn handlers() -> Result<Option<Handlers>, Error> {
    Ok(None)
}

impl Built {
    fn measure() -> Result<Built, Error> {
        let folder = env::temp_dir().join(format!("tabwasm-bench-{}", process::id()));
        let built = Self::measure_in(&folder);
        fs::remove_dir_all(&folder)?;
        built
    }

    fn measure_in(folder: &Path) -> Result<Built, Error> {
        let (start, before) = (Instant::now(), processors()?);
        build(folder, "Cargo.toml", &["--package", "tabwasm"])?;
        let (wall, after) = (start.elapsed().as_secs_f64(), processors()?);
        let program = [
            "--no-default-features",
            "--features",
            TIER,
            "--example",
            PROGRAM,
        ];
        build(folder, "tests/bench/Cargo.toml", &program)?;
        Ok(Built {
            wall,
            processors: after - before,
            text: text(&folder.join("release/examples").join(PROGRAM))?,
        })
    }
}

/// The minimal program, an example of this package.
const PROGRAM: &str = "minimal";

/// Builds for release into a folder, as the workspace's settings say.
fn build(folder: &Path, manifest: &str, what: &[&str]) -> Result<(), Error> {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(workspace()?)
        .args(["build", "--release", "--quiet"]);
    cargo.arg("--target-dir").arg(folder);
    cargo.arg("--manifest-path").arg(manifest);
    output(cargo.args(what))?;
    Ok(())
}

/// Seconds of all processors that processes took which this one waited for, and those for which they did.
fn processors() -> Result<f64, Error> {
    // Fields 16 and 17, counted from the name of the program, which is the second and in parentheses.
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("an unknown /proc/self/stat")?;
    let fields = fields.split_whitespace().skip(13).take(2);
    let ticks: Vec<f64> = fields.map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS)
}

/// Units of `/proc` a second: `USER_HZ`, which is the same on every Linux that a program can see.
const TICKS: f64 = 100.0;

/// Bytes of the section `.text` of a program.
fn text(program: &Path) -> Result<u64, Error> {
    let listing = output(Command::new("size").arg("-A").arg(program))?;
    let mut lines = listing.lines().map(str::split_whitespace);
    let mut fields = lines
        .find_map(|mut fields| (fields.next() == Some(".text")).then_some(fields))
        .ok_or("the program has no code")?;
    Ok(fields.next().ok_or("`size` says no size")?.parse()?)
}

fn output(command: &mut Command) -> Result<String, Error> {
    let output = command.output()?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?}: {}\n{errors}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The clone of the project in which this was built.
fn workspace() -> Result<PathBuf, Error> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = package
        .ancestors()
        .nth(2)
        .ok_or("this package stands in a clone")?;
    Ok(workspace.canonicalize()?)
}
