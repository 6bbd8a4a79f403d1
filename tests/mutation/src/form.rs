//! What else a cell of forms could say: each letter left out.
//!
//! A letter less is a handler less. It either costs a move, which no result shows, or breaks what
//! the translator relies on, which the generator must say.

use crate::alternative::{Alternative, text};

/// The translator takes it for granted, so the generator must refuse tables without it.
const RELIED: &str = "form";
/// It spares a move, and nothing else.
const SPARED: &str = "form for speed";

/// The other values of a cell.
pub(crate) fn others(cell: &str) -> Vec<Alternative> {
    let (operands, result) = cell.split_once("->").unwrap_or((cell, ""));
    let operands: Vec<&str> = operands.split_whitespace().collect();
    let result = result.trim();
    let mut parts = operands.clone();
    parts.extend((!result.is_empty()).then_some(result));
    let mut all = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        for letter in part.chars() {
            let mut parts: Vec<String> = parts.iter().map(|part| part.to_string()).collect();
            parts[at] = part.replace(letter, "");
            let mut other = parts[..operands.len()].join(" ");
            if let Some(result) = parts.get(operands.len()) {
                other = format!("{other} -> {result}");
            }
            let is_result = at == operands.len();
            let relied = part.len() == 1 || is_relied(operands.len(), result, letter, is_result);
            let kind = if relied { RELIED } else { SPARED };
            all.push(text(kind, other.trim()));
        }
    }
    all
}

/// Whether the translator cannot do without a letter beside others.
fn is_relied(operands: usize, result: &str, letter: char, is_result: bool) -> bool {
    // What goes to slots alone is a copy. A second pinned local is pinned where copies read it.
    let copies = result.contains('S');
    let tests = operands == 1 && result.contains('J');
    match (is_result, letter) {
        (true, 'W' | 'A') => false,
        (true, 'J' | 'N') => true,
        (true, _) => copies,
        (false, 'S') => true,
        (false, 'A') => copies || tests,
        (false, 'Q') => false,
        (false, _) => copies,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_letter_goes_once() {
        let others = others("SA S -> WAJ");
        let found: Vec<(&str, Option<&str>)> = others
            .iter()
            .map(|other| (other.kind, other.with.as_deref()))
            .collect();
        assert_eq!(
            found,
            [
                (RELIED, Some("'A S -> WAJ'")),
                (SPARED, Some("'S S -> WAJ'")),
                (RELIED, Some("'SA  -> WAJ'")),
                (SPARED, Some("'SA S -> AJ'")),
                (SPARED, Some("'SA S -> WJ'")),
                (RELIED, Some("'SA S -> WA'")),
            ]
        );
    }
}
