//! What can stand behind `tabwasm spec`: the questions, and which tables they are asked of.
//!
//! Types only; the texts here are what `--help` shows. The module of each question answers it, over
//! tables that `tables` has read by name and checked.

use clap::{Args, Subcommand};

/// What to ask, of which tables.
///
/// Tables are named by what `extends` would say: `wasm-3.0` for those of this program, the path of
/// an overlay, or a folder with a clone of the project.
#[derive(Args, Debug)]
pub struct Spec {
    /// What to ask.
    #[command(subcommand)]
    pub question: Question,
}

/// What to ask.
#[derive(Debug, Subcommand)]
pub enum Question {
    /// List instructions.
    List(List),
    /// Show an instruction: encoding, type, meaning, traps, fuel, tiers, tests.
    Show(Show),
    /// Say all that is wrong with tables or overlays.
    Check(Check),
    /// Say what modules and hosts notice when one set of tables takes the place of another.
    Diff(Diff),
    /// Lay out tables and overlays.
    Fmt(Fmt),
    /// Show what becomes of an instruction, file by file.
    Explain(Explain),
}

/// Which instructions to list, and how.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples: `tabwasm spec list --json`, `tabwasm spec list --md`, `tabwasm spec list --csv`"
)]
pub struct List {
    /// Only those of this proposal: `--proposal tail_call`.
    #[arg(long, value_name = "NAME")]
    pub proposal: Option<String>,
    /// One JSON object a line.
    #[arg(long, conflicts_with_all = ["md", "csv"])]
    pub json: bool,
    /// A table for a page.
    #[arg(long, conflicts_with = "csv")]
    pub md: bool,
    /// Values separated by commas.
    #[arg(long)]
    pub csv: bool,
    /// The tables.
    #[command(flatten)]
    pub tables: Tables,
}

/// Which instruction to show, and how.
#[derive(Args, Debug)]
#[command(after_help = "Example: `tabwasm spec show --json i32.add`")]
pub struct Show {
    /// The mnemonic.
    pub instruction: String,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
    /// The tables.
    #[command(flatten)]
    pub tables: Tables,
}

/// What to check.
#[derive(Args, Debug)]
pub struct Check {
    /// Overlays, or folders with tables.
    #[arg(value_name = "TABLES", default_value = ".")]
    pub tables: Vec<String>,
}

/// What to compare.
#[derive(Args, Debug)]
#[command(after_help = "Example: `tabwasm spec diff --json wasm-3.0 overlay.toml`")]
pub struct Diff {
    /// The tables that were there.
    #[arg(value_name = "BEFORE")]
    pub before: String,
    /// Those that take their place.
    #[arg(value_name = "AFTER")]
    pub after: String,
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// What to lay out.
#[derive(Args, Debug)]
#[command(after_help = "Example: `tabwasm spec fmt --check overlay.toml`")]
pub struct Fmt {
    /// Say what is laid out otherwise, instead of writing.
    #[arg(long)]
    pub check: bool,
    /// Tables and overlays.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<String>,
}

/// Which instruction to explain.
#[derive(Args, Debug)]
pub struct Explain {
    /// The mnemonic.
    pub instruction: String,
    /// The tables.
    #[command(flatten)]
    pub tables: Tables,
}

/// Which tables to ask.
#[derive(Args, Debug)]
pub struct Tables {
    /// `wasm-3.0`, an overlay, or a folder with tables: `--in overlay.toml`.
    #[arg(long = "in", value_name = "TABLES", default_value = tabwasm_codegen::load::BASE)]
    pub name: String,
}
