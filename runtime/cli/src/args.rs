//! What can stand on the command line.
//!
//! Types only: what each command does is in the module of its name. The texts here are what
//! `--help` shows. Without a command the file is run, so that `tabwasm FILE` works like an
//! interpreter named in a script's first line. Files have any name that the system allows.

use std::ffi::OsString;
#[cfg(feature = "std")]
use std::path::Path;
use std::path::PathBuf;
#[cfg(feature = "std")]
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use tabwasm::spec::Level;

use crate::features::Features;

#[cfg(feature = "std")]
const AFTER_HELP: &str = "\
Example: `tabwasm --lazy --deterministic --allow-escapes --dir . editor.wasm notes.txt`

Exit codes: the guest's own; 2 usage, 3 invalid module, 4 link error, 124 timeout, \
125 out of fuel, 130 Ctrl-C, 134 trap.";

/// Run, validate and test WebAssembly modules.
#[cfg(feature = "std")]
#[derive(Debug, Parser)]
#[command(
    name = "tabwasm",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub struct Cli {
    /// What to do; to run a module, if not said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to run it.
    #[command(flatten)]
    pub run: Run,
}

/// Validate and test WebAssembly modules.
#[cfg(not(feature = "std"))]
#[derive(Debug, Parser)]
#[command(name = "tabwasm", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Reads a command line, the program's name first.
    ///
    /// # Errors
    /// If it makes no sense, or asks for help.
    pub fn read(args: &[OsString]) -> Result<Self, clap::Error> {
        let cli = Self::try_parse_from(args)?;
        #[cfg(feature = "std")]
        if cli.runs_an_option() {
            // That is an error, unless `--` stands before it.
            without_guest().try_get_matches_from(args)?;
        }
        Ok(cli)
    }

    /// Whether the file to run looks like an option: all that follows the options, whatever it is,
    /// is taken for the file and what the guest gets.
    #[cfg(feature = "std")]
    fn runs_an_option(&self) -> bool {
        let run = match &self.command {
            None => &self.run,
            Some(Command::Run(run)) => run,
            Some(Command::Profile(profile)) => &profile.run,
            Some(Command::Bench(bench)) => &bench.run,
            Some(_) => return false,
        };
        let file = run.file().as_os_str();
        file.as_encoded_bytes().starts_with(b"-") && file != "-"
    }

    /// What to do.
    pub fn command(self) -> Command {
        #[cfg(feature = "std")]
        return self.command.unwrap_or(Command::Run(Box::new(self.run)));
        #[cfg(not(feature = "std"))]
        return self.command;
    }
}

/// The command line without options for the guest: what begins with `-` is known or an error.
#[cfg(feature = "std")]
fn without_guest() -> clap::Command {
    let closed = |command: clap::Command| {
        command.mut_arg("file_and_args", |arg| {
            arg.trailing_var_arg(false).allow_hyphen_values(false)
        })
    };
    closed(<Cli as clap::CommandFactory>::command())
        .mut_subcommand("run", closed)
        .mut_subcommand("profile", closed)
        .mut_subcommand("bench", closed)
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a module, or a function of a component (the default).
    #[cfg(feature = "std")]
    Run(Box<Run>),
    /// Run a module, and count what the engine executes.
    #[cfg(feature = "std")]
    #[command(
        after_help = "Examples: `tabwasm profile --patterns counts.tsv app.wasm`, \
            `tabwasm profile --patterns counts.tsv --lazy --deterministic --allow-escapes editor.wasm notes.txt`"
    )]
    Profile(Box<Profile>),
    /// Time a module here, or show how fast the engine was beside others.
    #[cfg(feature = "std")]
    #[command(
        mut_arg("file_and_args", |arg| arg.required(false)),
        after_help = "Examples: `tabwasm bench`, `tabwasm bench --rounds 21 --json --invoke run app.wasm 100`, \
            `tabwasm bench --lazy --deterministic --allow-escapes --dir . editor.wasm notes.txt`\n\n\
            Each round compiles the module, instantiates it and runs it from its beginning, on one engine. What a \
            guest prints is dropped, and it reads nothing. Shown are medians, and the median of how far the rounds \
            are away from them; `--timeout` bounds all rounds together, `--fuel` each.\n\n\
            Without FILE: how many times as fast as other engines this one was on the kernels and programs of \
            `tests/bench`, when that was measured last, and on which machine."
    )]
    Bench(Box<Bench>),
    /// Tell whether modules are valid.
    Validate(Validate),
    /// Show what modules and components consist of.
    Inspect(Inspect),
    /// Make for a module what a small machine need not make.
    Compile(Compile),
    /// Make a binary of the text format.
    Parse(Parse),
    /// Show a binary in the text format.
    Print(Print),
    /// Run official test scripts.
    Wast(Wast),
    /// Ask the tables: what an instruction is, whether an overlay is right, what two differ in.
    #[cfg(feature = "spec")]
    Spec(crate::spec::args::Spec),
    /// Print what lets a shell complete this command.
    Completions(Completions),
    /// Print a page of the manual: `tabwasm man run | man -l -`.
    Man(Man),
}

/// How to run a module.
#[cfg(feature = "std")]
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct Run {
    /// Call this export with the arguments that follow FILE, and print its results: `--invoke add`. Of a
    /// component, with arguments in WAVE: `--invoke 'ns:pkg/iface.func("x", 1)'`.
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,
    /// Give the guest an environment variable; without a value, the one it has here: `--env LANG=C`.
    #[arg(long, value_name = "KEY[=VALUE]")]
    pub env: Vec<OsString>,
    /// Directories that the guest gets.
    #[command(flatten)]
    pub files: crate::files::Files,
    /// What the module may be.
    #[command(flatten)]
    pub features: Features,
    /// Imports that are not defined.
    #[command(flatten)]
    pub imports: crate::unknown::Imports,
    /// The program's name, as the guest sees it; FILE, if not said: `--argv0 cc`.
    #[arg(long, value_name = "NAME")]
    pub argv0: Option<OsString>,
    /// Let the guest control the terminal, if it writes to one; else it can show text only. Files
    /// and pipes get every byte.
    #[arg(long)]
    pub allow_escapes: bool,
    /// Stop after this much work: `--fuel 1000000`.
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,
    /// Stop after this time, in `ms`, `s`, `m` or `h`: `--timeout 500ms`.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
    /// Most bytes of each memory: `--max-memory 64MiB`. Above 4 GiB it raises the limits.
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_memory: Option<usize>,
    /// Validate each function when it is called first: a large module starts sooner, and what is wrong with it is
    /// found late or never.
    #[arg(long)]
    pub lazy: bool,
    /// Compute the same bits on every machine: each NaN that a computation gives is the canonical one.
    #[arg(long)]
    pub deterministic: bool,
    /// Bytes of the stack, which bounds how deep the guest can call: `--stack-size 8MiB`.
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub stack_size: Option<usize>,
    /// The module or component (`.wasm`, `.wat`, or `-` for standard input), and what the guest gets.
    #[arg(
        value_names = ["FILE", "ARGS"],
        required = true,
        num_args = 1..,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub file_and_args: Vec<OsString>,
}

/// What to count while a module runs.
#[cfg(feature = "std")]
#[derive(Args, Debug)]
pub struct Profile {
    /// Write how often each instruction of the fast engine ran, and each right behind another, as lines
    /// of a count and names that tabs separate: `--patterns counts.tsv`.
    #[arg(long, value_name = "FILE")]
    pub patterns: PathBuf,
    /// How to run it.
    #[command(flatten)]
    pub run: Run,
}

/// What to time, and how often.
#[cfg(feature = "std")]
#[derive(Args, Debug)]
pub struct Bench {
    /// How often it is compiled, instantiated and run.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 9,
        requires = "file_and_args",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub rounds: u32,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// Without FILE, write a picture of the comparison instead: `--picture speed.svg`.
    #[arg(long, value_name = "OUT", conflicts_with_all = ["file_and_args", "json"])]
    pub picture: Option<PathBuf>,
    /// How to run it.
    #[command(flatten)]
    pub run: Run,
}

#[cfg(feature = "std")]
impl Run {
    /// The module.
    pub fn file(&self) -> &Path {
        let file = self.file_and_args.first();
        file.map_or(Path::new("-"), |file| Path::new(file))
    }

    /// What the guest gets, without the program's name.
    ///
    /// # Errors
    /// A message, if an argument is not UTF-8, which WASI asks for.
    pub fn guest_args(&self) -> Result<Vec<&str>, String> {
        let args = self.file_and_args.iter().skip(1);
        args.map(|arg| {
            arg.to_str()
                .ok_or_else(|| format!("the argument `{}` is not UTF-8", arg.display()))
        })
        .collect()
    }
}

/// What to show.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples: `tabwasm inspect --json app.wasm`, `tabwasm inspect --functions app.wasm`, \
        `tabwasm inspect --needs app.wasm`"
)]
pub struct Inspect {
    /// What the tier without an allocator needs for a module, instead.
    #[arg(long)]
    pub needs: bool,
    /// Functions, too: index, name, offset, and which proposals besides `mvp` type and body need.
    #[arg(long, conflicts_with = "needs")]
    pub functions: bool,
    /// One JSON object a line: of each file, and of each module and component in it.
    #[arg(long)]
    pub json: bool,
    /// Levels of modules and components that are shown, the file itself being the first: `--depth 1`.
    #[arg(long, value_name = "LEVELS", conflicts_with = "needs")]
    pub depth: Option<usize>,
    /// Modules or components: `.wasm`, `.wat`, or `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

/// What to make, of which module.
#[derive(Args, Debug)]
#[command(after_help = "Example: `tabwasm compile --side-table app.wasm -o app.table`")]
pub struct Compile {
    /// The side table, with which the tier without an allocator runs the module unvalidated.
    #[arg(long, required = true)]
    pub side_table: bool,
    /// Where to: `-o module.table`.
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// The module: `.wasm`, `.wat`, or `-` for standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Which text to encode.
#[derive(Args, Debug)]
pub struct Parse {
    /// Where to; to standard output, if not said: `-o module.wasm`.
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// The text: `.wat`, or `-` for standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Which binary to show as text.
#[derive(Args, Debug)]
pub struct Print {
    /// Where to; to standard output, if not said: `-o module.wat`.
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// The module or component: `.wasm`, or `-` for standard input.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Which modules to validate.
#[derive(Args, Debug)]
#[command(after_help = "Example: `tabwasm validate --json app.wasm`")]
pub struct Validate {
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// How much is asked: the bytes, all but the bodies, or what the standard asks: `--level basic`.
    #[arg(long, value_name = "LEVEL", value_parser = levels(), default_value = Level::Full.name())]
    pub level: Level,
    /// What modules may be.
    #[command(flatten)]
    pub features: Features,
    /// Modules: `.wasm`, `.wat`, or `-` for standard input.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

/// Which scripts to run.
#[derive(Args, Debug)]
#[command(after_help = "Example: `tabwasm wast --json tests/`")]
pub struct Wast {
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// The tier of the library that is under test: `--tier no_alloc`, or that of this program.
    #[arg(long, value_enum, default_value_t = Tier::OF_THIS_BUILD)]
    pub tier: Tier,
    /// The engine that runs the modules; that of the tier, if not said: `--engine compact`.
    #[arg(long, value_enum)]
    pub engine: Option<EngineKind>,
    /// What modules of scripts may be.
    #[command(flatten)]
    pub features: Features,
    /// Scripts, or folders of scripts.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
}

/// For which shell.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Which page.
#[derive(Args, Debug)]
pub struct Man {
    /// The command, and the one within it; all that there is, if not said.
    pub command: Vec<String>,
}

/// A tier of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tier {
    /// `core`, and memory from the caller.
    #[value(name = "no_alloc")]
    NoAlloc,
    /// `core` and an allocator.
    Alloc,
    /// The operating system too.
    Std,
}

impl Tier {
    /// The one with an allocator that this program was built on.
    pub const OF_THIS_BUILD: Self = if cfg!(feature = "std") {
        Self::Std
    } else {
        Self::Alloc
    };

    /// Its feature.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoAlloc => "no_alloc",
            Self::Alloc => "alloc",
            Self::Std => "std",
        }
    }
}

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EngineKind {
    /// Translates to register code.
    Fast,
    /// Executes modules in place.
    Compact,
}

fn levels() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(Level::ALL.map(Level::name)).map(|name| {
        let named = |level: &Level| level.name() == name;
        Level::ALL.into_iter().find(named).unwrap_or(Level::Full)
    })
}

#[cfg(feature = "std")]
fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split_unit(text);
    let seconds = match unit {
        "ms" => 1e-3,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("unknown unit `{unit}`; there are ms, s, m and h")),
    };
    let number: f64 = number
        .parse()
        .map_err(|_| "expected a number and a unit".to_owned())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|error| error.to_string())
}

#[cfg(feature = "std")]
fn parse_size(text: &str) -> Result<usize, String> {
    let (number, unit) = split_unit(text);
    let factor = match unit {
        "" | "B" => 1,
        "k" | "K" | "KiB" => 1 << 10,
        "M" | "MiB" => 1 << 20,
        "G" | "GiB" => 1 << 30,
        "kB" | "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        _ => {
            return Err(format!(
                "unknown unit `{unit}`; there are KiB, MiB and GiB, kB, MB and GB"
            ));
        }
    };
    let number: usize = number
        .parse()
        .map_err(|_| "expected a number of bytes".to_owned())?;
    number
        .checked_mul(factor)
        .ok_or_else(|| "too large".to_owned())
}

#[cfg(feature = "std")]
fn split_unit(text: &str) -> (&str, &str) {
    text.split_at(
        text.find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(text.len()),
    )
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn what_follows_the_file_belongs_to_the_guest() {
        let cli =
            Cli::try_parse_from(["tabwasm", "--fuel", "9", "a.wasm", "--fuel", "1", "-x"]).unwrap();
        assert!(cli.command.is_none());
        assert_eq!(cli.run.fuel, Some(9));
        assert_eq!(cli.run.file(), "a.wasm");
        assert_eq!(cli.run.guest_args().unwrap(), ["--fuel", "1", "-x"]);
    }

    #[test]
    fn what_looks_like_an_option_before_the_file_is_one() {
        let read = |args: &[&str]| {
            let args = [&["tabwasm"], args].concat();
            Cli::read(&args.into_iter().map(OsString::from).collect::<Vec<_>>())
        };
        for run in [&[][..], &["run"]] {
            let read = |args: &[&str]| read(&[run, args].concat());
            let error = read(&["--feul", "10", "a.wasm"]).unwrap_err();
            assert!(error.to_string().contains("'--fuel'"), "{error}");
            assert!(read(&["--fuel", "10", "-x.wasm"]).is_err());
            assert!(read(&["--fuel", "10", "--", "-x.wasm"]).is_ok());
            assert!(read(&["--fuel", "10", "-", "--feul"]).is_ok());
            assert!(read(&["a.wasm", "--feul", "-x"]).is_ok());
        }
    }

    #[test]
    fn run_is_implied() {
        let cli = Cli::try_parse_from(["tabwasm", "run", "--invoke", "f", "-", "-1"]).unwrap();
        let Some(Command::Run(run)) = cli.command else {
            panic!("not `run`")
        };
        assert_eq!(run.file(), "-");
        assert_eq!(run.guest_args().unwrap(), ["-1"]);
        assert!(Cli::try_parse_from(["tabwasm"]).is_err());
        assert!(Cli::try_parse_from(["tabwasm", "validate", "a.wasm", "--json"]).is_ok());
    }

    #[test]
    fn units() {
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("1.5"), Ok(Duration::from_millis(1500)));
        assert!(parse_duration("-1s").is_err());
        assert!(parse_duration("5 years").is_err());
        assert_eq!(parse_size("64KiB"), Ok(65536));
        assert_eq!(parse_size("10GB"), Ok(10_000_000_000));
        assert!(parse_size("99999999999GiB").is_err());
        assert!(parse_size("1GiBi").is_err());
    }
}
