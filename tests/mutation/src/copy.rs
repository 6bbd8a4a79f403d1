//! A copy of the workspace whose runtime carries all mutants.
//!
//! The copy is built once, with its own target folder, and its tests are the workspace's own. The
//! variable `TABWASM_MUTANT` says which mutant is active in a process. What is evaluated at compile
//! time has no mutants: constants get functions beside them, and [`HOOKS`] are the places of the
//! runtime that call these.

use crate::classify::{Case, Fate};
use crate::merge::{MARK, accessor, merge};
use crate::patch::{Parsed, Patch, range};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};
use syn::spanned::Spanned;
use syn::{Expr, ImplItem, Item};
use tabwasm_codegen::emit::Files;

/// The module that knows the active mutant, in the copy only.
const MUTANT: &str = include_str!("../mutant.rs.in");

/// Places of hand-written sources that read a constant: file, what stands there once, and what
/// stands there in the copy.
const HOOKS: &[(&str, &str, &str)] = &[
    (
        "runtime/src/profile/mod.rs",
        "const { &P::LIMITS }",
        "crate::mutant::limits(const { &P::LIMITS })",
    ),
    (
        "runtime/src/profile/mod.rs",
        "limits: P::LIMITS,",
        "limits: *crate::mutant::limits(const { &P::LIMITS }),",
    ),
    (
        "runtime/src/lib.rs",
        "#![no_std]",
        "#![no_std]\n#![feature(const_eval_select, core_intrinsics)]\n\
         #![allow(internal_features, unused, missing_docs, unreachable_pub, clippy::all)]",
    ),
    (
        "runtime/src/lib.rs",
        "\nmod capability;\n",
        "\nmod mutant;\nmod capability;\n",
    ),
];

/// What reads tables, sources and scripts, as the tests of each mutant do. To optimise what has all
/// mutants would take too long.
const READERS: &[&str] = &[
    "proc-macro2",
    "syn",
    "tabwasm-codegen",
    "toml",
    "toml_parser",
    "wasm-encoder",
    "wasmparser",
    "wast",
];

/// For fewer mutants than these, to optimise the readers takes longer than the tests.
const MANY: usize = 100;

/// The program of the library's own tests.
pub(crate) const LIBRARY: &str = "tabwasm";

/// The file of the copy that says which mutant is active.
const MUTANT_FILE: &str = "runtime/src/mutant.rs";

/// Folders that tests of mutants do not need.
const LEFT_OUT: &[&str] = &[
    ".git",
    "target",
    "tests/bench",
    "tests/embedded",
    "tests/examples",
];

/// The copy.
pub(crate) struct Copy {
    /// Its folder.
    pub(crate) folder: PathBuf,
    workspace: PathBuf,
    /// Of the readers, those that are optimised.
    readers: &'static [&'static str],
}

/// What the compiler says of mutants that it cannot make: the first error of each.
pub(crate) type Refusals = BTreeMap<u32, String>;

impl Copy {
    /// The copy of a workspace, in its target folder, for a number of mutants.
    pub(crate) fn new(workspace: &Path, mutants: usize) -> Copy {
        Copy {
            readers: if mutants < MANY { &[] } else { READERS },
            folder: workspace.join("target/mutation/workspace"),
            workspace: workspace.to_path_buf(),
        }
    }

    /// Writes it, without the mutants that the compiler refuses, and finds these out.
    pub(crate) fn make(&self, files: &Files, cases: &[Case<'_>]) -> Result<Refusals, String> {
        self.plain(&self.workspace, "")?;
        self.forget("")?;
        let mut refusals = Refusals::new();
        loop {
            let merged = merged(files, cases, &refusals)?;
            for (path, text) in &merged {
                self.write(&format!("generated/{path}"), text.as_bytes())?;
            }
            let more = self.check(&merged)?;
            if more.is_empty() {
                return Ok(refusals);
            }
            eprintln!("the compiler refuses {} mutants", more.len());
            refusals.extend(more);
        }
    }

    /// Copies what has no mutants.
    fn plain(&self, folder: &Path, path: &str) -> Result<(), String> {
        for entry in fs::read_dir(folder).map_err(|error| format!("{path}: {error}"))? {
            let entry = entry.map_err(|error| error.to_string())?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if path.is_empty() {
                name
            } else {
                format!("{path}/{name}")
            };
            if LEFT_OUT.contains(&path.as_str()) || path.ends_with("/target") {
                continue;
            }
            let file = entry.path();
            if path == "runtime/src/generated" {
                self.link(&path)?;
            } else if file.is_dir() {
                self.plain(&file, &path)?;
            } else if !path.starts_with("generated/") || !path.ends_with(".rs") {
                let bytes = fs::read(&file).map_err(|error| format!("{path}: {error}"))?;
                self.write(&path, &hooked(&path, bytes)?)?;
            }
        }
        self.write(MUTANT_FILE, MUTANT.as_bytes())
    }

    /// Removes what an older copy had and the workspace has no longer: a file that moved would stand there
    /// twice.
    fn forget(&self, path: &str) -> Result<(), String> {
        let wrong = |error: std::io::Error| format!("{path}: {error}");
        for entry in fs::read_dir(self.folder.join(path)).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if path.is_empty() {
                name
            } else {
                format!("{path}/{name}")
            };
            if path == "target" || path == MUTANT_FILE {
                continue;
            }
            let is_folder = entry.file_type().map_err(wrong)?.is_dir();
            match (self.workspace.join(&path).exists(), is_folder) {
                (true, true) => self.forget(&path)?,
                (true, false) => {}
                (false, true) => fs::remove_dir_all(entry.path()).map_err(wrong)?,
                (false, false) => fs::remove_file(entry.path()).map_err(wrong)?,
            }
        }
        Ok(())
    }

    fn link(&self, path: &str) -> Result<(), String> {
        let link = self.folder.join(path);
        if link.exists() {
            return Ok(());
        }
        fs::create_dir_all(link.parent().unwrap_or(&link)).map_err(|error| error.to_string())?;
        std::os::unix::fs::symlink("../../generated", link).map_err(|error| error.to_string())
    }

    /// Writes what differs, so that cargo builds only what changed.
    fn write(&self, path: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.folder.join(path);
        if fs::read(&path).is_ok_and(|found| found == bytes) {
            return Ok(());
        }
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        fs::create_dir_all(path.parent().unwrap_or(&path)).map_err(failed)?;
        fs::write(&path, bytes).map_err(failed)
    }

    /// Checks the runtime; which mutants have errors.
    fn check(&self, merged: &Files) -> Result<Refusals, String> {
        let mut command = self.cargo("check");
        command.args(["--package", "tabwasm", "--message-format", "json"]);
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        let mut refusals = Refusals::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let message: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            let message = &message["message"];
            if message["level"] != "error" {
                continue;
            }
            let mut found = false;
            for span in message["spans"].as_array().into_iter().flatten() {
                if let Some(id) = blamed(merged, span) {
                    let text = message["message"].as_str().unwrap_or_default();
                    refusals.entry(id).or_insert_with(|| text.to_string());
                    found = true;
                }
            }
            if !found && !message["spans"].as_array().is_none_or(Vec::is_empty) {
                return Err(format!(
                    "the copy does not compile: {}",
                    message["rendered"]
                ));
            }
        }
        if refusals.is_empty() && !output.status.success() {
            return Err("the copy does not compile".to_string());
        }
        Ok(refusals)
    }

    /// Builds the tests; their programs by name.
    pub(crate) fn build(&self, programs: &[&str]) -> Result<BTreeMap<String, PathBuf>, String> {
        let mut command = self.cargo("test");
        command.args(["--no-run", "--package", "tabwasm-tests"]);
        command.args(["--package", LIBRARY, "--lib"]);
        let own = programs.iter().filter(|program| **program != LIBRARY);
        command.args(own.flat_map(|program| ["--test", program]));
        command.args(["--message-format", "json"]);
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        if !output.status.success() {
            return Err("the tests of the copy do not compile".to_string());
        }
        let mut built = BTreeMap::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let message: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
            let (name, program) = (&message["target"]["name"], &message["executable"]);
            if let (Some(name), Some(program)) = (name.as_str(), program.as_str()) {
                built.insert(name.to_string(), PathBuf::from(program));
            }
        }
        Ok(built)
    }

    fn cargo(&self, action: &str) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
        command
            .current_dir(&self.folder)
            .arg(action)
            .args(["--quiet", "--features", "tabwasm/dispatch-loop"])
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            // Only so can a function of constants ask at run time which mutant is active.
            .env("RUSTC_BOOTSTRAP", "tabwasm")
            .args(self.readers.iter().flat_map(|package| {
                let optimised = format!("profile.dev.package.{package}.opt-level=1");
                ["--config".to_string(), optimised]
            }))
            .args(["--config", "profile.dev.debug=false"])
            .env("CARGO_INCREMENTAL", "0");
        command
    }
}

fn hooked(path: &str, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let hooks: Vec<_> = HOOKS.iter().filter(|(file, ..)| *file == path).collect();
    if hooks.is_empty() {
        return Ok(bytes);
    }
    let mut text = String::from_utf8(bytes).map_err(|error| format!("{path}: {error}"))?;
    for (_, from, to) in hooks {
        if text.matches(from).count() != 1 {
            return Err(format!("{path}: `{from}` does not stand there once"));
        }
        text = text.replace(from, to);
    }
    Ok(text.into_bytes())
}

/// The generated files with all mutants but those that the compiler refuses.
fn merged(files: &Files, cases: &[Case<'_>], refusals: &Refusals) -> Result<Files, String> {
    let mut patches = BTreeMap::<&str, Vec<(u32, Patch)>>::new();
    for (mutant, fate) in cases {
        let Fate::Changed(changed) = fate else {
            continue;
        };
        if refusals.contains_key(&mutant.id) {
            continue;
        }
        for (path, own) in changed {
            let all = patches.entry(path).or_default();
            all.extend(own.all.iter().map(|patch| (mutant.id, patch.clone())));
        }
    }
    let mut merged = Files::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let patches = patches
            .get(path.as_str())
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut text = merge(path, text, patches)?;
        match path.as_str() {
            "facts/tier.rs" => text = with_accessors(path, text)?,
            "facts/limits.rs" => text = with_maximum(path, text, patches)?,
            // Bodies of handlers are many; the copy is built often and runs shortly.
            "woven/semantics.rs" => text = text.replace("#[inline (always)]", "#[inline(never)]"),
            _ => {}
        }
        if path.starts_with("facts/") && text.contains("const LIMITS") {
            let has = text.contains(&accessor("LIMITS"));
            if !has {
                text += "\npub(crate) const fn limits__now() -> Limits { LIMITS }\n";
            }
        }
        merged.insert(path.clone(), text);
    }
    Ok(merged)
}

/// The limits of tiers, as the active mutant has them.
fn with_accessors(path: &str, text: String) -> Result<String, String> {
    let from = ":: LIMITS";
    if text.matches(from).count() < 3 {
        return Err(format!("{path}: the limits of tiers are not there"));
    }
    Ok(text.replace(from, &format!(":: {}()", accessor("LIMITS"))))
}

/// The most that can be asked for, as the active mutant has it.
fn with_maximum(path: &str, text: String, patches: &[(u32, Patch)]) -> Result<String, String> {
    let parsed = Parsed::new(path, &text)?;
    let items = parsed.file().items.iter().filter_map(|item| match item {
        Item::Impl(item) => Some(&item.items),
        _ => None,
    });
    let maximum = items.flatten().find_map(|item| match item {
        ImplItem::Const(item) if item.ident == "MAX" => match &item.expr {
            Expr::Struct(literal) => Some(&text[range(literal.span())]),
            _ => None,
        },
        _ => None,
    });
    let maximum = maximum.ok_or_else(|| format!("{path}: there is no `Limits::MAX`"))?;
    let names: BTreeSet<&str> = patches
        .iter()
        .filter_map(|(_, patch)| match patch {
            Patch::Constant { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let mut literal = String::new();
    for word in maximum.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_') {
        let name = word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
        match names.contains(name) {
            true => literal += &word.replacen(name, &format!("{}()", accessor(name)), 1),
            false => literal += word,
        }
    }
    let from = "Limits :: MAX . get (limit )";
    if text.matches(from).count() != 1 {
        return Err(format!("{path}: nothing asks for the maximum"));
    }
    Ok(text.replace(from, "maximum__now().get(limit)")
        + &format!("\nconst fn maximum__now() -> Limits {{ {literal} }}\n"))
}

/// The mutant on whose lines an error points.
fn blamed(merged: &Files, span: &serde_json::Value) -> Option<u32> {
    let file = span["file_name"].as_str()?;
    let (_, path) = file.split_once("generated/")?;
    let text = merged.get(path)?;
    let line = span["line_start"].as_u64()? as usize;
    let before: Vec<&str> = text.lines().take(line).collect();
    for line in before.into_iter().rev() {
        if let Some((_, rest)) = line.split_once(MARK) {
            return rest.split('*').next()?.parse().ok();
        }
        if line.starts_with("/*end*/") {
            return None;
        }
    }
    None
}
