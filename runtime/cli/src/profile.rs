//! `tabwasm profile`: runs a module, and writes what the engine executed.
//!
//! The counts say which instructions follow each other in real programs; `cargo gen --fuse` chooses by
//! them what the engine does as one.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use tabwasm::Module;

use crate::args::Profile;
use crate::exit::ExitStatus;
use crate::{output, run};

/// Runs a module and writes its counts.
pub fn run(args: &Profile) -> ExitStatus {
    run::counted(&args.run, Some(&args.patterns))
}

/// Writes the counts of a module that ran.
pub(crate) fn write(path: &Path, module: &Module) -> ExitStatus {
    let (mut single, mut pairs) = (BTreeMap::new(), BTreeMap::new());
    let mut before = String::new();
    for counted in module.instruction_counts() {
        let name = counted.to_string();
        if counted.count > 0 {
            *single.entry(name.clone()).or_insert(0) += counted.count;
            if counted.joins {
                *pairs.entry((before, name.clone())).or_insert(0) += counted.count;
            }
        }
        before = name;
    }
    let mut text = String::new();
    for (name, count) in single {
        let _ = writeln!(text, "{count}\t{name}");
    }
    for ((first, then), count) in pairs {
        let _ = writeln!(text, "{count}\t{first}\t{then}");
    }
    output::file(path, text.as_bytes())
}
