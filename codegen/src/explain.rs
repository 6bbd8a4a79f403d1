//! What becomes of one row, file by file: `cargo gen explain`.
//!
//! From the model, the generated texts and the sources: the row, each line and function made of it,
//! and the hand-written functions that it names. It shows new developers the way from a table to
//! code, and reviewers what a change of a row changes.

use crate::emit::Files;
use crate::model::{CONTROL, HAND, HandSite, Meaning, Model, NUM, Op, Origin};
use crate::tree::Tree;

/// Every line and function that a row becomes, and the hand-written functions that it names.
///
/// # Errors
/// When there is no such row.
pub fn explain(tree: &Tree, model: &Model, files: &Files, key: &str) -> Result<String, String> {
    let Some(op) = model.op(key) else {
        let keys = model.ops.iter().map(|op| op.key.as_str());
        return Err(format!(
            "no row `{key}`; {}",
            crate::diag::did_you_mean(key, keys, "see generated/index.md")
        ));
    };
    let mut text = format!("{}\n", op.origin.file);
    text.extend(
        row(tree, &op.origin)
            .iter()
            .map(|line| format!("    {line}\n")),
    );
    for change in model.overlays.changes("op", key) {
        text.push_str(&format!("\n{}\n", change.at.file));
        text.extend(
            row(tree, &change.at)
                .iter()
                .map(|line| format!("    {line}\n")),
        );
    }
    for (path, content) in files
        .iter()
        .filter(|(path, _)| path.as_str() != "README.md")
    {
        let pieces = pieces(content, op);
        if !pieces.is_empty() {
            text.push_str(&format!("\ngenerated/{path}\n"));
            text.extend(
                shortened(&pieces)
                    .iter()
                    .map(|line| format!("    {line}\n")),
            );
        }
    }
    let hand = by_hand(tree, model, op);
    if !hand.is_empty() {
        text.push_str("\nby hand\n");
        text.extend(hand.iter().map(|line| format!("    {line}\n")));
    }
    Ok(text)
}

/// The row as it stands in the table.
fn row<'a>(tree: &'a Tree, origin: &Origin) -> Vec<&'a str> {
    let table = tree.get(&origin.file).unwrap_or_default();
    let (mut lines, mut depth) = (Vec::new(), 0);
    for line in table.get(origin.start..).unwrap_or_default().lines() {
        lines.push(line);
        depth += brackets(line);
        if depth <= 0 {
            break;
        }
    }
    lines
}

/// The files and functions that the row names.
fn by_hand(tree: &Tree, model: &Model, op: &Op) -> Vec<String> {
    let file = |site: HandSite, module: &str| {
        let file = model.overlays.file(tree, site, module);
        file.unwrap_or_else(|| site.of_runtime(module))
    };
    let mut functions: Vec<String> = op
        .facts
        .primitives
        .iter()
        .filter_map(|path| path.split_once("::"))
        .map(|(module, function)| format!("{}: {function}", file(NUM, module)))
        .collect();
    match &op.meaning {
        Meaning::Hand { module, function } => {
            functions.push(format!("{}: {function}", file(HAND, module)));
        }
        Meaning::Control(function) => {
            functions.extend(CONTROL.iter().map(|file| format!("{file}: {function}")));
        }
        Meaning::Do(_) => {}
    }
    functions.extend(
        op.check
            .iter()
            .map(|check| format!("runtime/src/validate/check.rs: {check}")),
    );
    functions
}

/// Lines of a file that mention the row, each with what belongs to it: attributes and the item
/// below a documentation line, and everything up to the closing bracket.
fn pieces<'a>(content: &'a str, op: &Op) -> Vec<&'a str> {
    let mentions = [op.variant.clone(), op.function.clone(), op.key.clone()];
    let mut pieces = Vec::new();
    let (mut depth, mut heads, mut indent) = (0, false, 0);
    for line in content.lines() {
        if depth == 0 && !heads {
            if !mentions.iter().any(|name| mentions_word(line, name)) {
                continue;
            }
            indent = line.len() - line.trim_start().len();
        }
        pieces.push(line.get(indent..).unwrap_or_default().trim_end());
        let trimmed = line.trim_start();
        heads = trimmed.starts_with("///") || trimmed.starts_with("#[");
        if !heads {
            depth = (depth + brackets(line)).max(0);
        }
    }
    pieces
}

/// Long runs of lines that begin alike, such as the handlers of a row, with the middle left out.
fn shortened(pieces: &[&str]) -> Vec<String> {
    let head = |line: &&str| {
        line.split(['<', ','])
            .next()
            .unwrap_or_default()
            .to_string()
    };
    let mut lines = Vec::new();
    for run in pieces.chunk_by(|a, b| head(a) == head(b)) {
        match run {
            [first, second, middle @ .., last] if middle.len() > 6 => {
                lines.extend([first.to_string(), second.to_string()]);
                lines.push(format!("… {} more like these", middle.len()));
                lines.push(last.to_string());
            }
            _ => lines.extend(run.iter().map(ToString::to_string)),
        }
    }
    lines
}

fn brackets(line: &str) -> i32 {
    let value = |letter| match letter {
        '(' | '[' | '{' => 1,
        ')' | ']' | '}' => -1,
        _ => 0,
    };
    line.chars().map(value).sum()
}

/// Whether a line holds a name that is not a part of a longer one.
fn mentions_word(line: &str, name: &str) -> bool {
    let part =
        |letter: Option<char>| letter.is_some_and(|l| l.is_alphanumeric() || l == '_' || l == '.');
    line.match_indices(name).any(|(at, _)| {
        !part(line[..at].chars().next_back()) && !part(line[at + name.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert!(mentions_word("0x6A => I32Add,", "I32Add"));
        assert!(!mentions_word("I32AddSat,", "I32Add"));
        assert!(mentions_word("/// `i32.add`", "i32.add"));
        assert!(!mentions_word("/// `i32.add.x`", "i32.add"));
    }
}
