//! The library that was measured: its tier, its handlers, and what it takes to build.
//!
//! What building takes is measured by doing it, in a folder that is empty before: the library as its users
//! build it, and a program that does nothing but run a module (`examples/minimal.rs`), whose code is what
//! `size` calls `.text`.

#[cfg(feature = "tables")]
mod handlers;

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::time::Instant;
use std::{env, fs};

use crate::Error;

/// The feature of this build that chooses the tier.
const TIER: &str = match cfg!(feature = "std") {
    true => "std",
    false => "alloc",
};

/// How its handlers are called: in a loop, or in the way that is best for target and profile.
const DISPATCH: &str = match cfg!(feature = "dispatch-loop") {
    true => "loop",
    false => "default",
};

/// What is known of the library.
pub struct Library {
    #[cfg(feature = "tables")]
    handlers: Vec<handlers::Handlers>,
    built: Option<Built>,
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
            #[cfg(feature = "tables")]
            handlers: handlers::count(&workspace()?)?,
            built: build.then(Built::measure).transpose()?,
        })
    }

    /// One object.
    pub fn json(&self) -> String {
        let mut object = format!("{{\"tier\":\"{TIER}\",\"dispatch\":\"{DISPATCH}\"");
        #[cfg(feature = "tables")]
        {
            let tiers: Vec<_> = self.handlers.iter().map(|tier| tier.json()).collect();
            object += &format!(",\"handlers\":[{}]", tiers.join(","));
        }
        if let Some(built) = &self.built {
            object += &format!(",{}", built.json());
        }
        object + "}"
    }
}

impl Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "library: tier {TIER}, dispatch {DISPATCH}")?;
        #[cfg(feature = "tables")]
        for tier in &self.handlers {
            writeln!(f, "{tier}")?;
        }
        match &self.built {
            Some(built) => writeln!(f, "{built}"),
            None => Ok(()),
        }
    }
}

impl Display for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wall, processors, text) = (self.wall, self.processors, self.text);
        writeln!(
            f,
            "release build of the library: {wall:.0} s, {processors:.0} CPU seconds"
        )?;
        write!(f, "code of a minimal program: {text} bytes")
    }
}

impl Built {
    /// What of an object is about it.
    fn json(&self) -> String {
        let (wall, processors, text) = (self.wall, self.processors, self.text);
        format!(
            "\"text_bytes\":{text},\"build_seconds\":{wall:.1},\"build_cpu_seconds\":{processors:.1}"
        )
    }

    fn measure() -> Result<Built, Error> {
        let folder = env::temp_dir().join(format!("tabwasm-bench-{}", process::id()));
        let built = Self::measure_in(&folder);
        // Without cargo there is none, and that is what is wrong then.
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
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

/// The clone of the project around the package, if cargo runs this; otherwise the one around the current
/// folder.
fn workspace() -> Result<PathBuf, Error> {
    let start = match env::var_os("CARGO_MANIFEST_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => env::current_dir()?,
    };
    let is_clone = |folder: &&Path| folder.join("tests/bench/Cargo.toml").exists();
    let found = start.ancestors().find(is_clone);
    Ok(found.ok_or("this runs in no clone of the project")?.into())
}
