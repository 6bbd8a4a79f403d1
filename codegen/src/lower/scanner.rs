//! Words and signs of the mini-languages in `imm`, `type` and `where`.
//!
//! These cells are small grammars; this reads them from left to right, and keeps the offset, so
//! that an error points at the word inside of the cell and says what was expected there.

use super::row::Text;
use crate::diag::Diagnostic;
use std::ops::Range;

/// A cell read from left to right.
pub(super) struct Scanner<'a> {
    cell: &'a Text,
    at: usize,
}

/// What went wrong, as an error that points at the place.
pub(super) type Scanned<T> = Result<T, Diagnostic>;

impl<'a> Scanner<'a> {
    pub(super) fn new(cell: &'a Text) -> Scanner<'a> {
        Scanner { cell, at: 0 }
    }

    /// Whether nothing but spaces is left.
    pub(super) fn is_done(&mut self) -> bool {
        self.spaces();
        self.at == self.cell.text.len()
    }

    /// Takes a sign, if it comes next.
    pub(super) fn takes(&mut self, sign: &str) -> bool {
        self.spaces();
        let found = self.cell.text[self.at..].starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        found
    }

    /// Whether a parenthesis comes next.
    pub(super) fn is_applied(&mut self) -> bool {
        self.spaces();
        self.cell.text[self.at..].starts_with('(')
    }

    /// Takes a word, if it comes next.
    pub(super) fn takes_word(&mut self, word: &str) -> bool {
        let before = self.at;
        let found = self.word().is_some_and(|next| next == word);
        if !found {
            self.at = before;
        }
        found
    }

    /// Takes a sign that must come next.
    pub(super) fn expect(&mut self, sign: &str) -> Scanned<()> {
        if self.takes(sign) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("expected `{sign}`")))
        }
    }

    /// Takes a word that must come next.
    pub(super) fn expect_word(&mut self, what: &str) -> Scanned<&'a str> {
        self.word()
            .ok_or_else(|| self.unexpected(&format!("expected {what}")))
    }

    /// Letters, digits and underscores.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        self.spaces();
        let rest = &self.cell.text[self.at..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        self.at += end;
        (end > 0).then(|| &rest[..end])
    }

    /// Everything up to the parenthesis that closes the current one.
    pub(super) fn until_close(&mut self) -> Scanned<&'a str> {
        self.spaces();
        let rest = &self.cell.text[self.at..];
        let mut depth = 0;
        for (at, letter) in rest.char_indices() {
            match letter {
                '(' => depth += 1,
                ')' if depth == 0 => {
                    self.at += at;
                    return Ok(rest[..at].trim_end());
                }
                ')' => depth -= 1,
                _ => {}
            }
        }
        Err(self.unexpected("expected `)`"))
    }

    /// Where the scanner stands.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// An error at a part of the cell.
    pub(super) fn error(&self, range: Range<usize>, message: &str, label: &str) -> Diagnostic {
        Diagnostic::error(message).at(&self.cell.part(range), label)
    }

    /// An error at what comes next.
    pub(super) fn unexpected(&mut self, label: &str) -> Diagnostic {
        self.spaces();
        let rest = &self.cell.text[self.at..];
        let message = match rest.chars().next() {
            Some(letter) => format!("unexpected `{letter}`"),
            None => "the cell ends too early".to_string(),
        };
        let width = rest.chars().next().map_or(1, char::len_utf8);
        self.error(self.at..self.at + width, &message, label)
    }

    fn spaces(&mut self) {
        let rest = &self.cell.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }
}
