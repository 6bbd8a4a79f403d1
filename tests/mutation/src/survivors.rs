//! The checked-in list of mutants that no test can notice, each with the reason.
//!
//! A line is `kind: cell | reason`; a cell may end in `*`, for all that begin so, of which some may be
//! noticed. Lines with `#` are comments.

use crate::cell::Mutant;
use crate::report::End;
use std::fs;
use std::path::Path;

struct Line {
    kind: String,
    cell: String,
}

impl Line {
    fn has(&self, mutant: &Mutant) -> bool {
        let name = mutant.name();
        mutant.kind == self.kind
            && match self.cell.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == self.cell,
            }
    }
}

/// Whether exactly the listed mutants survive.
pub(crate) fn judge(package: &Path, mutants: &[Mutant], ends: &[End]) -> Result<(), String> {
    let file = package.join("survivors.txt");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut lines = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        lines.push(parse(line).ok_or(format!(
            "survivors.txt: `{line}` is no `kind: cell | reason`"
        ))?);
    }
    let mut wrong = String::new();
    for (mutant, end) in mutants.iter().zip(ends) {
        let listed = lines.iter().find(|line| line.has(mutant));
        let what = match (end, listed) {
            (End::Survives, None) => "no test notices",
            (End::Survives, Some(_)) | (_, None) => continue,
            (_, Some(line)) if line.cell.ends_with('*') => continue,
            (_, Some(_)) => "listed as a survivor, but noticed",
        };
        wrong += &format!("{what}: {}: {}\n", mutant.kind, mutant.name());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn parse(line: &str) -> Option<Line> {
    let (mutant, reason) = line.rsplit_once(" | ")?;
    let (kind, cell) = mutant.split_once(": ")?;
    (!reason.trim().is_empty()).then(|| Line {
        kind: kind.to_string(),
        cell: cell.trim().to_string(),
    })
}
