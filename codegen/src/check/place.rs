//! Places inside cells: where a word stands, so that an error points at it and not at the whole
//! row.
//!
//! Lists of keys are kept in the model as words without places. This finds a word again in the
//! text; one that is not there as written gets the place of its cell.

use crate::model::Origin;
use crate::tree::Tree;

/// Where a word stands within a place; the whole place if it does not.
pub(super) fn word(tree: &Tree, cell: &Origin, word: &str) -> Origin {
    let text = tree
        .get(&cell.file)
        .and_then(|text| text.get(cell.start..cell.end));
    let found = text.and_then(|text| find(text, word));
    found.map_or_else(|| cell.clone(), |at| part(cell, at..at + word.len()))
}

/// A part of a place.
pub(super) fn part(cell: &Origin, range: std::ops::Range<usize>) -> Origin {
    Origin {
        file: cell.file.clone(),
        start: cell.start + range.start,
        end: cell.start + range.end,
    }
}

/// Where a word begins in a text, if it does.
pub(super) fn find(text: &str, word: &str) -> Option<usize> {
    let inside = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    };
    text.match_indices(word).map(|(at, _)| at).find(|at| {
        !inside(text[..*at].chars().next_back()) && !inside(text[at + word.len()..].chars().next())
    })
}
